"""Starts what is under test as processes of their own and ends them: nothing here runs in the test's process."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serving.emulators.process import START_SECONDS, free_port, listening
from serving.environments import ROOT


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """A running server process; `log` is what it printed."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def predict(self, body: bytes, path: str = "/invocations") -> Answer:
        return self.send("POST", path, body, {"Content-Type": "application/json"})

    def log_lines(self) -> list[dict[str, Any]]:
        return [
            json.loads(line)
            for line in self.log.read_text().splitlines()
            if line.startswith("{") and line.endswith("}")
        ]

    def line_of(self, request_id: str) -> dict[str, Any]:
        """The log line of a request; it is written after the answer, so the client may be first."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            for line in self.log_lines():
                if line.get("request_id") == request_id:
                    return line
            time.sleep(0.05)
        raise AssertionError(f"no log line has the request id {request_id}: {self.log.read_text()[-2000:]}")

    def messages(self, start: str) -> list[str]:
        """The log messages that start with `start`."""
        return [line["message"] for line in self.log_lines() if line["message"].startswith(start)]

    def wait_for(self, message: str, count: int = 1) -> None:
        deadline = time.monotonic() + START_SECONDS
        while len(self.messages(message)) < count:
            assert time.monotonic() < deadline, self.log.read_text()[-4000:]
            time.sleep(0.02)


def receive(connection: socket.socket) -> Answer:
    """The answer to a request that was sent by hand, read whole."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


@contextmanager
def server(
    command: Sequence[str], environment: Mapping[str, str], port: int, log: Path, ready: str, cwd: Path = ROOT
) -> Iterator[Server]:
    """Run `command` until `GET ready` says 200, then end it (its children with it)."""
    with listening(command, environment, port, ready, log, cwd) as process:
        yield Server(process, port, log)


@contextmanager
def app(python: Path, model_dir: Path, log: Path, **settings: str) -> Iterator[Server]:
    """`python -m serving` on a free port, with one worker and a short drain unless `settings` say otherwise."""
    port = free_port()
    environment = {"MODEL_DIR": str(model_dir), "PORT": str(port), "WORKERS": "1", "DRAIN_ANNOUNCE_SECONDS": "0"}
    with server([str(python), "-m", "serving"], {**environment, **settings}, port, log, "/ping") as running:
        yield running
