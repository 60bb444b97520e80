"""Processes that run a Python module: forked by a fork server (gitops.engine.forkserver), or begun anew."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from gitops.engine.environment import for_fork_server

STDERR = 2
START_SECONDS = 60
"""How long a fork may wait for imports. A server that takes longer is given up."""


class Forked:
    """A process, with the part of `subprocess.Popen` that the pool uses. Its standard input ends with this object."""

    def __init__(self, pid: int, status: socket.socket, stdin: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdin = os.fdopen(stdin, "wb")
        self._status = status

    def wait(self, timeout: float | None = None) -> int | None:
        """Its exit code, None where it was killed or left early. Raises `subprocess.TimeoutExpired`.

        The process's end closes its side of the socket: this process is not its parent, and cannot await it otherwise.
        """
        if not select.select([self._status], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        if code := self._status.recv(20):
            self.returncode = int(code)
            return self.wait(timeout)
        return self.returncode


class ForkServer:
    """The server process, and the socket on which it is asked for others. Use from one thread at a time."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._folder = tempfile.TemporaryDirectory(prefix="gitops-forks-", ignore_cleanup_errors=True)
        self.address = f"{self._folder.name}/socket"
        """Where a process that this one did not start asks for another: gitops/engine/analyzer."""
        with theirs, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as visitors:
            visitors.bind(self.address)
            visitors.listen()
            descriptors = [theirs.fileno(), visitors.fileno()]
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gitops.engine.forkserver", *map(str, descriptors)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=descriptors,
                env=for_fork_server(os.environ),
                start_new_session=True,
            )

    def load(self, modules: Iterable[str]) -> None:
        """Asks for imports, and does not wait for them. Raises OSError when the server is gone."""
        self._control.send(json.dumps({"modules": sorted(modules)}).encode())

    def fork(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], stdout: int, stderr: int
    ) -> Forked:
        """A process that runs the module. Raises OSError when the server is gone or refuses."""
        status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        read, write = os.pipe()
        request = {"run": module, "arguments": list(arguments), "environment": dict(environment)}
        try:
            descriptors = [theirs.fileno(), read, stdout, stderr]
            socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
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
            raise ConnectionError("the fork server ended before the process began")
        return Forked(pid, status, write)

    def close(self) -> None:
        """What it has forked goes on; the server itself ends when the socket closes."""
        self._control.close()
        self._folder.cleanup()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
            return
        self._process.kill()
        self._process.wait()


Started = subprocess.Popen[bytes] | Forked


def spawn(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], stdout: int, stderr: int = STDERR
) -> subprocess.Popen[bytes]:
    """A process that runs the module and begins with its imports."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        env=environment,
        start_new_session=True,
    )


def is_possible() -> bool:
    """Forking a process that has imported much is safe on Linux alone (https://bugs.python.org/issue33725)."""
    return sys.platform == "linux"
