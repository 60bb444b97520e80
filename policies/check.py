"""`python policies check STATE.json`: judges what already runs, from `pulumi stack export`, without an engine.

Exit code 0: nothing mandatory, 1: mandatory findings, 2: the state or the pack's tables cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pulumi_policy import EnforcementLevel

from .frameworks import NAMES
from .judge import Finding, Judge, Standing
from .listing import SEVERITIES, Wanted, as_json, as_text
from .pack import read_pack, read_settings
from .renamed import current_name
from .resources import Stack
from .rule import CATEGORIES
from .settings import NOT_SET
from .state import BadState, read_state, resource_of, resources_of, stack_name, stack_of
from .tables import BadTable
from .tolerated import baseline_text


def judge_state(state: Any, judge: Judge, before: Stack | None = None) -> list[Finding]:
    """Every finding on the resources the stack owns; what it only read takes part in relations. Raises BadState.

    `before` is the stack of an earlier state; without it rules about changes say that they could not judge.
    """
    raw = resources_of(state)
    read = {entry["urn"] for entry in raw if entry.get("external")}
    findings = [finding for entry in raw for finding in judge.resource(resource_of(entry, outputs=False))]
    findings += judge.stack(Stack((resource_of(entry, outputs=True) for entry in raw), before))
    return [finding for finding in findings if finding.urn not in read]


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    reading = options.before or options.state
    try:
        before = stack_of(read_state(reading)) if options.before else None
        reading = options.state
        state = read_state(reading)
        pack = read_pack()
        more = read_settings(options.config, pack.rules, pack.levels) if options.config else NOT_SET
        judge = pack.judge(stack_name(state), more=more, environment=options.environment or "")
        findings = judge_state(state, judge, before)
    except BadState as error:
        return _refuse(f"{reading}: {error}")
    except (BadTable, ValueError) as error:
        return _refuse(str(error))
    wanted = Wanted(
        [current_name(name) for name in options.rule], options.category, options.framework, options.severity
    )
    findings = [finding for finding in findings if wanted.has(finding.rule)]
    if options.write_baseline:
        return write_baseline(options.write_baseline, findings)
    print(as_json(findings) if options.json else as_text(findings, judge.environment, len(resources_of(state))))
    return int(any(finding.level is EnforcementLevel.MANDATORY for finding in findings))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="policies check", description=(__doc__ or "").split("\n")[0])
    made.add_argument("state", type=Path, metavar="STATE.json")
    made.add_argument("--before", type=Path, metavar="OLD.json", help="the state before, for rules about changes")
    made.add_argument("--config", type=Path, metavar="FILE.json", help="the file that --policy-pack-config takes")
    made.add_argument("--environment", metavar="ENVIRONMENT", help="whose levels apply; else the stack's own name")
    made.add_argument("--rule", action="append", default=[], help="only this rule; may be given again")
    made.add_argument("--category", action="append", default=[], choices=CATEGORIES, help="only this category")
    made.add_argument(
        "--framework", action="append", default=[], help=f"only rules for it: {', '.join(NAMES)}, or an id"
    )
    made.add_argument("--severity", choices=[s.value for s in SEVERITIES], default="low", help="the least severity")
    made.add_argument("--json", action="store_true", help="print the findings as JSON")
    made.add_argument("--write-baseline", type=Path, metavar="FILE", help="write what is found as a baseline instead")
    return made


def write_baseline(file: Path, findings: Sequence[Finding]) -> int:
    """Writes what violates a rule today, whole or not at all; says how much it was."""
    places = {(finding.rule.name, finding.urn) for finding in findings if finding.standing is Standing.VIOLATION}
    unfinished = file.with_name(f".{file.name}.new")
    unfinished.write_text(baseline_text(places), encoding="utf-8")
    unfinished.replace(file)
    print(f"{len(places)} findings in {file}; name it in the policy config: pack-settings.baseline")
    return 0


def _refuse(why: str) -> int:
    print(f"error: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
