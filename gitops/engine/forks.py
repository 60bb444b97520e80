"""Processes that run a Python module: forked by a fork server (gitops.engine.forkserver), or begun anew."""

from __future__ import annotations

import hashlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from gitops.engine.environment import FORK_SERVER, for_fork_server

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
    """Where a server listens; every request is a connection of its own."""

    def __init__(self, address: Path, process: subprocess.Popen[bytes] | None = None) -> None:
        self.address = address
        self.process = process

    @classmethod
    def start(cls) -> ForkServer:
        """A server that ends with this process."""
        address = Path(tempfile.mkdtemp(prefix="forks-")) / installation()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
            listening.bind(str(address))
            listening.listen()
            process = subprocess.Popen(
                [sys.executable, "-m", "gitops.engine.forkserver", str(listening.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[listening.fileno()],
                env=for_fork_server(os.environ),
                start_new_session=True,
            )
        return cls(address, process)

    @classmethod
    def around(cls, environment: Mapping[str, str]) -> ForkServer | None:
        """The server that the process which started this one provides; None if that server runs other code."""
        address = Path(environment.get(FORK_SERVER, ""))
        return cls(address) if address.name == installation() and address.exists() else None

    def load(self, modules: Iterable[str]) -> None:
        """Asks for imports, and does not wait for them. Raises OSError when the server is gone."""
        with self.visit() as visitor:
            visitor.send(json.dumps({"modules": sorted(modules)}).encode())

    def fork(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], stdout: int, stderr: int
    ) -> Forked:
        """A process that runs the module. Raises OSError when the server is gone or refuses."""
        request = {"run": module, "arguments": list(arguments), "folder": os.getcwd(), "stays": True}
        read, write = os.pipe()
        status = None
        try:
            status = self.visit()
            message = json.dumps({**request, "environment": dict(environment)}).encode()
            socket.send_fds(status, [message], [read, stdout, stderr])
            status.settimeout(START_SECONDS)
            pid = int(status.recv(20) or 0)
            if not pid:
                raise ConnectionError("the fork server ended before the process began")
        except OSError:
            os.close(write)
            if status:
                status.close()
            raise
        finally:
            os.close(read)
        return Forked(pid, status, write)

    def visit(self) -> socket.socket:
        visitor = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            visitor.connect(str(self.address))
        except OSError:
            visitor.close()
            raise
        return visitor

    def close(self) -> None:
        """Ends the server if it was started here. What it has forked goes on."""
        if self.process is None or self.process.stdin is None:
            return
        self.process.stdin.close()
        shutil.rmtree(self.address.parent, ignore_errors=True)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)
            return
        self.process.kill()
        self.process.wait()


@cache
def installation() -> str:
    """Names the code that a server started by this process would run."""
    return name_code(Path(__file__).parents[1])


def name_code(folder: Path) -> str:
    """A name made of the code's content and its environment: a copy gets the same name, edited code another one."""
    code = hashlib.sha256(sys.prefix.encode())
    for file in sorted(folder.rglob("*.py")):
        code.update(f"\n{file.relative_to(folder)}\n".encode() + file.read_bytes())
    return code.hexdigest()[:12]


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
