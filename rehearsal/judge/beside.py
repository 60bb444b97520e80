"""What the rules say of a resource beside those that exist: at an apply of an engine that asks no judge.

Every value is known then, and references are followed by it. What another resource lacks is not judged: it may still
come. So whatever exists counts as there before (`Resource.new` is False), of which the rules then ask nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rehearsal.inventory import Entry
from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Refusal
from rehearsal.judge.relations import rules_of
from rehearsal.provider_facts.type_facts import without_version

# Of two that exclude each other the rules refuse the one whose URN comes later: here always the one that is made now.
_LAST = "~"


def judge_beside(resource: Resource, existing: Iterable[Resource]) -> Iterator[Refusal]:
    """What the rules that follow references say of `resource`. `existing` is not read where there is no such rule."""
    rules = [one for one in rules_of(resource.type) if one.follows]
    if not rules:
        return
    made = replace(resource, urn=f"{_LAST}{resource.urn}")
    program = Program([*(one for one in existing if one.urn != resource.urn), made])
    for one in rules:
        yield from one.refusals(made, program)


def of_entry(entry: Entry) -> Resource:
    """A resource of the inventory."""
    return Resource(
        urn=entry.urn,
        type=without_version(entry.type),
        inputs=entry.inputs,
        outputs=entry.outputs,
        id=entry.id,
        region=region_of(entry.type, entry.scope),
        new=False,
    )


def region_of(token: str, scope: str) -> str:
    """The region that a scope of the inventory stands for; empty where it is none."""
    return scope if token.startswith("aws:") and scope != "global" else ""
