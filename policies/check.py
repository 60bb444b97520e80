"""`python -m policies.check STATE.json`: judges what already runs, from `pulumi stack export`, without an engine.

Exit code 0: nothing mandatory, 1: mandatory findings, 2: the state or the pack's tables cannot be used.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pulumi_policy import EnforcementLevel

from .exemptions import read_exemptions
from .judge import Finding, Judge
from .levels import ENVIRONMENTS, environment_of, read_levels
from .resources import Resource, Stack
from .rules import catalogue
from .tables import BadTable


class BadState(Exception):
    """The file is not what `pulumi stack export` writes."""


def resources_of(state: Any) -> list[Mapping[str, Any]]:
    """The resources of an exported state that are not marked for deletion. Raises BadState."""
    deployment = state.get("deployment", state) if isinstance(state, Mapping) else None
    found = deployment.get("resources") if isinstance(deployment, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(r, Mapping) and "urn" in r and "type" in r for r in found):
        raise BadState("found no deployment.resources, expected the output of `pulumi stack export`")
    return [resource for resource in found if not resource.get("delete")]


def judged(state: Any, judge: Judge) -> list[Finding]:
    """Every finding of the pack on an exported state. Raises BadState."""
    raw = resources_of(state)
    findings = [finding for each in raw for finding in judge.resource(_resource(each, "inputs"))]
    return findings + judge.stack(Stack(_resource(each, "outputs") for each in raw))


def stack_name(state: Any) -> str:
    """The stack's name, from its resources' URNs; empty if it has none."""
    urns = [str(resource["urn"]) for resource in resources_of(state)]
    return urns[0].removeprefix("urn:pulumi:").partition("::")[0] if urns else ""


def _resource(raw: Mapping[str, Any], properties: str) -> Resource:
    return Resource(
        raw["type"],
        str(raw["urn"]).rpartition("::")[2],
        raw["urn"],
        raw.get(properties) or {},
        ignores=raw.get("ignoreChanges") or (),
        protected=bool(raw.get("protect")),
        parent=raw.get("parent") or "",
        depends=raw.get("dependencies") or (),
        links={path: urns or () for path, urns in (raw.get("propertyDependencies") or {}).items()},
    )


def as_json(findings: Iterable[Finding]) -> str:
    rows = [
        {
            "rule": finding.rule.name,
            "title": finding.rule.title,
            "level": finding.level.value,
            "severity": finding.rule.severity.value,
            "standing": finding.standing.value,
            "message": finding.message,
            "fix": finding.rule.fix,
            "reference": finding.rule.reference,
            "urn": finding.urn,
        }
        for finding in findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_text(findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        where = finding.urn.split("::", 2)[-1].rpartition("$")[2]
        lines.append(f"{finding.level.value:9} {finding.rule.severity.value:8} {finding.rule.name}  {where}")
        lines.append(f"          {finding.message}. {finding.rule.fix}")
    mandatory = sum(finding.level is EnforcementLevel.MANDATORY for finding in findings)
    return "\n".join([*lines, f"{mandatory} mandatory and {len(findings) - mandatory} advisory findings"])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m policies.check", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("state", type=Path, metavar="STATE.json")
    parser.add_argument("--environment", choices=ENVIRONMENTS, help="whose levels apply; else the stack's own name")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    options = parser.parse_args(arguments)
    try:
        rules = catalogue()
        state = json.loads(options.state.read_text(encoding="utf-8"))
        environment = options.environment or environment_of(stack_name(state))
        judge = Judge(rules, read_levels(rules), read_exemptions(), environment, datetime.now(UTC).date())
        findings = judged(state, judge)
    except (OSError, ValueError, BadState) as error:
        return _refuse(f"{options.state}: {error}")
    except BadTable as error:
        return _refuse(str(error))
    print(as_json(findings) if options.json else as_text(findings))
    return int(any(finding.level is EnforcementLevel.MANDATORY for finding in findings))


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
