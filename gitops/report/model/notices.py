"""What stands beside the findings, each said once: exemptions used, rules that gave no judgement, warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gitops.records import Diagnostic, Exemption, RunRecord, Status, Unjudged
from gitops.report.text.urns import resource_name
from gitops.report.text.words import add_environments

Notice = TypeVar("Notice", Diagnostic, Exemption, Unjudged)


@dataclass(frozen=True)
class Noticed(Generic[Notice]):
    """A notice, the first of those that say the same, with every place that one of them is about."""

    notice: Notice
    places: tuple[str, ...]


def collect_warnings(records: Iterable[RunRecord]) -> tuple[Noticed[Diagnostic], ...]:
    """Warnings, and errors of runs that succeeded all the same: the error of a failed run is its failure."""
    notices = (
        (record, diagnostic)
        for record in records
        for diagnostic in record.diagnostics
        if diagnostic.severity == "warning" or (diagnostic.severity == "error" and record.status is Status.SUCCEEDED)
    )
    return group_notices(notices, lambda diagnostic: (diagnostic.severity, diagnostic.message))


def collect_exemptions(records: Iterable[RunRecord]) -> tuple[Noticed[Exemption], ...]:
    """Those that took a finding away."""
    notices = ((record, used) for record in records for used in record.exemptions)
    return group_notices(notices, lambda used: (used.rule, used.reason, used.owner, used.expires, used.source))


def collect_unjudged(records: Iterable[RunRecord]) -> tuple[Noticed[Unjudged], ...]:
    """Broken rules first."""
    notices = ((record, unjudged) for record in records for unjudged in record.unjudged)
    rules = group_notices(notices, lambda unjudged: (unjudged.rule, unjudged.reason, unjudged.raised))
    return tuple(sorted(rules, key=lambda rule: (not rule.notice.raised, rule.notice.rule)))


def group_notices(
    notices: Iterable[tuple[RunRecord, Notice]], alike: Callable[[Notice], object]
) -> tuple[Noticed[Notice], ...]:
    groups: dict[object, list[tuple[RunRecord, Notice]]] = {}
    for record, notice in notices:
        groups.setdefault(alike(notice), []).append((record, notice))
    return tuple(Noticed(group[0][1], list_places(group)) for group in groups.values())


def list_places(group: Iterable[tuple[RunRecord, Notice]]) -> tuple[str, ...]:
    """`ecs_service: task-role in dev and prod`, one for each resource of a stack."""
    environments: dict[str, list[str]] = {}
    for record, notice in group:
        where = f"{record.stack}: {resource_name(notice.urn)}" if notice.urn else record.stack
        environments.setdefault(where, []).append(record.environment)
    return tuple(add_environments(where, among) for where, among in environments.items())
