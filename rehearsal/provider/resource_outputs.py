"""The outputs of a resource: its inputs in their declared types, values that the cloud computes, and placeholders.

In a preview, everything that the cloud computes is unknown. After the apply, the same properties have values. An
optional property (`Optional` in the SDK) that the program does not set stays absent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.cloud import Cloud, PlannedResource
from rehearsal.provider.conform import conform_all
from rehearsal.provider.placeholder import make_placeholder
from rehearsal.sdk.types import ListOf, MapOf, ObjectOf, Property, Type
from rehearsal.values import UNKNOWN, Secret, contains

Absent = Callable[[str, Type], Any]


def preview(
    cloud: Cloud,
    planned: PlannedResource,
    before: Mapping[str, Any] | None = None,
    counters: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Returns the outputs of a preview, with `UNKNOWN` for everything that the cloud computes.

    `before` holds the outputs of a resource that is updated. Its computed outputs stay, except `counters`.
    """
    computed = [name for name in planned.kind.outputs if name not in planned.kind.inputs]
    kept = {k: v for k, v in (before or {}).items() if k in planned.kind.outputs and k not in counters}
    outputs = merge(kept, merge(cloud.compute_nested(planned, UNKNOWN), _echo(planned, cloud.known_outputs(planned))))
    return dict.fromkeys(computed, UNKNOWN) | complete(outputs, planned.kind.outputs, lambda name, kind: UNKNOWN)


def apply(cloud: Cloud, planned: PlannedResource, identity: str) -> dict[str, Any]:
    """Returns the outputs of the existing resource, complete and in the SDK's declared types."""
    given = merge(cloud.compute_outputs(planned, identity), cloud.compute_nested(planned, identity))
    computed = conform_all(given, planned.kind.outputs)
    outputs = merge(computed, _echo(planned, cloud.known_outputs(planned)))
    return complete(outputs, planned.kind.outputs, lambda name, kind: make_placeholder(name, kind, planned.hex))


def with_secrets(read: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the inputs in `read`, marked as secrets where `inputs` from the engine are.

    The engine marks secret outputs itself.
    """
    secret = {name for name, value in inputs.items() if contains(value, Secret)}
    return {name: Secret(value) if name in secret else value for name, value in read.items()}


def complete(values: Mapping[str, Any], declared: Mapping[str, Property], absent: Absent) -> dict[str, Any]:
    """Returns `values` with all required properties, at any depth. `absent` makes the missing values."""
    filled = dict(values)
    for name, prop in declared.items():
        if filled.get(name) is not None:
            filled[name] = _complete_inside(filled[name], prop.type, absent)
        elif prop.required:
            filled[name] = absent(name, prop.type)
    return filled


def merge(base: Any, over: Any) -> Any:
    """Lays `over` on `base`. Objects are merged at any depth, and lists of equal length item by item."""
    if isinstance(base, list) and isinstance(over, list) and len(base) == len(over):
        return [merge(*pair) for pair in zip(base, over, strict=True)]
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return base if over is None else over
    return {key: merge(base.get(key), over.get(key)) for key in [*base, *(key for key in over if key not in base)]}


def _complete_inside(value: Any, kind: Type, absent: Absent) -> Any:
    match kind:
        case ObjectOf() if isinstance(value, dict):
            return complete(value, kind.properties, absent)
        case ListOf(item) if isinstance(value, list):
            return [_complete_inside(element, item, absent) for element in value]
        case MapOf(item) if isinstance(value, dict):
            return {key: _complete_inside(element, item, absent) for key, element in value.items()}
    return value


def _echo(planned: PlannedResource, known: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in planned.inputs.items() if value is not None}
    repeated = {**planned.kind.defaults, **known, **given}
    return conform_all({n: value for n, value in repeated.items() if n in planned.kind.outputs}, planned.kind.outputs)
