"""Judges a new resource together with the existing ones, during an apply by an engine that does not use the judge.

During an apply every value is known, so references are followed by value. A missing resource is not judged, because it
may still be created. Existing resources count as old (`Resource.new` is False), and rules require nothing of old
resources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rehearsal.inventory import Entry
from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Refusal
from rehearsal.judge.relations import rules_of
from rehearsal.provider_facts.type_facts import without_version

# If two resources exclude each other, the rules refuse the one whose URN sorts last. The prefix makes that the new one.
_LAST = "~"


def judge_beside(resource: Resource, existing: Iterable[Resource]) -> Iterator[Refusal]:
    """Yields the refusals of `resource` by rules that follow references.

    `existing` is read only if the type has such a rule.
    """
    rules = [rule for rule in rules_of(resource.type) if rule.follows]
    if not rules:
        return
    made = replace(resource, urn=f"{_LAST}{resource.urn}")
    program = Program([*(one for one in existing if one.urn != resource.urn), made])
    for rule in rules:
        yield from rule.refusals(made, program)


def of_entry(entry: Entry) -> Resource:
    """Converts an inventory entry to a resource of a program."""
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
    """The region of an inventory scope; empty for a scope that is not a region."""
    return scope if token.startswith("aws:") and scope != "global" else ""
