"""What the policies did not decide by themselves: exemptions used and rules that gave no judgement, each said once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from gitops.records import Exemption, RunRecord, Unjudged
from gitops.report.urns import resource_name
from gitops.report.words import placed

Told = TypeVar("Told", Exemption, Unjudged)


@dataclass(frozen=True)
class Exempted:
    """One exemption with every place where it took a finding away."""

    exemption: Exemption
    places: tuple[str, ...]


@dataclass(frozen=True)
class Undecided:
    """One rule and one reason, with every place left unjudged. `raised`: the rule itself broke."""

    rule: str
    reason: str
    raised: bool
    places: tuple[str, ...]


def exempted(records: Iterable[RunRecord]) -> tuple[Exempted, ...]:
    found = ((record, used) for record in records for used in record.exemptions)
    grouped = by(found, lambda used: (used.rule, used.reason, used.owner, used.expires, used.source))
    return tuple(Exempted(told[0][1], places(told)) for told in grouped)


def undecided(records: Iterable[RunRecord]) -> tuple[Undecided, ...]:
    """Broken rules first."""
    found = ((record, unjudged) for record in records for unjudged in record.unjudged)
    grouped = by(found, lambda unjudged: (unjudged.rule, unjudged.reason, unjudged.raised))
    each = (Undecided(told[0][1].rule, told[0][1].reason, told[0][1].raised, places(told)) for told in grouped)
    return tuple(sorted(each, key=lambda undecided: (not undecided.raised, undecided.rule)))


def by(
    found: Iterable[tuple[RunRecord, Told]], alike: Callable[[Told], object]
) -> Iterable[list[tuple[RunRecord, Told]]]:
    groups: dict[object, list[tuple[RunRecord, Told]]] = {}
    for record, told in found:
        groups.setdefault(alike(told), []).append((record, told))
    return groups.values()


def places(told: Iterable[tuple[RunRecord, Exemption | Unjudged]]) -> tuple[str, ...]:
    """`ecs_service: task-role in dev and prod`, one for each resource of a stack."""
    environments: dict[str, list[str]] = {}
    for record, one in told:
        where = f"{record.stack}: {resource_name(one.urn)}" if one.urn else record.stack
        environments.setdefault(where, []).append(record.environment)
    return tuple(placed(where, among) for where, among in environments.items())
