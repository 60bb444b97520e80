"""Relations between properties of a resource, from the `relations` lists in `rehearsal/{aws,azure}/types/*.toml`.

docs/teach-a-type.md#relations explains each key. `exclusive`, `one_of` and `some_of` correspond to Terraform's
ConflictsWith, ExactlyOneOf and AtLeastOneOf.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from rehearsal.judge.alike import list_alike
from rehearsal.judge.conditions import Condition, Place, quote, read_json
from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import RULES, Refusal, Rule
from rehearsal.provider_facts import type_facts

PROVIDER_SOURCE = "https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service"


@dataclass(frozen=True)
class Relation:
    """One relation. Its fields are the keys of a `relations` entry.

    `says` is the cloud's message. `source` is a link to documentation, code or a report that proves the relation.
    """

    name: str
    at: str | Sequence[str] = ""
    when: Sequence[str] = ()
    expect: Sequence[str] = ()
    exclusive: Sequence[str] = ()
    one_of: Sequence[str] = ()
    some_of: Sequence[str] = ()
    distinct: Sequence[str] = ()
    alike: Sequence[str] = ()
    most: int = 1
    awaits: Sequence[str] = ()
    says: str = ""
    source: str = PROVIDER_SOURCE

    @cached_property
    def conditions(self) -> tuple[list[Condition], list[Condition]]:
        return [Condition(text) for text in self.when], [Condition(text) for text in self.expect]

    @cached_property
    def objects(self) -> Sequence[str]:
        return [self.at] if isinstance(self.at, str) else self.at

    @cached_property
    def follows(self) -> bool:
        return bool(self.alike or self.awaits) or any(
            condition.follows for part in self.conditions for condition in part
        )

    def refusals(self, resource: Resource, program: Program | None) -> Iterator[Refusal]:
        when, expect = self.conditions
        for place in (position for at in self.objects for position in _places(at, resource, program)):
            if all(condition.holds(place) for condition in when):
                parts = (self._counted, self._repeated, self._shared, self._too_early)
                for path, message in (*_broken(expect, place), *(each for part in parts for each in part(place))):
                    told = f"{_fill(self.says, place)}: {message}" if self.says else message
                    yield Refusal(_join(place.path, path), told, self.source, self.name, resource.urn)

    def _counted(self, place: Place) -> Iterator[tuple[str, str]]:
        group = self.exclusive or self.one_of or self.some_of
        given = [path for path in group if place.get(path) is not None]
        # A value inside an unknown object may be missing.
        certain = [path for path in given if Condition(path).holds(place) is not None]
        if len(certain) > 1 and not self.some_of:
            yield certain[-1], f"{certain[-1]!r} conflicts with {', '.join(map(repr, certain[:-1]))}"
        if group and not given and not self.exclusive:
            yield "" if place.path else group[0], f"one of {', '.join(map(repr, group))} must be specified"

    def _repeated(self, place: Place) -> Iterator[tuple[str, str]]:
        lists = {path: place.get(path) for path in self.distinct}
        values = [(one, path) for path, found in lists.items() if isinstance(found, list) for one in found]
        paths = {str(item): path for item, path in values if isinstance(item, str | int)}
        for value in list_repeated(str(item) for item, _ in values):
            if value in paths:
                yield paths[value], f"{value!r} is there more than once"

    def _shared(self, place: Place) -> Iterator[tuple[str, str]]:
        """Reports too many resources with equal values, only at the last of them, so that each group is named once."""
        if self.alike and place.program:
            sharing = list_alike(place.resource, place.program, self.alike, self.conditions[0])
            if len(sharing) > self.most and sharing[-1] is place.resource:
                names = ", ".join(repr(one.name) for one in sharing[:-1])
                yield self.alike[-1].partition("->")[0], f"found the same in {names}"

    def _too_early(self, place: Place) -> Iterator[tuple[str, str]]:
        for path in self.awaits:
            found = place.get(path)
            made = [one for one in found if one.new] if isinstance(found, list) else _named(found, place)
            if made and place.program and not place.program.waits_for(place.resource, *made):
                message = f"found no dependency on {' or '.join(repr(one.name) for one in made)}, expected one"
                yield path.partition("->")[0], message


@cache
def rules_of(kind: str) -> tuple[Rule | Relation, ...]:
    """Returns all rules and relations of a type token."""
    if kind.count(":") != 2:
        return ()
    file = f"{kind.partition(':')[0].removesuffix('-native')}/types/{kind.split(':')[1].partition('/')[0]}.toml"
    listed = type_facts.of(kind).relations
    every = RULES.get(f"{kind.partition(':')[0]}:*", ())
    return (*RULES.get(kind, ()), *every, *(Relation(file, **item) for item in listed))


def _places(at: str, resource: Resource, program: Program | None) -> Iterator[Place]:
    objects: list[tuple[str, Any]] = [("", resource.inputs)]
    for name in filter(None, at.split(".")):
        inside = [(_join(path, name), _read(value.get(name))) for path, value in objects if isinstance(value, Mapping)]
        objects = [item for path, value in inside for item in _items(path, value)]
    for path, value in objects:
        if isinstance(value, Mapping):
            yield Place(path, Resource(resource.urn, resource.type, value), resource, program)


def _items(path: str, value: Any) -> list[tuple[str, Any]]:
    return [(f"{path}[{i}]", item) for i, item in enumerate(value)] if isinstance(value, list) else [(path, value)]


def _read(value: Any) -> Any:
    return read_json(value) if isinstance(value, str) else value


def _named(found: Any, place: Place) -> list[Resource]:
    """The resource that a text names, if it is new, and it is not certain that it is made first."""
    if not isinstance(found, Resource) or place.program is None or found.provider != place.resource.provider:
        return []
    return [found] if place.program.is_too_early(place.resource, found) else []


def _fill(says: str, place: Place) -> str:
    return re.sub(r"\{([\w./@>:-]+)\}", lambda found: quote(place.get(found[1])).strip("'"), says)


def _broken(expect: Sequence[Condition], place: Place) -> Iterator[tuple[str, str]]:
    for condition in expect:
        if condition.holds(place) is False:
            yield condition.path.partition("->")[0].lstrip("@"), condition.describe(place)


def _join(path: str, name: str) -> str:
    return name[1:] if name.startswith("/") else ".".join(filter(None, (path, name)))
