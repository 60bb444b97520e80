"""What stands beside the findings, each said once: exemptions used, rules that gave no judgement, warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from gitops.records import Diagnostic, Exemption, RunRecord, Status, Unjudged
from gitops.report.text.urns import resource_name
from gitops.report.text.words import add_environments

Notice = TypeVar("Notice", Diagnostic, Exemption, Unjudged)


@dataclass(frozen=True)
class UsedExemption:
    """One exemption with every place where it took a finding away."""

    exemption: Exemption
    places: tuple[str, ...]


@dataclass(frozen=True)
class UnjudgedRule:
    """One rule and one reason, with every place left unjudged. `raised`: the rule itself broke."""

    rule: str
    reason: str
    raised: bool
    places: tuple[str, ...]


@dataclass(frozen=True)
class RunWarning:
    """One warning of the engine, a provider or the program, with every place it came from."""

    severity: str
    message: str
    places: tuple[str, ...]


def collect_warnings(records: Iterable[RunRecord]) -> tuple[RunWarning, ...]:
    """Warnings, and errors of runs that succeeded all the same: the error of a failed run is its failure."""
    notices = (
        (record, diagnostic)
        for record in records
        for diagnostic in record.diagnostics
        if diagnostic.severity == "warning" or (diagnostic.severity == "error" and record.status is Status.SUCCEEDED)
    )
    groups = group_notices(notices, lambda diagnostic: (diagnostic.severity, diagnostic.message))
    return tuple(RunWarning(group[0][1].severity, group[0][1].message, list_places(group)) for group in groups)


def collect_exemptions(records: Iterable[RunRecord]) -> tuple[UsedExemption, ...]:
    notices = ((record, used) for record in records for used in record.exemptions)
    groups = group_notices(notices, lambda used: (used.rule, used.reason, used.owner, used.expires, used.source))
    return tuple(UsedExemption(group[0][1], list_places(group)) for group in groups)


def collect_unjudged(records: Iterable[RunRecord]) -> tuple[UnjudgedRule, ...]:
    """Broken rules first."""
    notices = ((record, unjudged) for record in records for unjudged in record.unjudged)
    groups = group_notices(notices, lambda unjudged: (unjudged.rule, unjudged.reason, unjudged.raised))
    rules = (
        UnjudgedRule(group[0][1].rule, group[0][1].reason, group[0][1].raised, list_places(group)) for group in groups
    )
    return tuple(sorted(rules, key=lambda rule: (not rule.raised, rule.rule)))


def group_notices(
    notices: Iterable[tuple[RunRecord, Notice]], alike: Callable[[Notice], object]
) -> Iterable[list[tuple[RunRecord, Notice]]]:
    groups: dict[object, list[tuple[RunRecord, Notice]]] = {}
    for record, notice in notices:
        groups.setdefault(alike(notice), []).append((record, notice))
    return groups.values()


def list_places(group: Iterable[tuple[RunRecord, Notice]]) -> tuple[str, ...]:
    """`ecs_service: task-role in dev and prod`, one for each resource of a stack."""
    environments: dict[str, list[str]] = {}
    for record, notice in group:
        where = f"{record.stack}: {resource_name(notice.urn)}" if notice.urn else record.stack
        environments.setdefault(where, []).append(record.environment)
    return tuple(add_environments(where, among) for where, among in environments.items())
