"""What the real cloud knows and the SDK's types do not: asked of `rehearsal.truth`, in one place.

`replaces` says whether a change to a property forces a replacement; `refusals` which values the cloud would refuse.
Both are given to the providers as parameters, so that a provider can be tried with other knowledge.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from rehearsal.provider.check_failure import Refusal


class Judge(Protocol):
    """Paths are the engine's, list positions included (`rules[0].fromPort`)."""

    def replaces(self, type_token: str, path: str) -> bool: ...

    def refusals(self, type_token: str, inputs: dict[str, Any]) -> list[Refusal]: ...


class _NoTruth:
    def replaces(self, type_token: str, path: str) -> bool:
        return False

    def refusals(self, type_token: str, inputs: dict[str, Any]) -> list[Refusal]:
        return []


def load() -> Judge:
    """`rehearsal.truth`, whose two functions are the knowledge; a judge of nothing where it is not installed."""
    try:
        return cast(Judge, import_module("rehearsal.truth"))
    except ModuleNotFoundError:
        return _NoTruth()
