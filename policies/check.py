"""`python -m policies.check STATE.json`: judges what already runs, from `pulumi stack export`, without an engine.

Exit code 0: nothing mandatory, 1: mandatory findings, 2: the state or the pack's tables cannot be used.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pulumi_policy import EnforcementLevel, Severity

from .exemptions import read_exemptions
from .findings_file import row
from .judge import Finding, Judge, Standing
from .levels import ENVIRONMENTS, environment_of, read_levels
from .resources import Stack
from .rules import catalogue
from .state import BadState, read_state, resource_of, resources_of, stack_name, stack_of
from .tables import BadTable

SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def judged(state: Any, judge: Judge, before: Stack | None = None) -> list[Finding]:
    """Every finding on the resources the stack owns; what it only read takes part in relations. Raises BadState.

    `before` is the stack of an earlier state; without it rules about changes say that they could not judge.
    """
    raw = resources_of(state)
    read = {each["urn"] for each in raw if each.get("external")}
    findings = [finding for each in raw for finding in judge.resource(resource_of(each, outputs=False))]
    findings += judge.stack(Stack((resource_of(each, outputs=True) for each in raw), before))
    return [finding for finding in findings if finding.urn not in read]


def as_json(findings: Iterable[Finding]) -> str:
    rows = [
        row(finding) | {"title": finding.rule.title, "fix": finding.rule.fix, "reference": finding.rule.reference}
        for finding in findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_text(findings: Sequence[Finding], environment: str, resources: int) -> str:
    """The worst first, then what could not be judged, then a line that sums up."""
    unknown = [finding for finding in findings if finding.standing is Standing.UNKNOWN]
    told = sorted((finding for finding in findings if finding not in unknown), key=_gravity)
    lines = [line for finding in told for line in _lines(finding)]
    lines += [f"not judged: {finding.rule.name}  {_where(finding)}: {finding.message}" for finding in unknown]
    mandatory = sum(finding.level is EnforcementLevel.MANDATORY for finding in told)
    summary = f"{mandatory} mandatory and {len(told) - mandatory} advisory findings, {len(unknown)} not judged"
    return "\n".join([*lines, f"{summary}, on {resources} resources at the levels of {environment}"])


def _gravity(finding: Finding) -> tuple[bool, int]:
    return finding.level is not EnforcementLevel.MANDATORY, SEVERITIES.index(finding.rule.severity)


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.level.value:9} {finding.rule.severity.value:8} {finding.rule.name}  {_where(finding)}"
    yield f"    {finding.sentence}"
    yield f"    → {finding.rule.fix}"


def _where(finding: Finding) -> str:
    return finding.urn.split("::", 2)[-1].rpartition("$")[2].replace("::", " ")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m policies.check", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("state", type=Path, metavar="STATE.json")
    parser.add_argument("--before", type=Path, metavar="OLD.json", help="the state before, for rules about changes")
    parser.add_argument("--environment", choices=ENVIRONMENTS, help="whose levels apply; else the stack's own name")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    options = parser.parse_args(arguments)
    reading = options.before
    try:
        before = stack_of(read_state(reading)) if reading else None
        reading = options.state
        rules = catalogue()
        state = read_state(options.state)
        environment = options.environment or environment_of(stack_name(state))
        judge = Judge(rules, read_levels(rules), read_exemptions(), environment, datetime.now(UTC).date())
        findings = judged(state, judge, before)
    except BadState as error:
        return _refuse(f"{reading}: {error}")
    except BadTable as error:
        return _refuse(str(error))
    print(as_json(findings) if options.json else as_text(findings, environment, len(resources_of(state))))
    return int(any(finding.level is EnforcementLevel.MANDATORY for finding in findings))


def _refuse(why: str) -> int:
    print(f"error: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
