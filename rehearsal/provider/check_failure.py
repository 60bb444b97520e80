"""A value that a cloud would refuse, with what was found and what is expected."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckFailure:
    """One failure. `path` is in the engine's form (`rules[0].fromPort`); `found` and `expected` are for readers."""

    path: str
    found: str
    expected: str
    nearest: str | None = None

    @property
    def property(self) -> str:
        """The top-level property, which the engine names in its message."""
        return self.path.partition(".")[0].partition("[")[0]

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{self.path}: found {self.found}, expected {self.expected}{hint}"
