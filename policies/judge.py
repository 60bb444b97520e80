"""Judges resources by all rules: which level a finding has, and which are exempted. Knows nothing of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pulumi_policy import EnforcementLevel

from .exemptions import Exemption
from .levels import Levels
from .previous import PREVIOUS_STATE
from .resources import Resource, Stack
from .rule import STACK, Kind, Outcome, Rule
from .tables import TableLine

NOT_COMPARED = f"what was deployed is not known: {PREVIOUS_STATE} may name a file of `pulumi stack export`"


class Standing(StrEnum):
    """What a finding is: a violation, one that is exempted, one that waits for apply, or a failure of the judge."""

    VIOLATION = "violation"
    EXEMPTED = "exempted"
    UNKNOWN = "unknown"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """One judgement on one resource: the exemption that covers it, if one does, or the pack's own line at fault."""

    rule: Rule
    level: EnforcementLevel
    standing: Standing
    message: str
    urn: str
    exemption: Exemption | None = None
    table_line: TableLine | None = None

    @property
    def sentence(self) -> str:
        """The message with its standing and line in words, for whoever sees nothing else: the engine prints it."""
        message = f"not judged: {self.message}" if self.standing is Standing.UNKNOWN else self.message
        start = f"{self.table_line}: " if self.table_line else ""
        return start + message + (f"; exempted: {self.exemption}" if self.exemption else "")


class Judge:
    """All rules at the levels of one environment. Lives for one run, because it counts which exemptions were used."""

    def __init__(
        self,
        rules: Iterable[Rule],
        levels: Levels,
        exemptions: Iterable[Exemption],
        environment: str,
        today: date,
    ) -> None:
        self.levels = {rule: levels.of(rule, environment) for rule in rules}
        self._exemptions = tuple(exemptions)
        self._today = today
        self._used: set[Exemption] = set()
        self._single: dict[str, list[Rule]] = {}
        self._relational: list[Rule] = []
        self._comparing: list[Rule] = []
        for rule in (rule for rule, level in self.levels.items() if level is not EnforcementLevel.DISABLED):
            if rule.compares:
                self._comparing.append(rule)
            elif rule.relational:
                self._relational.append(rule)
            else:
                for type_ in rule.on:
                    self._single.setdefault(type_, []).append(rule)

    def concerns(self, type_: str) -> bool:
        """Whether any rule about single resources judges this type."""
        return type_ in self._single

    def resource(self, resource: Resource) -> list[Finding]:
        """Findings of the rules about one resource, given its inputs."""
        rules = self._single.get(resource.type, ())
        return [self._finding(rule, resource, outcome) for rule in rules for outcome in rule.outcomes(resource)]

    def stack(self, stack: Stack) -> list[Finding]:
        """Findings of the rules about relations, given the outputs of every resource; then those about exemptions."""
        findings = [
            self._finding(rule, resource, outcome)
            for rule in self._relational
            for resource in stack.of(*rule.on)
            for outcome in rule.outcomes(resource, stack)
        ]
        return [*findings, *self._changes(stack), *self._exemption_faults(stack)]

    def _changes(self, stack: Stack) -> list[Finding]:
        """Findings of the rules about changes; of each one that it could not judge, where the state is not known."""
        if stack.before is not None:
            return [
                self._finding(rule, stack.successor(was) or was, outcome)
                for rule in self._comparing
                for was in stack.before.of(*rule.on)
                for outcome in rule.changes(was, stack)
            ]
        return [
            self._finding(rule, root, Outcome(Kind.UNKNOWN, NOT_COMPARED))
            for root in stack.of(STACK)
            for rule in self._comparing
            if stack.of(*rule.on)
        ]

    def _finding(self, rule: Rule, resource: Resource, outcome: Outcome) -> Finding:
        if outcome.kind is Kind.FAILURE:
            return Finding(rule, EnforcementLevel.MANDATORY, Standing.FAILURE, outcome.message, resource.urn)
        exemption = self._exemption(rule, resource)
        if outcome.kind is Kind.UNKNOWN:
            return Finding(rule, EnforcementLevel.ADVISORY, Standing.UNKNOWN, outcome.message, resource.urn)
        if exemption:
            advice = EnforcementLevel.ADVISORY
            return Finding(rule, advice, Standing.EXEMPTED, outcome.message, resource.urn, exemption=exemption)
        return Finding(rule, self.levels[rule], Standing.VIOLATION, outcome.message, resource.urn)

    def _exemption(self, rule: Rule, resource: Resource) -> Exemption | None:
        for exemption in self._exemptions:
            if exemption.covers(rule.name, resource.urn):
                self._used.add(exemption)
                if not list(exemption.faults([rule.name], self._today)):
                    return exemption
        return None

    def _exemption_faults(self, stack: Stack) -> Iterator[Finding]:
        names = {rule.name for rule in self.levels}
        guards = [rule for rule in self.levels if rule.name == "exemptions-are-in-order"]
        for root in stack.of(STACK):
            for exemption in self._exemptions:
                faults = list(exemption.faults(names, self._today))
                if not faults and exemption.belongs_to(root.urn) and exemption not in self._used:
                    faults = [f"unused: {exemption.rule} finds nothing at {exemption.resource}; remove the entry"]
                for guard in guards:
                    for fault in faults:
                        found = self._finding(guard, root, Outcome(Kind.VIOLATION, fault))
                        yield replace(found, table_line=exemption.place)
