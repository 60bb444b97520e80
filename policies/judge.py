"""Judges resources by all rules: which level a finding has, and which are exempted. Knows nothing of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from pulumi_policy import EnforcementLevel

from . import tolerated
from .exemptions import Exemption
from .levels import Levels
from .previous import PREVIOUS_STATE
from .properties import show
from .resources import Resource, Stack
from .rule import STACK, Kind, Outcome, Rule
from .settings import NOT_SET, PACK, Settings
from .tables import TableLine
from .tolerated import Baseline, suppressions
from .typenames import current_type

NOT_COMPARED = f"what was deployed is not known: {PREVIOUS_STATE} may name a file of `pulumi stack export`"


class Standing(StrEnum):
    """What a finding is: a violation, one exempted or repaired, one that waits, or a failure of the judge."""

    VIOLATION = "violation"
    EXEMPTED = "exempted"
    REMEDIATED = "remediated"
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
        *,
        settings: Settings = NOT_SET,
        baseline: Baseline | None = None,
        unmatched: bool = False,
    ) -> None:
        set_rules = [settings.apply_to(rule) for rule in rules]
        column = levels.column(environment)
        choices = {rule: settings.level(rule, column, levels.of(rule, environment)) for rule in set_rules}
        self.levels = {rule: choice.level for rule, choice in choices.items()}
        self._set_by = {rule.name: choice.by for rule, choice in choices.items() if choice.by}
        self.environment = environment
        self._baseline = baseline or {}
        self._unmatched = unmatched
        self._remediated: list[Finding] = []
        self._exemptions = tuple(exemptions)
        self._today = today
        self._used: set[Exemption] = set()
        self._violated: dict[str, tuple[str, str]] = {}
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
        return current_type(type_) in self._single

    def resource(self, resource: Resource) -> list[Finding]:
        """Findings of the rules about one resource, given its inputs."""
        rules = self._single.get(resource.type, ())
        return [self._finding(rule, resource, outcome) for rule in rules for outcome in rule.outcomes(resource)]

    @property
    def remediates(self) -> bool:
        """Whether the level of any rule asks for its remediation."""
        return EnforcementLevel.REMEDIATE in self.levels.values()

    def remedies(self, resource: Resource) -> Iterator[tuple[Rule, Mapping[str, Any]]]:
        """What remediations set on a resource: paths and values of each rule whose level asks for it."""
        for rule, level in self.levels.items():
            if level is EnforcementLevel.REMEDIATE and resource.type in rule.on and rule.remedy:
                violated = any(outcome.kind is Kind.VIOLATION for outcome in rule.outcomes(resource))
                wrong = {path: value for path, value in rule.remedy if violated and _differs(resource, path, value)}
                if wrong and not self._exemption(rule, resource):
                    changes = ", ".join(f"{path} is set to {show(value)}" for path, value in wrong.items())
                    advice, standing = EnforcementLevel.ADVISORY, Standing.REMEDIATED
                    self._remediated.append(Finding(rule, advice, standing, f"remediated: {changes}", resource.urn))
                    yield rule, wrong

    def stack(self, stack: Stack) -> list[Finding]:
        """Findings of the rules about relations, given the outputs of every resource; then those about exemptions."""
        findings = [
            self._finding(rule, resource, outcome)
            for rule in self._relational
            for resource in stack.of(*rule.on)
            for outcome in rule.outcomes(resource, stack)
        ]
        findings += self._changes(stack)
        return [*findings, *self._remediated, *self._exemption_faults(stack), *self._about_itself(stack)]

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
        level = self.levels[rule]
        if level is EnforcementLevel.REMEDIATE:  # what no remediation repaired is refused
            level = EnforcementLevel.MANDATORY
        self._violated[f"{rule.name} {resource.urn}"] = rule.name, resource.urn
        by = f" ({level.value} by {self._set_by[rule.name]})" if rule.name in self._set_by else ""
        return Finding(rule, level, Standing.VIOLATION, outcome.message + by, resource.urn)

    def _exemption(self, rule: Rule, resource: Resource) -> Exemption | None:
        for exemption in self._exemptions:
            if exemption.covers(rule.name, resource.urn):
                self._used.add(exemption)
                if not list(exemption.faults([rule.name], self._today)):
                    return exemption
        for suppression in suppressions(resource):
            if suppression.rule == rule.name and suppression.reason:
                self._used.add(suppression)
                return suppression
        return self._baseline.get((rule.name, resource.urn))

    def _exemption_faults(self, stack: Stack) -> Iterator[Finding]:
        names = {rule.name for rule in self.levels}
        for root in stack.of(STACK):
            for exemption in self._exemptions:
                faults = list(exemption.faults(names, self._today))
                if not faults and exemption.belongs_to(root.urn) and exemption not in self._used:
                    why = f"unused: {exemption.rule} finds nothing at {exemption.resource}"
                    faults = [f"{why}; {self._nearest(exemption) or 'remove the entry'}"]
                for fault in faults:
                    yield from self._own("exemptions-are-in-order", root, fault, exemption.place)
        for resource in stack.resources:
            for suppression in suppressions(resource):
                for fault in tolerated.faults(suppression, names, suppression in self._used):
                    yield from self._own("exemptions-are-in-order", resource, fault)

    def _nearest(self, exemption: Exemption) -> str:
        """The violation that an unused exemption may mean by a slip: another name, part of a URN, or rule."""
        alike = get_close_matches(f"{exemption.rule} {exemption.resource}", self._violated, n=1, cutoff=0.8)
        return "".join(
            f"the nearest finding is of {rule} at {urn}" for rule, urn in map(self._violated.__getitem__, alike)
        )

    def _about_itself(self, stack: Stack) -> Iterator[Finding]:
        for root in stack.of(STACK) if self._unmatched else ():
            yield from self._own(PACK, root, "no environment of the settings has this stack: judged as the strictest")

    def _own(self, name: str, resource: Resource, fault: str, line: TableLine | None = None) -> Iterator[Finding]:
        """A finding of a rule that the judge itself speaks for, if the rule is there and on."""
        for rule, level in self.levels.items():
            if rule.name == name and level is not EnforcementLevel.DISABLED:
                yield replace(self._finding(rule, resource, Outcome(Kind.VIOLATION, fault)), table_line=line)


def _differs(resource: Resource, path: str, value: Any) -> bool:
    return not resource.known(path) or resource.show(path) != show(value)
