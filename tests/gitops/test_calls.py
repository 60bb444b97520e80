"""What a program's calls to its engine tell, and what of them is not sent."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
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


FILES = {
    "site-packages/pulumi/resource.py": """
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
""",
    "site-packages/awsx/made.py": "def make(): return Bucket().trace",
    "checkout/shared/part.py": "\ndef part(): return make()",
    "checkout/.venv/lib/site-packages/typed.py": "def typed(): return part()",
    "checkout/stacks/web/__main__.py": "\n\nwithout, made = trace(), typed()",
}


@pytest.fixture
def run_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Runs the files one after another; the names of the last have traces, with and without a resource's maker."""
    monkeypatch.setattr(resource, "_get_stack_trace", resource._get_stack_trace)
    for file, text in FILES.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)

    def run() -> dict[str, Any]:
        names: dict[str, Any] = {"resource": resource}
        for file in FILES:
            names |= runpy.run_path(str(tmp_path / file), names)
        return names

    return run


def lines(trace: Any, folder: Path) -> list[str]:
    return [f"{frame.pc.uri.removeprefix(folder.as_uri() + '/')}:{frame.pc.line}" for frame in trace.frames]


def test_of_a_stack_trace_what_makes_the_resource_and_the_lines_in_the_checkout_are_sent(
    run_program: Callable[[], Any], tmp_path: Path
) -> None:
    every = lines(run_program()["made"], tmp_path)
    shorten_stack_traces(tmp_path / "checkout")
    kept = lines(run_program()["made"], tmp_path)

    assert kept == ["site-packages/awsx/made.py:1", "checkout/shared/part.py:2", "checkout/stacks/web/__main__.py:3"]
    assert [line for line in every if line in kept] == kept
    assert every[0] == kept[0]


def test_what_makes_no_resource_has_no_trace(run_program: Callable[[], Any], tmp_path: Path) -> None:
    shorten_stack_traces(tmp_path / "checkout")

    assert list(run_program()["without"].frames) == []
