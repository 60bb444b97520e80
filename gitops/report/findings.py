"""The policy pack's findings, grouped by rule: said once, with every place it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gitops.records import Finding, Level, RunRecord, Severity, SourceLine
from gitops.report.urns import resource_name
from gitops.report.words import environment_rank

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
class Rule:
    """A rule that found something. `level` is the worst of its occurrences, which are sorted worst first."""

    name: str
    level: Level
    severity: Severity
    title: str
    why: str
    fix: str
    reference: str
    occurrences: tuple[Occurrence, ...]


def rules(records: Iterable[RunRecord]) -> tuple[Rule, ...]:
    """Every rule that found something: mandatory before advisory, then by severity, then by name."""
    found: dict[str, list[tuple[RunRecord, Finding]]] = {}
    for record in records:
        for finding in record.findings:
            found.setdefault(finding.rule, []).append((record, finding))
    grouped = [group(name, pairs) for name, pairs in found.items()]
    return tuple(sorted(grouped, key=lambda r: (LEVELS.index(r.level), SEVERITIES.index(r.severity), r.name)))


def group(name: str, pairs: list[tuple[RunRecord, Finding]]) -> Rule:
    _, told = pairs[0]
    return Rule(
        name=name,
        level=min((finding.level for _, finding in pairs), key=LEVELS.index),
        severity=min((finding.severity for _, finding in pairs), key=SEVERITIES.index),
        title=told.title or name,
        why=told.why,
        fix=told.fix,
        reference=told.reference,
        occurrences=occurrences(pairs),
    )


def occurrences(pairs: list[tuple[RunRecord, Finding]]) -> tuple[Occurrence, ...]:
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
