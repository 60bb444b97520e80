"""A region of SageMaker's runtime that fails on demand: every way in which the router may not be answered."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from serving.emulators.http import App, serving
from serving.emulators.sagemaker_runtime import Runtime, in_front_of

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
HANGS, CUTS, ANSWERS_TOO_MUCH = "hangs", "cuts", "answers too much"
MODEL_FAILS, MODEL_BUSY = "model fails", "model busy"


@dataclass
class Region:
    """`faults` are used up one per call, then the app answers; `calls` are the requests' headers."""

    url: str = ""
    faults: deque[str] = field(default_factory=deque)
    calls: list[dict[str, str]] = field(default_factory=list)

    def reset(self, *faults: str) -> None:
        self.faults = deque(faults)
        self.calls = []


@contextmanager
def region(app: App, endpoint: str) -> Iterator[Region]:
    failing = Region()

    class Failing(in_front_of(app, endpoint)):
        def do_POST(self) -> None:
            failing.calls.append({name.lower(): value for name, value in self.headers.items()})
            if failing.faults:
                fail(self, failing.faults.popleft())
            else:
                super().do_POST()

    with serving(Failing) as port:
        failing.url = f"http://127.0.0.1:{port}"
        yield failing


def fail(handler: Runtime, fault: str) -> None:
    handler.read_body()
    if fault in FAULTS:
        handler.send_error_code(*FAULTS[fault], {"Message": fault})
    elif fault == HANGS:
        time.sleep(4)
    elif fault == CUTS:
        handler.close_connection = True
    elif fault == ANSWERS_TOO_MUCH:
        handler.send(200, b'{"padding":"' + b"x" * 1024 * 1024 + b'"}', {})
    else:
        status = {MODEL_FAILS: 500, MODEL_BUSY: 503}[fault]
        handler.send_model_error(status, b"Traceback (most recent call last)")
