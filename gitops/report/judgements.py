"""What stands beside the findings, each said once: exemptions used, rules that gave no judgement, warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from gitops.records import Diagnostic, Exemption, RunRecord, Status, Unjudged
from gitops.report.urns import resource_name
from gitops.report.words import placed

Told = TypeVar("Told", Diagnostic, Exemption, Unjudged)


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


@dataclass(frozen=True)
class Said:
    """One warning of the engine, a provider or the program, with every place it came from."""

    severity: str
    message: str
    places: tuple[str, ...]


def said(records: Iterable[RunRecord]) -> tuple[Said, ...]:
    """Warnings, and errors of runs that succeeded all the same: the error of a failed run is its failure."""
    found = (
        (record, diagnostic)
        for record in records
        for diagnostic in record.diagnostics
        if diagnostic.severity == "warning" or (diagnostic.severity == "error" and record.status is Status.SUCCEEDED)
    )
    grouped = by(found, lambda diagnostic: (diagnostic.severity, diagnostic.message))
    return tuple(Said(told[0][1].severity, told[0][1].message, places(told)) for told in grouped)


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


def places(told: Iterable[tuple[RunRecord, Told]]) -> tuple[str, ...]:
    """`ecs_service: task-role in dev and prod`, one for each resource of a stack."""
    environments: dict[str, list[str]] = {}
    for record, one in told:
        where = f"{record.stack}: {resource_name(one.urn)}" if one.urn else record.stack
        environments.setdefault(where, []).append(record.environment)
    return tuple(placed(where, among) for where, among in environments.items())
