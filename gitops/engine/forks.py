"""Workers forked by a fork server (gitops.engine.forkserver), as the pool starts and awaits them."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress

from gitops.engine.environment import for_fork_server

START_SECONDS = 60
"""How long a fork may wait for imports. A server that takes longer is given up."""


class Forked:
    """A worker, with the part of `subprocess.Popen` that the pool uses. Its standard input ends with this object."""

    def __init__(self, pid: int, status: socket.socket, stdin: int) -> None:
        self.pid = pid
        self.returncode: int | None = None  # the fork server's children have no other parent to learn it
        self._status = status
        self._stdin = os.fdopen(stdin, "wb")

    def wait(self, timeout: float | None = None) -> None:
        """Raises `subprocess.TimeoutExpired`. The worker's end closes its side of the socket."""
        if not select.select([self._status], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("worker", timeout or 0)


class ForkServer:
    """The server process, and the socket on which it is asked for workers. Use from one thread at a time."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gitops.engine.forkserver", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=for_fork_server(os.environ),
                start_new_session=True,
            )

    def load(self, modules: Iterable[str]) -> None:
        """Asks for imports, and does not wait for them. Raises OSError when the server is gone."""
        self._control.send(json.dumps({"modules": sorted(modules)}).encode())

    def fork(self, job: str, record: str, log: int, environment: Mapping[str, str]) -> Forked:
        """A worker for the files of a job and its record. Raises OSError when the server is gone or refuses."""
        status, theirs = socket.socketpair()
        read, write = os.pipe()
        try:
            request = json.dumps({"job": job, "record": record, "environment": dict(environment)}).encode()
            socket.send_fds(self._control, [request], [theirs.fileno(), read, log])
        except OSError:
            os.close(write)
            raise
        finally:
            theirs.close()
            os.close(read)
        status.settimeout(START_SECONDS)
        try:
            pid = int(status.recv(20) or 0)
        except OSError:
            pid = 0
        if not pid:
            os.close(write)
            raise ConnectionError("the fork server ended before the worker began")
        return Forked(pid, status, write)

    def close(self) -> None:
        """Workers that run go on; the server itself ends when the socket closes."""
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
            return
        self._process.kill()
        self._process.wait()


def is_possible() -> bool:
    """Forking a process that has imported much is safe on Linux alone (https://bugs.python.org/issue33725)."""
    return sys.platform == "linux"
