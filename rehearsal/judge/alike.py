"""Resources of one type that have the same values: two rules of one number, two targets in one zone."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rehearsal.judge.conditions import Condition, Place
from rehearsal.judge.program import Program, Resource
from rehearsal.values import UNKNOWN


def list_alike(
    resource: Resource, program: Program, paths: Sequence[str], conditions: Sequence[Condition]
) -> Sequence[Resource]:
    """The resources of a type, provider and region that have the same values at the paths, `resource` among them; none
    if one of its values is not known. They are grouped once for all resources of the type."""
    which = (resource.type, *paths, *(one.text for one in conditions))
    if which not in program.groups:
        groups: dict[str, list[Resource]] = {}
        for one in program.of(resource.type):
            place = Place("", one, one, program)
            key = _key(place, paths)
            if key and all(condition.holds(place) for condition in conditions):
                groups.setdefault(key, []).append(one)
        program.groups[which] = groups
    return program.groups[which].get(_key(Place("", resource, resource, program), paths), ())


def _key(place: Place, paths: Sequence[str]) -> str:
    """The values at the paths as one text, with the URN for a resource; empty where one is not known."""
    values: list[object] = [place.resource.provider, place.resource.region]
    for path in paths:
        value, (start, follows, inside) = place.get(path), path.partition("->")
        if value is UNKNOWN and follows:
            value = place.get(start)  # an id that is no resource's of the program
        if value is UNKNOWN and follows and not inside:
            sources = place.resource.sources.get(start, ())
            value = sources[0] if len(sources) == 1 else UNKNOWN
        if value is UNKNOWN or (value is None and "." in inside):
            return ""
        value = sorted(value, key=str) if isinstance(value, list) else value
        values.append(value.urn if isinstance(value, Resource) else value)
    try:
        return json.dumps(values, sort_keys=True)
    except TypeError:  # not known inside
        return ""
