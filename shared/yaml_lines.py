"""Reads `Pulumi.<env>.yaml` keeping the line of every key, so that a fault can point at it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

KeyPath = Sequence[str | int]

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where the wheel has it: ten times as fast, the same values and lines."""


class Document:
    """A YAML file as values and as nodes with lines.

    Raises yaml.YAMLError, with the line in it, when the text is not YAML, and OSError when there is no such file.
    """

    def __init__(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        self._root = yaml.compose(text, Loader=LOADER)
        self.values: Any = yaml.load(text, Loader=LOADER)  # noqa: S506 (a safe one)

    def line(self, path: KeyPath) -> int:
        """Line (from 1) of the key at `path`; of its nearest existing ancestor when the key is not there."""
        node, line = self._root, 1
        for part in path:
            child = _child(node, part)
            if child is None:
                return line
            line, node = child
        return line


def _child(node: yaml.Node | None, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        value = node.value[part]
        return value.start_mark.line + 1, value
    return None
