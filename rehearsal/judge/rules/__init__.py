"""The rules by cloud and service. Importing this package registers all of them in `rehearsal.judge.refusal.RULES`.

`rehearsal.judge.relations` adds the rules that the types' files list. A rule is a generator that takes a resource, and
the program if it follows references. It yields pairs of a property path and the cloud's message, in the cloud's own
words if they are known. It judges known values only.
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
    """Yields the refusals of a single resource without its program, for a provider's Check."""
    kind = without_version(type_token)
    rules = [rule for rule in rules_of(kind) if not rule.follows]
    resource = Resource("", kind, without_secrets(inputs)) if rules else None
    for rule in rules:
        if resource:
            yield from rule.refusals(resource, None)


def judge_together(program: Program) -> Iterator[Refusal]:
    """Yields the refusals of all resources by the rules that follow references."""
    for resource in program.resources:
        for rule in rules_of(resource.type):
            if rule.follows:
                yield from rule.refusals(resource, program)


def without_secrets(value: Any) -> Any:
    """Returns the value with `UNKNOWN` in place of secrets and files, at any depth."""
    return UNKNOWN if isinstance(value, Secret | Asset | Archive) else map_inside(value, without_secrets)
