"""One worker process: accepts on a listener that it inherited, and leaves without losing a request.

On SIGTERM it stops accepting at once. Connections still waiting in the listener's queue are not lost: the queue
belongs to the socket, which the supervisor keeps open and a successor accepts from. Every answer then says
`Connection: close`, so that no client can send a request into a connection that is about to close; connections that
stay idle are closed last.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import socket

import uvicorn

from serving import logs
from serving.adapters.asgi import Lifecycle, create_app
from serving.model import OnnxModel
from serving.server.settings import Settings

IDLE_GRACE_SECONDS = 1.0
# Longer than an Application Load Balancer keeps an idle connection (60 s): the balancer must be the one to close it.
KEEP_ALIVE_SECONDS = 75


class DrainingServer(uvicorn.Server):
    """uvicorn, except that shutting down first answers what clients have sent already."""

    def __init__(self, config: uvicorn.Config, lifecycle: Lifecycle, ready_fd: int) -> None:
        super().__init__(config)
        self._lifecycle = lifecycle
        self._ready_fd = ready_fd

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        os.write(self._ready_fd, b"1")
        os.close(self._ready_fd)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._lifecycle.draining = True
        for server in self.servers:
            server.close()
        deadline = asyncio.get_running_loop().time() + IDLE_GRACE_SECONDS
        while self.server_state.connections and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
        await super().shutdown(sockets)


def _end_with_parent() -> None:
    """Be told to end when the supervisor is gone, however it went (prctl(2), PR_SET_PDEATHSIG; Linux only)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def run(settings: Settings, listener_fd: int, ready_fd: int) -> None:
    """Serve on the inherited listener until SIGTERM; write one byte to `ready_fd` when the first request is welcome.

    SIGUSR1 announces the end: `/ready` says 503 while everything is still served.
    """
    logs.configure(settings.log_level)
    _end_with_parent()
    model = OnnxModel(settings.model_dir, settings.model_sha256)
    lifecycle = Lifecycle()
    app = create_app(
        model, max_concurrency=settings.max_concurrency, body_timeout=settings.body_timeout, lifecycle=lifecycle
    )
    signal.signal(signal.SIGUSR1, lambda *_: setattr(lifecycle, "draining", True))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        backlog=2048,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(settings.drain) or 1,
    )
    listener = socket.socket(fileno=listener_fd)
    DrainingServer(config, lifecycle, ready_fd).run(sockets=[listener])
