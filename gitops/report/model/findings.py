"""The policy pack's findings, grouped by rule: said once, with every place it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gitops.records import Finding, Level, RunRecord, Severity, SourceLine
from gitops.report.text.urns import resource_name
from gitops.report.text.words import environment_rank

LEVELS = list(Level)
SEVERITIES = list(Severity)


@dataclass(frozen=True)
class Occurrence:
    """One finding at one place, in one or more environments of a stack."""

    level: Level
    stack: str
    environments: tuple[str, ...]
    message: str
    resource: str
    source: SourceLine | None
    component: SourceLine | None = None


@dataclass(frozen=True)
class ViolatedRule:
    """A rule that found something. `level` is the worst of its occurrences, which are sorted worst first."""

    name: str
    level: Level
    severity: Severity
    title: str
    why: str
    fix: str
    reference: str
    occurrences: tuple[Occurrence, ...]


def group_by_rule(records: Iterable[RunRecord]) -> tuple[ViolatedRule, ...]:
    """Every rule that found something: mandatory before advisory, then by severity, then by name."""
    found: dict[str, list[tuple[RunRecord, Finding]]] = {}
    for record in records:
        for finding in record.findings:
            found.setdefault(finding.rule, []).append((record, finding))
    grouped = [merge_findings(name, pairs) for name, pairs in found.items()]
    return tuple(sorted(grouped, key=lambda r: (LEVELS.index(r.level), SEVERITIES.index(r.severity), r.name)))


def merge_findings(name: str, pairs: list[tuple[RunRecord, Finding]]) -> ViolatedRule:
    _, first = pairs[0]
    return ViolatedRule(
        name=name,
        level=min((finding.level for _, finding in pairs), key=LEVELS.index),
        severity=min((finding.severity for _, finding in pairs), key=SEVERITIES.index),
        title=first.title or name,
        why=first.why,
        fix=first.fix,
        reference=first.reference,
        occurrences=find_occurrences(pairs),
    )


def find_occurrences(pairs: list[tuple[RunRecord, Finding]]) -> tuple[Occurrence, ...]:
    places: dict[Occurrence, set[str]] = {}
    for record, finding in pairs:
        resource, source, component = resource_name(finding.urn), finding.source, finding.component
        place = Occurrence(finding.level, record.stack, (), finding.message, resource, source, component)
        places.setdefault(place, set()).add(record.environment)
    merged = (
        replace(place, environments=tuple(sorted(environments, key=environment_rank)))
        for place, environments in places.items()
    )
    return tuple(sorted(merged, key=lambda o: (LEVELS.index(o.level), o.stack, str(o.source), o.message)))
