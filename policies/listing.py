"""Findings as text and as JSON, and the part of them that somebody asked for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pulumi_policy import EnforcementLevel, Severity

from .findings_file import row
from .judge import Finding, Standing
from .rule import Rule

SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


@dataclass(frozen=True)
class Wanted:
    """Which rules are asked for; what is empty asks for all. `severity` is the least one."""

    rules: Collection[str] = ()
    categories: Collection[str] = ()
    frameworks: Collection[str] = ()
    severity: str = Severity.LOW.value

    def has(self, rule: Rule) -> bool:
        served = {name for requirement in rule.requirements for name in (requirement.framework, requirement.id)}
        return (
            (not self.rules or rule.name in self.rules)
            and (not self.categories or rule.category in self.categories)
            and (not self.frameworks or not served.isdisjoint(self.frameworks))
            and SEVERITIES.index(rule.severity) <= SEVERITIES.index(Severity(self.severity))
        )


def as_json(findings: Iterable[Finding]) -> str:
    rows = [
        row(finding) | {"title": finding.rule.title, "fix": finding.rule.fix, "reference": finding.rule.reference}
        for finding in findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_text(findings: Sequence[Finding], environment: str, resources: int) -> str:
    """The worst first, then what could not be judged, then a line that sums up."""
    unknown = [finding for finding in findings if finding.standing is Standing.UNKNOWN]
    ordered = sorted((finding for finding in findings if finding not in unknown), key=_gravity)
    lines = [line for finding in ordered for line in _lines(finding)]
    lines += [f"not judged: {finding.rule.name}  {_where(finding)}: {finding.message}" for finding in unknown]
    mandatory = sum(finding.level is EnforcementLevel.MANDATORY for finding in ordered)
    exempted = sum(finding.standing is Standing.EXEMPTED for finding in ordered)
    summary = f"{mandatory} mandatory and {len(ordered) - mandatory} advisory findings"
    summary += f" ({exempted} exempted)" if exempted else ""
    summary += f", {len(unknown)} not judged, on {resources} resources at the levels of {environment}"
    return "\n".join([*lines, summary])


def _gravity(finding: Finding) -> tuple[bool, int]:
    return finding.level is not EnforcementLevel.MANDATORY, SEVERITIES.index(finding.rule.severity)


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.level.value:9} {finding.rule.severity.value:8} {finding.rule.name}  {_where(finding)}"
    yield f"    {finding.sentence}"
    yield f"    → {finding.rule.fix}"


def _where(finding: Finding) -> str:
    return finding.urn.split("::", 2)[-1].rpartition("$")[2].replace("::", " ")
