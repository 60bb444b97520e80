"""The policy pack's findings, grouped by rule: said once, with every place it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gitops.records import Finding, Level, RunRecord, Severity, SourceLine
from gitops.report.text.urns import resource_name
from gitops.report.text.words import environment_rank

LEVELS = list(Level)
SEVERITIES = list(Severity)
FEWEST_FOLDED = 3


@dataclass(frozen=True)
class Occurrence:
    """One finding at one place, in one or more environments of a stack; `urns` are its resource's, one in each."""

    level: Level
    stack: str
    environments: tuple[str, ...]
    message: str
    resource: str
    source: SourceLine | None
    component: SourceLine | None = None
    urns: tuple[str, ...] = ()


@dataclass(frozen=True)
class OccurrenceGroup:
    """The occurrences that say the same of their resources, made by the same line of a component if by one."""

    occurrences: tuple[Occurrence, ...]

    @property
    def first(self) -> Occurrence:
        return self.occurrences[0]

    @property
    def folds(self) -> bool:
        """Whether its places are many enough to be folded under one line."""
        return len(self.occurrences) >= FEWEST_FOLDED

    @property
    def places(self) -> int:
        """How many resources it is said of, over all environments."""
        return sum(len(occurrence.environments) for occurrence in self.occurrences)


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

    @property
    def groups(self) -> tuple[OccurrenceGroup, ...]:
        alike: dict[tuple[object, ...], list[Occurrence]] = {}
        for occurrence in self.occurrences:
            key = (occurrence.level, occurrence.message, occurrence.component)
            alike.setdefault(key, []).append(occurrence)
        return tuple(OccurrenceGroup(tuple(occurrences)) for occurrences in alike.values())

    @property
    def urns(self) -> tuple[str, ...]:
        """Every resource that the rule found something of, once, the worst occurrence first."""
        return tuple(dict.fromkeys(urn for occurrence in self.occurrences for urn in occurrence.urns))


def group_by_rule(records: Iterable[RunRecord]) -> tuple[ViolatedRule, ...]:
    """Every rule that found something: mandatory before advisory, then by severity, then by name."""
    by_rule: dict[str, list[tuple[RunRecord, Finding]]] = {}
    for record in records:
        for finding in record.findings:
            by_rule.setdefault(finding.rule, []).append((record, finding))
    grouped = [merge_findings(name, pairs) for name, pairs in by_rule.items()]
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
    places: dict[Occurrence, dict[str, str]] = {}
    for record, finding in pairs:
        resource, source, component = resource_name(finding.urn), finding.source, finding.component
        occurrence = Occurrence(finding.level, record.stack, (), finding.message, resource, source, component)
        places.setdefault(occurrence, {})[record.environment] = finding.urn or ""
    merged = (
        replace(
            occurrence, environments=ordered, urns=tuple(urn for environment in ordered if (urn := urns[environment]))
        )
        for occurrence, urns in places.items()
        for ordered in (tuple(sorted(urns, key=environment_rank)),)
    )
    return tuple(sorted(merged, key=lambda o: (LEVELS.index(o.level), o.stack, str(o.source), o.message)))
