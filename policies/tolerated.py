"""What a team has accepted beside `exemptions.yaml`: findings suppressed in the program, and those of a baseline.

A suppression is one entry of the resource option `ignore_changes`, because this is the one option that the engine hands
to a policy pack and keeps in its state, and that reads an entry which is no path as nothing:

    opts=ResourceOptions(ignore_changes=["[policy:scaling-target-keeps-two] the canary may be down at night"])

A baseline lists the findings that were there when the team began, each by rule and URN (`policies baseline`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from .exemptions import Exemption
from .renamed import current_name
from .resources import Resource
from .tables import read_table

SUPPRESSION = re.compile(r"\[policy:(?P<rule>[\w-]*)\]\s*(?P<reason>.*)", re.DOTALL)
PROGRAM, BASELINE = "the program", "the baseline"
Baseline = Mapping[tuple[str, str], Exemption]


def suppressions(resource: Resource) -> Iterator[Exemption]:
    """What the program suppresses on a resource; the reason may be empty, which is a fault."""
    for entry in resource.ignores:
        if match := SUPPRESSION.fullmatch(entry):
            yield Exemption(resource.urn, current_name(match["rule"]), match["reason"].strip(), PROGRAM)


def faults(suppression: Exemption, rules: Iterable[str], used: bool) -> Iterator[str]:
    """Why a suppression is not in order; nothing if it is."""
    if suppression.rule not in rules:
        yield f"ignoreChanges suppresses {suppression.rule!r}: there is no such rule"
    elif not suppression.reason:
        yield f"ignoreChanges suppresses {suppression.rule} without a reason: write it after the bracket"
    elif not used:
        yield f"ignoreChanges suppresses {suppression.rule}, which finds nothing here: remove the entry"


def read_baseline(file: Path) -> Baseline:
    """Rule and URN → where it stands. Raises BadTable naming the line."""
    baseline: dict[tuple[str, str], Exemption] = {}
    for key, node in read_table(file).items():
        if key != "findings":
            node.refuse(f"found key {key!r}, expected 'findings' with a list")
        for entry in node.entries():
            fields = {name: value.text() for name, value in entry.items()}
            if fields.keys() != {"rule", "resource"}:
                entry.refuse(f"found {', '.join(sorted(fields)) or 'nothing'}, expected rule and resource")
            rule, urn = current_name(fields["rule"]), fields["resource"]
            baseline[rule, urn] = Exemption(urn, rule, "it was there before", BASELINE, place=entry.place)
    return baseline


def baseline_text(findings: Iterable[tuple[str, str]]) -> str:
    """The file for findings given by rule and URN, the same for the same findings."""
    rows = [f"  - {{rule: {rule}, resource: {json.dumps(urn)}}}" for rule, urn in sorted(set(findings))]
    head = "# Findings that were there when this file was written: told as advice. Take out what is repaired.\n"
    return head + ("findings:\n" + "\n".join(rows) if rows else "findings: []") + "\n"
