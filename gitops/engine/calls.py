"""The calls that a program makes to its engine: which ones are unanswered, and which ones need not be sent."""

from __future__ import annotations

from typing import Any

from pulumi.runtime import settings
from pulumi.runtime.proto import engine_pb2


class Registrations:
    """What the program registers: `under_way` are the resources, `type 'name'`, that the engine has not answered yet.

    `given` are the properties that the program gives, by URN; of all others their provider chose the value.
    """

    def __init__(self) -> None:
        self.under_way: dict[int, str] = {}
        self.given: dict[str, frozenset[str]] = {}

    def listen(self) -> None:
        """Follows what is registered from now on; call it inside the program's run."""
        monitor: Any = settings.get_monitor()
        register = monitor.RegisterResource

        def follow(request: Any, *rest: Any, **options: Any) -> Any:
            self.under_way[id(request)] = f"{request.type} '{request.name}'"
            response = register(request, *rest, **options)
            del self.under_way[id(request)]
            self.given[response.urn] = frozenset(request.object)
            return response

        monitor.RegisterResource = follow

    def name_first(self) -> str:
        """The first five names in alphabetical order."""
        return ", ".join(sorted(self.under_way.values())[:5])


def drop_debug_messages() -> None:
    """Drops the SDK's debug messages, which the engine only shows with `--debug`; no run uses that option.

    The SDK sends seven for each resource and waits for every one: a fifth of a program's processor time and an eighth
    of the engine's (2026-11-22). Call it inside the program's run.
    """
    engine: Any = settings.get_engine()
    send = engine.Log

    def send_others(request: engine_pb2.LogRequest, *rest: Any, **options: Any) -> Any:
        return None if request.severity == engine_pb2.DEBUG else send(request, *rest, **options)

    engine.Log = send_others
