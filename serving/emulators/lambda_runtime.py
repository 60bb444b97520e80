"""AWS Lambda on this machine: a Runtime API server and the function's process, which polls it.

The interface is AWS's (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html): the function's bootstrap,
`python -m awslambdaric HANDLER`, asks `invocation/next`, runs the handler, and posts the answer or the error.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from serving.emulators.http import Handler, serving

API = "/2018-06-01/runtime"
ANSWER_LIMIT = 6 * 1024 * 1024
WAIT_SECONDS = 60.0


class FunctionError(RuntimeError):
    """The handler raised, the function could not initialise, or it did not answer in time."""


@dataclass
class Function:
    """A running execution environment. `init_seconds` is from process start to the first poll (Lambda's Init)."""

    timeout: float
    started: float = 0.0
    init_seconds: float = 0.0
    _initialised: threading.Event = field(default_factory=threading.Event)
    _invocations: queue.Queue[tuple[str, bytes] | None] = field(default_factory=queue.Queue)
    _answers: queue.Queue[tuple[str, bytes]] = field(default_factory=queue.Queue)

    def invoke(self, event: Any) -> Any:
        """Run the handler once; calls are one at a time, as in a real execution environment.

        Raises `FunctionError`: the handler raised or timed out, or its answer is over 6 MB.
        """
        self._invocations.put((str(uuid.uuid4()), json.dumps(event).encode()))
        try:
            kind, payload = self._answers.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            raise FunctionError(f"no answer within {WAIT_SECONDS:g} s") from None
        if kind != "response":
            raise FunctionError(payload.decode())
        return json.loads(payload)

    def wait_until_initialised(self) -> None:
        """Wait for the first poll. Raises `FunctionError` where initialising failed."""
        if not self._initialised.wait(WAIT_SECONDS):
            raise FunctionError(f"no poll within {WAIT_SECONDS:g} s of the start")
        if not self.init_seconds:
            raise FunctionError(self._answers.get_nowait()[1].decode())


@contextmanager
def function(
    python: Path, code: Path, handler: str, environment: Mapping[str, str], log: Path, timeout: float = 29
) -> Iterator[Function]:
    """Start `handler` from the unpacked code in the folder `code`, its output in `log`, and end it."""
    running = Function(timeout)
    variables = {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
        "AWS_REGION": "us-east-1",
        "LAMBDA_TASK_ROOT": str(code),
        "PYTHONPATH": str(code),
        **environment,
    }
    command = [str(python), "-m", "awslambdaric", handler]
    with serving(type("Api", (_RuntimeApi,), {"function": running})) as port, log.open("wb") as output:
        variables["AWS_LAMBDA_RUNTIME_API"] = f"127.0.0.1:{port}"
        running.started = time.perf_counter()
        process = subprocess.Popen(command, cwd=code, env=variables, stdout=output, stderr=subprocess.STDOUT)
        try:
            running.wait_until_initialised()
            yield running
        finally:
            process.kill()
            process.wait()
            running._invocations.put(None)


class _RuntimeApi(Handler):
    function: Function

    def do_GET(self) -> None:
        if self.path != f"{API}/invocation/next":
            self.send(404, b"")
            return
        if not self.function._initialised.is_set():
            self.function.init_seconds = time.perf_counter() - self.function.started
            self.function._initialised.set()
        invocation = self.function._invocations.get()
        if invocation is None:  # the function was ended; nobody reads this
            self.close_connection = True
            return
        deadline = int((time.time() + self.function.timeout) * 1000)
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation[0],
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:function",
        }
        self.send(200, invocation[1], headers)

    def do_POST(self) -> None:
        payload = self.read_body()
        kind = self.path.rsplit("/", 1)[1]
        if len(payload) > ANSWER_LIMIT:
            kind, payload = "error", b"Response payload size exceeded maximum allowed payload size"
        self.function._answers.put((kind, payload))
        self.send(202, b'{"status":"OK"}')
        self.function._initialised.set()  # a failed initialisation posts init/error and never polls
