"""What a program's calls to its engine tell, and which of them are not sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto.engine_pb2 import DEBUG, INFO, LogRequest

from gitops.engine.calls import Registrations, drop_debug_messages


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
