"""SageMaker's runtime API for one region on this machine, in front of the real app, with failures on demand.

Written to https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html: what the
container answers besides 2xx becomes ModelError, an endpoint that does not exist a ValidationError.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from serving.emulators.http import App

# Name of a failure to HTTP status and AWS error code.
FAULTS = {
    "unavailable": (503, "ServiceUnavailable"),
    "internal failure": (500, "InternalFailure"),
    "throttled": (429, "ThrottlingException"),
    "not ready": (429, "ModelNotReadyException"),
    "dependency": (530, "InternalDependencyException"),
    "denied": (403, "AccessDeniedException"),
    "gone": (400, "ValidationError"),
}
HANGS, CUTS, MODEL_FAILS, MODEL_BUSY, ANSWERS_TOO_MUCH = (
    "hangs",
    "cuts",
    "model fails",
    "model busy",
    "answers too much",
)


@dataclass
class Region:
    """`faults` are used up one per call, then the app answers; `calls` are the requests' headers."""

    app: App
    endpoint: str
    url: str = ""
    faults: deque[str] = field(default_factory=deque)
    calls: list[dict[str, str]] = field(default_factory=list)

    def reset(self, *faults: str) -> None:
        self.faults = deque(faults)
        self.calls = []


@contextmanager
def region(app: App, endpoint: str) -> Iterator[Region]:
    simulated = Region(app, endpoint)
    server = _RuntimeServer(simulated)
    simulated.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    try:
        yield simulated
    finally:
        server.shutdown()
        server.server_close()


class _RuntimeServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, simulated: Region) -> None:
        super().__init__(("127.0.0.1", 0), _Runtime)
        self.simulated = simulated


class _Runtime(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    @property
    def _region(self) -> Region:
        assert isinstance(self.server, _RuntimeServer)
        return self.server.simulated

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._region.calls.append({name.lower(): value for name, value in self.headers.items()})
        fault = self._region.faults.popleft() if self._region.faults else None
        if self.path != f"/endpoints/{self._region.endpoint}/invocations":
            self._error(400, "ValidationError", {"Message": "Endpoint not found"})
        elif fault in FAULTS:
            self._error(*FAULTS[fault], {"Message": fault})
        elif fault == HANGS:
            time.sleep(4)
        elif fault == CUTS:
            self.close_connection = True
        elif fault == ANSWERS_TOO_MUCH:
            self._send(200, b'{"padding":"' + b"x" * 1024 * 1024 + b'"}', {})
        elif fault in (MODEL_FAILS, MODEL_BUSY):
            self._model_error({MODEL_FAILS: 500, MODEL_BUSY: 503}[fault], b"Traceback (most recent call last)")
        else:
            self._ask_the_app(body)

    def _ask_the_app(self, body: bytes) -> None:
        custom = self.headers.get("X-Amzn-SageMaker-Custom-Attributes", "")
        headers = {"Content-Type": self.headers["Content-Type"], "X-Amzn-SageMaker-Custom-Attributes": custom}
        answer = self._region.app.send("POST", "/invocations", body, headers)
        if answer.status == 200:
            self._send(200, answer.body, {"x-Amzn-Invoked-Production-Variant": "blue"})
        else:
            self._model_error(answer.status, answer.body)

    def _model_error(self, status: int, message: bytes) -> None:
        document = {
            "Message": f"Received error ({status}) from blue with message",
            "OriginalStatusCode": status,
            "OriginalMessage": message.decode(),
            "LogStreamArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/digits",
        }
        self._error(424, "ModelError", document)

    def _error(self, status: int, code: str, document: dict[str, object]) -> None:
        self._send(status, json.dumps(document).encode(), {"x-amzn-ErrorType": code})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {
            **headers,
            "Content-Length": str(len(body)),
            "Content-Type": "application/json",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: who asks looks at `calls`."""
