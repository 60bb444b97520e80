"""The rules by cloud and service; importing this package lists them all (`rehearsal.judge.refusal.RULES`).
`rehearsal.judge.relations` adds those that the types' files list.

A rule is a generator. It takes a resource (and the program, if it follows references) and yields the path of a property
and the cloud's message about it, in the cloud's own words if they are known. It only judges known values.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Refusal
from rehearsal.judge.relations import rules_of
from rehearsal.provider_facts.type_facts import without_version
from rehearsal.values import UNKNOWN, Archive, Asset, Secret, map_inside

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    import_module(_module.name)


def judge_alone(type_token: str, inputs: Mapping[str, Any]) -> Iterator[Refusal]:
    """Refusals of a single resource without its program, for a provider's Check."""
    kind = without_version(type_token)
    rules = [one for one in rules_of(kind) if not one.follows]
    resource = Resource("", kind, without_secrets(inputs)) if rules else None
    for one in rules:
        if resource:
            yield from one.refusals(resource, None)


def judge_together(program: Program) -> Iterator[Refusal]:
    """Refusals by the rules that follow references, for each resource."""
    for resource in program.resources:
        for one in rules_of(resource.type):
            if one.follows:
                yield from one.refusals(resource, program)


def without_secrets(value: Any) -> Any:
    """The inputs with `UNKNOWN` in place of secrets and files."""
    return UNKNOWN if isinstance(value, Secret | Asset | Archive) else map_inside(value, without_secrets)
