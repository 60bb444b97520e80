"""What makes the engine replace a resource: the properties that no cloud changes in place.

The engine tells a policy pack nothing of its plan, so the types that callers, data or scaling hang on are listed in
`replacement.yaml`. A type that is not listed is never taken to be replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from .resources import Resource
from .tables import read_table

FILE = Path(__file__).with_name("replacement.yaml")


@cache
def read_replacing() -> Mapping[str, tuple[str, ...]]:
    """Type → the properties whose change replaces a resource of it; `path unless switch` where the switch is off."""
    return {type_: tuple(entry.text() for entry in row.texts()) for type_, row in read_table(FILE).items()}


def replacing(was: Resource, now: Resource) -> list[str]:
    """The paths whose change replaces the resource; a value that is not known yet replaces nothing."""
    entries = (entry.partition(" unless ") for entry in read_replacing().get(was.type, ()))
    return [
        path for path, _, switch in entries if (_forces(was, now, path, switch) if switch else differs(was, now, path))
    ]


def differs(was: Resource, now: Resource, path: str) -> bool:
    """Whether a value that is set before and after, and known, is another one."""
    known = all(resource.known(path) and resource.has(path) for resource in (was, now))
    return known and was.show(path) != now.show(path)


def _forces(was: Resource, now: Resource, path: str, switch: str) -> bool:
    """Whether a list comes or goes, or changes while the switch is off that has it changed in place."""
    if not (was.known(path) and now.known(path)) or _list_items(was, path) == _list_items(now, path):
        return False
    return not (was.count(path) and now.count(path) and now.flag(switch))


def _list_items(resource: Resource, path: str) -> list[str]:
    """The items of a list whose order does not matter."""
    return sorted(str([(key, item.show(key)) for key in sorted(item.keys())]) for item in resource.children(path))
