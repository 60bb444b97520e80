"""Values with their dependencies, like `pulumi.Output` but without an event loop or globals.

The arguments of a component are plain data in which `Output` marks a value with dependencies. `apply` computes a new
output from such values. It has the dependencies of all arguments, is secret if one of them is secret, and is unknown if
one of them is unknown. None means "not given", like `undefined` in the real provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rehearsal.values import UNKNOWN, Output, ResourceReference, Secret, Unknown, is_known

_MERGED = ("tags", "triggers")


def apply(function: Callable[..., Any], *arguments: Any) -> Output:
    """Applies `function` to the arguments' bare values and returns an output. Outputs in the result are merged into
    it."""
    bare = [strip(argument) for argument in arguments]
    secret, urns = is_secret(arguments), dependencies(arguments)
    if not all(map(is_known, bare)):
        return Output(UNKNOWN, secret, urns)
    result = function(*bare)
    return Output(strip(result), secret or is_secret(result), _merge(urns, dependencies(result)))


def lift(value: Any) -> Output:
    """Returns the value as one output, with the dependencies of all outputs inside it."""
    return apply(lambda bare: bare, value)


def field(value: Any, name: str) -> Any:
    """Returns a property of an object. The object may be missing, unknown or an output."""
    if isinstance(value, Output):
        inner = value.value
        item = UNKNOWN if isinstance(inner, Unknown) else field(inner, name)
        return Output(strip(item), value.secret or is_secret(item), _merge(value.dependencies, dependencies(item)))
    if isinstance(value, Secret):
        return field(Output(value.value, True), name)
    if isinstance(value, Unknown):
        return UNKNOWN
    return value.get(name) if value is not None else None


def merge(*parts: Any) -> Any:
    """Merges objects. Properties of later objects win.

    If a part is an output, the last such part is the result. The real provider spreads it in JavaScript, which copies
    the output itself and not the object inside it.
    """
    outputs = [part for part in parts if isinstance(part, Output)]
    return outputs[-1] if outputs else {key: item for part in parts for key, item in (part or {}).items()}


def spread(value: Any) -> Any:
    """Converts an output of an object or list to an object or list of outputs, so that its members can be read.

    Maps that components pass to `merge` stay outputs, because `merge` treats outputs differently.
    """
    if isinstance(value, Secret):
        return spread(Output(value.value, True))
    if isinstance(value, Output) and isinstance(value.value, dict):
        return {key: spread(_inherit(value, item)) for key, item in value.value.items()}
    if isinstance(value, Output) and isinstance(value.value, list):
        return [spread(_inherit(value, item)) for item in value.value]
    if isinstance(value, dict):
        merged = {key for key, item in value.items() if key in _MERGED and isinstance(item, Output)}
        return {key: item if key in merged else spread(item) for key, item in value.items()}
    return [spread(item) for item in value] if isinstance(value, list) else value


def bare_if_known(value: Any) -> Any:
    """Returns the bare value; None if it is not known yet."""
    bare = strip(value)
    return bare if is_known(bare) else None


def strip(value: Any) -> Any:
    """Returns the value without outputs and secrets, at any depth. Unknown values stay."""
    if isinstance(value, Output | Secret):
        return strip(value.value)
    if isinstance(value, dict):
        return {key: strip(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [strip(item) for item in value]
    return value


def to_wire(value: Any) -> Any:
    """Returns the value as an input of a resource: secrets stay marked, and dependencies are dropped."""
    if isinstance(value, Output):
        inner = to_wire(value.value)
        return Secret(inner) if value.secret and not isinstance(inner, Secret) else inner
    if isinstance(value, Secret):
        return Secret(to_wire(value.value))
    if isinstance(value, dict):
        return {key: to_wire(item) for key, item in value.items() if strip(item) is not None}
    if isinstance(value, list | tuple):
        return [to_wire(item) for item in value]
    return value


def is_secret(value: Any) -> bool:
    return any(isinstance(part, Secret) or (isinstance(part, Output) and part.secret) for part in _parts(value))


def dependencies(value: Any) -> tuple[str, ...]:
    """Returns the URNs of the resources that a value comes from, in order of appearance."""
    urns: dict[str, None] = {}
    for part in _parts(value):
        if isinstance(part, Output):
            urns.update(dict.fromkeys(part.dependencies))
        elif isinstance(part, ResourceReference):
            urns[part.urn] = None
    return tuple(urns)


def _inherit(outer: Output, inner: Any) -> Output:
    if isinstance(inner, Output):
        return Output(inner.value, outer.secret or inner.secret, _merge(outer.dependencies, inner.dependencies))
    return Output(inner, outer.secret, outer.dependencies)


def _merge(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))


def _parts(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, Output | Secret):
        yield from _parts(value.value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _parts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _parts(item)
