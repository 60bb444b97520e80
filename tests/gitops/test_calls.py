"""What a program's calls to its engine tell, and what of them is not sent."""

from __future__ import annotations

from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any

import pytest
from pulumi.runtime import resource, settings
from pulumi.runtime.proto.engine_pb2 import DEBUG, INFO, LogRequest

from gitops.engine.calls import Registrations, drop_debug_messages, shorten_stack_traces


def request(name: str) -> SimpleNamespace:
    return SimpleNamespace(type="aws:s3/bucket:Bucket", name=name, object={"tags": {"a": "1"}})


def test_what_the_engine_has_not_answered_is_named_first_five(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    registrations = Registrations()

    def register(asked: SimpleNamespace) -> Any:
        seen.append(registrations.name_first())
        if asked.name == "refused":
            raise RuntimeError
        return SimpleNamespace(urn="urn")

    monitor = SimpleNamespace(RegisterResource=register)
    monkeypatch.setattr(settings, "get_monitor", lambda: monitor)
    registrations.listen()

    assert monitor.RegisterResource(request("a")).urn == "urn"
    with pytest.raises(RuntimeError):
        monitor.RegisterResource(request("refused"))
    assert registrations.given == {"urn": {"tags"}}
    assert seen == ["aws:s3/bucket:Bucket 'a'", "aws:s3/bucket:Bucket 'refused'"]
    registrations.under_way = {number: f"x '{number}'" for number in range(7, 0, -1)}
    assert registrations.name_first() == "x '1', x '2', x '3', x '4', x '5'"


def test_debug_messages_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    engine = SimpleNamespace(Log=lambda message: sent.append(message.message))
    monkeypatch.setattr(settings, "get_engine", lambda: engine)
    drop_debug_messages()

    engine.Log(LogRequest(severity=DEBUG, message="registering"))
    engine.Log(LogRequest(severity=INFO, message="careful"))

    assert sent == ["careful"]


MAKES_A_RESOURCE = """
def trace():
    return resource._get_stack_trace()

class Resource:
    def __init__(self):
        self.trace = trace()

class CustomResource(Resource):
    def __init__(self):
        super().__init__()

class Bucket(CustomResource):
    def __init__(self):
        super().__init__()
"""


def compile_at(file: str, text: str) -> CodeType:
    return compile(text, file, "exec")


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK's own trace, and the shortened one when `shorten_stack_traces` was called."""
    monkeypatch.setattr(resource, "_get_stack_trace", resource._get_stack_trace)
    names: dict[str, Any] = {"resource": resource}
    exec(compile_at("/venv/site-packages/pulumi/resource.py", MAKES_A_RESOURCE), names)
    return names


def lines(trace: Any) -> list[str]:
    return [f"{frame.pc.uri}:{frame.pc.line}" for frame in trace.frames]


def test_of_a_stack_trace_the_line_that_makes_the_resource_and_those_in_the_checkout_are_sent(sdk: Any) -> None:
    exec(compile_at("/venv/site-packages/awsx/made.py", "def make(): return Bucket().trace"), sdk)
    exec(compile_at("/checkout/shared/part.py", "\ndef part(): return make()"), sdk)
    exec(compile_at("/checkout/.venv/lib/site-packages/typed.py", "def typed(): return part()"), sdk)
    program = compile_at("/checkout/stacks/web/__main__.py", "\n\ntaken = typed()")
    exec(program, sdk)
    every = lines(sdk["taken"])
    shorten_stack_traces(Path("/checkout"))
    exec(program, sdk)

    assert lines(sdk["taken"]) == [
        "file:///venv/site-packages/awsx/made.py:1",
        "file:///checkout/shared/part.py:2",
        "file:///checkout/stacks/web/__main__.py:3",
    ]
    assert [line for line in every if line in lines(sdk["taken"])] == lines(sdk["taken"])
    assert every[0] == lines(sdk["taken"])[0]


def test_what_makes_no_resource_has_no_trace(sdk: Any) -> None:
    without = lines(sdk["trace"]())
    shorten_stack_traces(Path("/checkout"))

    assert without == lines(sdk["trace"]()) == []
