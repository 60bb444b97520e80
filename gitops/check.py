"""One check of `gitops doctor`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """`needed` is False for what only some commands want; `todo` says what to do, if not `fine`."""

    name: str
    found: str
    fine: bool
    needed: bool = True
    todo: str = ""

    def __post_init__(self) -> None:
        if self.fine:
            object.__setattr__(self, "todo", "")
