"""Checks at any depth which inputs are given together, by what the SDK's documentation says of them.

The Terraform provider behind pulumi-aws checks most of this itself before it plans, in these words
(https://github.com/hashicorp/terraform-plugin-sdk/blob/main/helper/schema/schema.go, `validateConflictingAttributes`);
AWS refuses the rest. As there, a value that is not known yet excludes nothing and counts as given where one is needed.
`false`, 0 and empty values exclude nothing either, and neither does a name that the provider generated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from rehearsal.judge.refusal import Refusal
from rehearsal.provider.naming import DEFAULTS
from rehearsal.sdk.documented_groups import Group, read_groups
from rehearsal.sdk.package import ResourceType
from rehearsal.sdk.types import ListOf, ObjectOf, Property, Type
from rehearsal.values import UNKNOWN, unwrap

_RULE = "the SDK's documentation"
_SITE = "https://www.pulumi.com/registry/packages/{}/api-docs/{}/{}/#inputs"


def check_combinations(kind: ResourceType, inputs: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yields a refusal for each documented group of which too many or none are given."""
    source = _SITE.format(kind.token.partition(":")[0], kind.module, kind.name.lower())
    for path, message in _check(unwrap(dict(inputs)), kind.groups, kind.inputs, ""):
        yield Refusal(path, message, source, _RULE)


def _check(
    value: Mapping[str, Any], groups: tuple[Group, ...], declared: Mapping[str, Property], path: str
) -> Iterator[tuple[str, str]]:
    for group in groups:
        for name, message in _broken(group, value):
            yield path + name, message
    for name, item in value.items():
        if name in declared:
            yield from _inside(item, declared[name].type, f"{path}{name}")


def _inside(value: Any, kind: Type, path: str) -> Iterator[tuple[str, str]]:
    match kind, value:
        case ListOf(item), list():
            for index, entry in enumerate(value):
                yield from _inside(entry, item, f"{path}[{index}]")
        case ObjectOf(), dict():
            yield from _check(value, _groups_of(kind.cls), kind.properties, f"{path}.")


@cache
def _groups_of(cls: type) -> tuple[Group, ...]:
    return read_groups(cls.__init__.__doc__ or "", ObjectOf(cls).properties)


def _broken(group: Group, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    generated = value.get(DEFAULTS, ())
    given = [name for name in group.names if name not in generated and _excludes(value.get(name))]
    if group.exclusive and len(given) > 1:
        others = ", ".join(map(repr, given[:-1]))
        yield given[-1], f"Conflicting configuration arguments: {given[-1]!r} conflicts with {others}"
    if group.needed and all(value.get(name) is None for name in group.names):
        yield group.names[0], f"Missing required argument: one of {', '.join(map(repr, group.names))} must be specified"


def _excludes(value: Any) -> bool:
    return value is not UNKNOWN and value not in (None, False, "", [], {})
