"""What is wrong with a config, in the one form that people, the command line and the engine's output share."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from shared.block import Block


class Problem(Block):
    """One fault: `key` is the whole path (`ecs_service:scaling.max`), `line` counts from 1 and is 0 if unknown.

    `message` says it all in one sentence, key, found, expected and hint, but for the place.
    """

    file: str
    line: int = 0
    key: str
    found: str
    expected: str
    message: str

    @classmethod
    def of(cls, *, file: str, line: int, key: str, found: str, expected: str, hint: str = "") -> Problem:
        sentence = f"{key}: found {found}, expected {expected}" if key else f"found {found}, expected {expected}"
        message = f"{sentence}; {hint}" if hint else sentence
        return cls(file=file, line=line, key=key, found=found, expected=expected, message=message)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class InvalidConfig(Exception):
    """A stack's config cannot be used; every fault found is in `problems`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(["the config is not valid", *(f"  {problem}" for problem in self.problems)]))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean X?` for the nearest known name, or an empty string."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""
