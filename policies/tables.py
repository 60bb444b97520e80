"""Reads a YAML table so that every complaint about it can name its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NoReturn

import yaml

# libyaml where PyYAML was built with it: a fifth of the time, and the pack reads its tables at every start
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
RUNTIMES = Path(__file__).with_name("runtimes.yaml")


class BadTable(Exception):
    """A table of the pack cannot be used; the message begins with file and line."""


@dataclass(frozen=True)
class TableLine:
    """A line of a table, counted from 1; `file` is relative to the folder that holds the pack's own."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Node:
    """A node of a YAML file: its value, its line, and refusals that name both."""

    def __init__(self, file: Path, node: yaml.Node | None) -> None:
        self._file = file
        self._node = node

    @property
    def place(self) -> TableLine:
        line = self._node.start_mark.line + 1 if self._node else 1
        return TableLine(name_file(self._file), line)

    def refuse(self, why: str) -> NoReturn:
        raise BadTable(f"{self.place}: {why}")

    def text(self) -> str:
        if not isinstance(self._node, yaml.ScalarNode) or not self._node.value.strip():
            self.refuse(f"found {self._kind()}, expected text")
        return self._node.value.strip()

    def items(self) -> Iterator[tuple[str, Node]]:
        """Keys and values of a mapping; an empty file or value is an empty mapping. A key given twice is refused."""
        if self._empty():
            return
        if not isinstance(self._node, yaml.MappingNode):
            self.refuse(f"found {self._kind()}, expected keys with values")
        seen: set[str] = set()
        for key, value in self._node.value:
            name = Node(self._file, key).text()
            if name in seen:
                Node(self._file, key).refuse(f"{name!r} is given twice")
            seen.add(name)
            yield name, Node(self._file, value)

    def entries(self) -> Iterator[Node]:
        if self._empty():
            return
        if not isinstance(self._node, yaml.SequenceNode):
            self.refuse(f"found {self._kind()}, expected a list")
        for value in self._node.value:
            yield Node(self._file, value)

    def texts(self) -> Iterator[Node]:
        """The entries of a list, or the one value as a list of one."""
        yield from [self] if isinstance(self._node, yaml.ScalarNode) else self.entries()

    def _empty(self) -> bool:
        return self._node is None or (isinstance(self._node, yaml.ScalarNode) and self._node.value in ("", "~", "null"))

    def _kind(self) -> str:
        kinds = {yaml.MappingNode: "keys with values", yaml.SequenceNode: "a list"}
        return kinds.get(type(self._node), "nothing" if self._empty() else "text")  # type: ignore[arg-type]


def name_file(file: Path) -> str:
    """`policies/levels.yaml`, or of a file beside the pack's folder its name alone: whatever the checkout is called."""
    return file.name if file.parent == RUNTIMES.parents[1] else f"{file.parent.name}/{file.name}"


def read_table(file: Path) -> Node:
    """The root of a YAML file. Raises BadTable: it cannot be read or is not valid YAML."""
    try:
        return Node(file, yaml.compose(file.read_text(encoding="utf-8"), Loader=LOADER))
    except OSError as error:
        raise BadTable(f"{name_file(file)}:1: cannot be read ({error.strerror})") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise BadTable(f"{name_file(file)}:{line}: {problem}") from None


@cache
def read_runtimes(file: Path = RUNTIMES) -> Mapping[str, date]:
    """The day each Lambda runtime stops getting updates. Raises BadTable: a value is no date."""
    ends: dict[str, date] = {}
    for name, node in read_table(file).items():
        try:
            ends[name] = date.fromisoformat(node.text())
        except ValueError:
            node.refuse(f"{name}: expected a date as YYYY-MM-DD")
    return ends
