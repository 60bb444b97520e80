"""Runs an HTTP server as a process of its own for as long as a block of code needs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 40


class NotReady(RuntimeError):
    """The server ended, or did not answer in time; the message has the end of its log."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def listening(
    command: Sequence[str], environment: Mapping[str, str], port: int, ready: str, log: Path, cwd: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command`, its output in `log`, from when `GET ready` on `port` says 200; then end it, children included.

    Raises `NotReady` if the server did not become ready.
    """
    variables = {"PATH": os.environ["PATH"], **environment}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=variables, cwd=cwd, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}{ready}", log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotReady(f"exit code {process.returncode} at start:\n{log.read_text()[-4000:]}")
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (a loopback address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise NotReady(f"{url}: no answer within {START_SECONDS} s:\n{log.read_text()[-4000:]}")
