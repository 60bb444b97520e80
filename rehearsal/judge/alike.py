"""Groups of resources of one type with equal values, for example two rules with the same number."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rehearsal.judge.conditions import Condition, Place
from rehearsal.judge.program import Program, Resource
from rehearsal.values import UNKNOWN


def list_alike(
    resource: Resource, program: Program, paths: Sequence[str], conditions: Sequence[Condition]
) -> Sequence[Resource]:
    """Returns the resources with the type, provider and region of `resource` and the same values at `paths`.

    The result includes `resource`. It is empty if one of its values is unknown. Only resources that meet all
    `conditions` are compared. The groups are computed once per program and stored in `program.groups`.
    """
    which = (resource.type, *paths, *(condition.text for condition in conditions))
    if which not in program.groups:
        groups: dict[str, list[Resource]] = {}
        for other in program.of(resource.type):
            place = Place("", other, other, program)
            key = _key(place, paths)
            if key and all(condition.holds(place) for condition in conditions):
                groups.setdefault(key, []).append(other)
        program.groups[which] = groups
    return program.groups[which].get(_key(Place("", resource, resource, program), paths), ())


def _key(place: Place, paths: Sequence[str]) -> str:
    """The values at the paths as JSON text, with URNs for resources; empty if a value is unknown."""
    values: list[object] = [place.resource.provider, place.resource.region]
    for path in paths:
        value, (start, follows, inside) = place.get(path), path.partition("->")
        if value is UNKNOWN and follows:
            value = place.get(start)  # the program has no resource with this id
        if value is UNKNOWN and follows and not inside:
            sources = place.resource.sources.get(start, ())
            value = sources[0] if len(sources) == 1 else UNKNOWN
        if value is UNKNOWN or (value is None and "." in inside):
            return ""
        value = sorted(value, key=str) if isinstance(value, list) else value
        values.append(value.urn if isinstance(value, Resource) else value)
    try:
        return json.dumps(values, sort_keys=True)
    except TypeError:  # JSON cannot hold the `UNKNOWN` inside a value
        return ""
