"""Compares two sets of inputs: the changed property paths, and whether each change replaces the resource."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from rehearsal.values import Archive, Asset, Unknown, unwrap


@dataclass(frozen=True)
class PropertyChange:
    """One change. `kind` is add, delete or update; `path` is in the engine's form (`rules[0].fromPort`)."""

    path: str
    kind: str
    replaces: bool = False

    @property
    def property(self) -> str:
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


def diff(olds: dict[str, Any], news: dict[str, Any], replaces: Callable[[str], bool]) -> list[PropertyChange]:
    """Returns the changes in the order of their paths. White space in JSON texts is ignored.

    A block that is added or deleted as a whole is one change. It replaces the resource if any path in the block does.
    """
    changes = sorted(_object(unwrap(olds), unwrap(news), ""), key=lambda found: found[0].path)
    return [replace(change, replaces=any(map(replaces, _inside(block, change.path)))) for change, block in changes]


def _inside(block: Any, path: str) -> Iterator[str]:
    """Yields the paths of a block and of everything in it."""
    yield path
    if isinstance(block, dict):
        for key, item in block.items():
            yield from _inside(item, _join(path, key))
    elif isinstance(block, list):
        for position, item in enumerate(block):
            yield from _inside(item, f"{path}[{position}]")


def _object(olds: dict[str, Any], news: dict[str, Any], path: str) -> Iterator[tuple[PropertyChange, Any]]:
    """Yields each change with the block that it adds or deletes."""
    for key in {*olds, *news}:
        if key.startswith("__"):
            continue
        yield from _value(olds.get(key), news.get(key), _join(path, key))


def _value(old: Any, new: Any, path: str) -> Iterator[tuple[PropertyChange, Any]]:
    if isinstance(new, Unknown) or isinstance(old, Unknown):
        yield PropertyChange(path, "add" if old is None else "update"), None
    elif old is None or new is None:
        if old is not new:
            yield PropertyChange(path, "add" if old is None else "delete"), new if old is None else old
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _object(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        for position in range(max(len(old), len(new))):
            yield from _value(_at(old, position), _at(new, position), f"{path}[{position}]")
    elif not _same(old, new):
        yield PropertyChange(path, "update"), None


def _at(items: list[Any], position: int) -> Any:
    return items[position] if position < len(items) else None


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, Asset | Archive) and isinstance(new, type(old)) and old.hash and new.hash:
        return old.hash == new.hash
    if old == new or (type(old) is not type(new) and _text(old) == _text(new)):
        return True
    return isinstance(old, str) and isinstance(new, str) and _json(old) is not None and _json(old) == _json(new)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=repr)


def _json(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _join(path: str, key: str) -> str:
    part = key if re.fullmatch(r"[A-Za-z_$][\w$-]*", key) else f"[{json.dumps(key)}]"
    return f"{path}{part}" if part.startswith("[") or not path else f"{path}.{part}"
