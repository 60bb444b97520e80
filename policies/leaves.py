"""The single values of a resource by their paths, to compare two states of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .properties import SPECIAL_SIG_KEY, UNKNOWNS

Leaf = str | int | float | bool
NAMES = ("name", "id", "variantName")


def list_leaves(value: Any, path: str = "") -> Iterator[tuple[str, Leaf | None]]:
    """Path and value of each text, number and flag; None for one that is not known yet or secret.

    An item of a list goes by its name, if it has one: its place changes when another comes before it.
    """
    if isinstance(value, Mapping) and SPECIAL_SIG_KEY in value:
        yield path, None
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from list_leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from list_leaves(item, f"{path}[{_name(item) or position}]")
    elif isinstance(value, Leaf):
        yield path, None if value in UNKNOWNS else value


def _name(item: Any) -> str:
    names = [item.get(key) for key in NAMES] if isinstance(item, Mapping) else []
    return next((name for name in names if isinstance(name, str) and name not in UNKNOWNS), "")
