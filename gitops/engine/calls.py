"""The calls that a program makes to its engine: which ones are unanswered, and what of them need not be sent."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

from pulumi.runtime import resource, settings
from pulumi.runtime.proto import engine_pb2, source_pb2

CONSTRUCTORS = 3
"""The frames named `__init__` below the line that makes a resource: its class's, CustomResource's and Resource's."""


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


def shorten_stack_traces(root: Path) -> None:
    """Sends of a resource's stack trace the line that makes it and, of the lines above, those in the checkout.

    The SDK sends all, some 25 for each resource, and asks the file system about each: a seventh of a program's
    processor time (sagemaker_ha, 2026-11-22). Nobody reads the others (gitops.engine.steps.source_lines).
    """
    own = f"{root}{os.sep}"

    def trace() -> source_pb2.StackTrace:
        frames = list(find_callers(sys._getframe(1)))
        kept = frames[:1] + [frame for frame in frames[1:] if is_own(frame.f_code.co_filename, own)]
        return source_pb2.StackTrace(frames=map(describe_frame, kept))

    resource._get_stack_trace = trace


def find_callers(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames above a resource's constructors, the innermost first; none if there are no constructors."""
    above = follow_callers(frame)
    constructors = (frame for frame in above if frame.f_code.co_name == "__init__")
    return above if len(list(islice(constructors, CONSTRUCTORS))) == CONSTRUCTORS else iter(())


def follow_callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame:
        yield frame
        frame = frame.f_back


def is_own(file: str, own: str) -> bool:
    return file.startswith(own) and "site-packages" not in file


def describe_frame(frame: FrameType) -> source_pb2.StackFrame:
    uri = address(frame.f_code.co_filename)
    return source_pb2.StackFrame(pc=source_pb2.SourcePosition(uri=uri, line=frame.f_lineno) if uri else None)


@lru_cache(maxsize=4096)
def address(file: str) -> str:
    """The file's URI; empty for code that is not in a file."""
    return Path(file).as_uri() if os.path.isabs(file) else ""
