"""Deliberate faults as data: one edit each, and the tests that must notice it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tests.files import read_yaml

ROOT = Path(__file__).parents[2]
LISTS = Path(__file__).parent


class Fault(BaseModel):
    """One edit: `find`, which occurs exactly once in `file`, becomes `replace`.

    `breaks` says in a sentence what no longer holds. `tests` are arguments of pytest, files or node ids.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    breaks: str
    file: str
    find: str
    replace: str
    tests: tuple[str, ...]

    def edit(self, text: str) -> str:
        """`text` with the fault in it. Raises `ValueError` where the snippet is not there exactly once."""
        if (count := text.count(self.find)) != 1:
            raise ValueError(f"{self.id}: {self.file} holds the snippet {count} times, expected once: {self.find!r}")
        return text.replace(self.find, self.replace)


@cache
def rooms() -> dict[str, tuple[Fault, ...]]:
    """The faults of each room, from `<room>.yaml` beside this file."""
    return {path.stem: faults_of(path) for path in sorted(LISTS.glob("*.yaml"))}


def faults_of(path: Path) -> tuple[Fault, ...]:
    entries = read_yaml(path)
    return tuple(Fault.model_validate(entry) for entry in entries)
