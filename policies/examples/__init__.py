"""Example stacks that every rule is content with, and for each rule one property that breaks it.

They are data (`*.yaml` beside this file): the documentation shows them, the tests judge them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..resources import Resource
from ..rule import STACK

FOLDER = Path(__file__).parent
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where the wheel has it: ten times as fast."""
REMOVED = object()
Raw = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Break:
    """One property of one resource, set to what the rule must find. `value` is REMOVED to take the property away.

    `path` may name an option (`@ignores`, `@protect`, `@deletes_first`, `@type`), or nothing: then the resource itself
    is taken away. `column:path` reaches into a property that holds JSON text.
    """

    rule: str
    resource: str
    path: str
    value: Any
    says: str

    def apply_to(self, resources: Raw) -> Raw:
        """The resources with the break in them. Raises KeyError: there is no such resource."""
        broken = dict(resources)
        if not self.path:
            del broken[self.resource]
            return broken
        target = broken[self.resource] = deepcopy(resources[self.resource])
        if self.path.startswith("@"):
            target[self.path[1:]] = self.value
            return broken
        text, colon, inner = self.path.partition(":")
        properties = target["properties"]
        if colon:
            document = json.loads(properties[text])
            put(document, inner, self.value)
            properties[text] = json.dumps(document)
        else:
            put(properties, self.path, self.value)
            target.get("adds", {}).pop(keys(self.path)[0], None)
            if self.value is REMOVED or isinstance(self.value, str | list):
                target.get("links", {}).pop(keys(self.path)[0], None)  # a literal depends on nothing
        return broken


@dataclass(frozen=True)
class Example:
    name: str
    resources: Raw
    breaks: tuple[Break, ...]


def keys(path: str) -> list[str]:
    return re.findall(r"[^.\[\]]+", path)


def put(value: Any, path: str, new: Any) -> None:
    """Sets or removes what lies at a path, making the objects on the way."""
    *way, last = keys(path)
    for key in way:
        value = value[int(key)] if isinstance(value, list) else value.setdefault(key, {})
    if new is REMOVED:
        del value[int(last) if isinstance(value, list) else last]
    elif isinstance(value, list):
        value[int(last)] = new
    else:
        value[last] = new


def at(value: Any, path: str) -> Any:
    """What lies at a path; None where nothing does."""
    head, colon, inner = path.partition(":")
    if colon:
        return at(json.loads(at(value, head)), inner)
    for key in keys(path):
        if isinstance(value, list):
            value = value[int(key)] if key.isdigit() and int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, Mapping) else None
    return value


def read_break(row: Mapping[str, Any], resource: str = "at") -> Break:
    """A row of a table of breaks."""
    value = row.get("to", REMOVED)
    return Break(row["rule"], row[resource], "" if row.get("drop") else row["set"], value, row.get("says", ""))


def read_examples(folder: Path = FOLDER) -> tuple[Example, ...]:
    examples = []
    for file in sorted(folder.glob("*.yaml")):
        table = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 (a safe one)
        examples.append(Example(file.stem, table["resources"], tuple(read_break(row) for row in table["breaks"])))
    return tuple(examples)


def resources_of(raw: Raw, stack: str = "prod", project: str = "example", outputs: bool = False) -> list[Resource]:
    """The resources as the engine would give them, with their inputs or (to rules about relations) their outputs.

    `links` and `parent` name other resources of the same table; `adds` is what the outputs have beyond the inputs.
    """
    start = f"urn:pulumi:{stack}::{project}::"
    urns = {key: f"{start}{entry['type']}::{entry.get('name', key)}" for key, entry in raw.items()}
    root = Resource(STACK, f"{project}-{stack}", f"{start}{STACK}::{project}-{stack}", {})
    made = [
        Resource(
            entry["type"],
            entry.get("name", key),
            urns[key],
            entry.get("properties", {}) | (entry.get("adds", {}) if outputs else {}),
            ignores=entry.get("ignores", ()),
            protected=entry.get("protect", False),
            parent=urns.get(entry.get("parent", ""), root.urn),
            links={path: [urns[to] for to in names if to in urns] for path, names in entry.get("links", {}).items()},
            deletes_first=entry.get("deletes_first", False),
            aliases=entry.get("aliases", ()),
            retained=entry.get("retained", False),
            inputs=entry.get("properties", {}),
        )
        for key, entry in raw.items()
    ]
    return [root, *made]
