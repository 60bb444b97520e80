"""What the policy pack judged: violations, findings that an exemption covers, rules that could not judge.

The engine passes on a rule's name, level, message and URN. Our pack writes the rest beside it, as data, to the file
that an environment variable names (policies/findings_file.py says what a row holds).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from gitops.records import Exemption, Finding, Level, Severity, SourceLine, Unjudged

VARIABLE = "POLICY_FINDINGS"
"""Names the file to the pack."""
VERSION = 1


class Standing(StrEnum):
    VIOLATION = "violation"
    EXEMPTED = "exempted"
    REMEDIATED = "remediated"
    UNKNOWN = "unknown"
    FAILURE = "failure"


class Cover(BaseModel):
    """What covers a finding: an exemption or baseline with its own line, or an option in the program.

    `expires` is an ISO date, or says what ends it.
    """

    model_config = ConfigDict(frozen=True)

    reason: str
    owner: str
    expires: str
    source: SourceLine | None = None


class PackRow(BaseModel):
    """One line of the file. `source` is the line of the pack's own table that is at fault, if one is."""

    model_config = ConfigDict(frozen=True)

    rule: str
    level: Level
    severity: Severity
    standing: Standing
    message: str
    urn: str
    source: SourceLine | None = None
    exemption: Cover | None = None


TOLD = (Standing.VIOLATION, Standing.REMEDIATED, Standing.FAILURE)
"""What a reader is told as a finding; a remediation is advice."""


@dataclass(frozen=True)
class Judgement:
    findings: tuple[Finding, ...]
    exemptions: tuple[Exemption, ...]
    unjudged: tuple[Unjudged, ...]


def read_rows(file: Path) -> tuple[PackRow, ...]:
    """The distinct rows of a file, without those in the format of a later pack. Raises ValueError."""
    if not file.exists():
        return ()
    whole, _, _ = file.read_text(encoding="utf-8").rpartition("\n")  # a pack that is ended may leave half a line
    documents = [json.loads(line) for line in whole.splitlines()]
    understood = (row for row in documents if row.get("version") == VERSION and row.get("standing") in set(Standing))
    return tuple(dict.fromkeys(map(PackRow.model_validate, understood)))


def sort(rows: Iterable[PackRow], heard: Iterable[Finding], lines: Mapping[str, Mapping[str, Any]]) -> Judgement:
    """Sorts the pack's rows by kind, and adds the findings that only the engine reported (`heard`) unchanged.

    `lines` are `source` and `component` of resources by URN. A rule that broke is both: unjudged, and a mandatory
    finding, so that it can never pass for a clean judgement.
    """
    rows = sorted(rows, key=lambda row: (row.rule, row.urn, row.message))
    reported = {(row.rule, row.urn, row.level) for row in rows}
    findings = [finding_of(row) for row in rows if row.standing in TOLD]
    findings += [finding for finding in heard if (finding.rule, finding.urn or "", finding.level) not in reported]
    return Judgement(
        findings=tuple(f if f.source else f.model_copy(update=lines.get(f.urn or "", {})) for f in findings),
        exemptions=tuple(read_exemption(row, row.exemption) for row in rows if row.exemption),
        unjudged=tuple(read_unjudged(row) for row in rows if row.standing in (Standing.UNKNOWN, Standing.FAILURE)),
    )


def finding_of(row: PackRow) -> Finding:
    return Finding(
        rule=row.rule, level=row.level, severity=row.severity, message=row.message, urn=row.urn, source=row.source
    )


def read_exemption(row: PackRow, cover: Cover) -> Exemption:
    return Exemption(rule=row.rule, message=row.message, urn=row.urn, **dict(cover))


def read_unjudged(row: PackRow) -> Unjudged:
    return Unjudged(rule=row.rule, reason=row.message, urn=row.urn, raised=row.standing is Standing.FAILURE)
