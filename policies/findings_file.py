"""Findings as data, for a tool that runs the engine and reads more of a finding than a sentence.

The engine passes on a rule's name, level, message and URN. Where the environment variable `POLICY_FINDINGS` names a
file, the pack appends each finding to it as well, one JSON object a line; `row` says what it holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from .judge import Finding
from .tables import TableLine

VARIABLE = "POLICY_FINDINGS"
VERSION = 1
"""Of the rows. A new field leaves it; a field that goes, or means something else, raises it."""


def row(finding: Finding) -> dict[str, Any]:
    """`standing` is violation, exempted, remediated, unknown or failure; lines count from 1, `expires` is an ISO date,
    or says what ends the exemption."""
    exemption = finding.exemption
    return {
        "version": VERSION,
        "rule": finding.rule.name,
        "level": finding.level.value,
        "severity": finding.rule.severity.value,
        "standing": finding.standing.value,
        "message": finding.message,
        "urn": finding.urn,
        "source": _source(finding.table_line),
        "exemption": exemption
        and {
            "reason": exemption.reason,
            "owner": exemption.owner,
            "expires": exemption.until,
            "source": _source(exemption.place),
        },
    }


def _source(line: TableLine | None) -> dict[str, Any] | None:
    return {"file": line.file, "line": line.line} if line else None


def writer(environ: Mapping[str, str]) -> Callable[[Sequence[Finding]], None]:
    """Appends findings to the file that the variable names; without it, does nothing."""
    name = environ.get(VARIABLE)
    return partial(append, Path(name)) if name else discard


def append(file: Path, findings: Sequence[Finding]) -> None:
    """One write for all, so that the lines of two threads do not mix. Raises OSError."""
    lines = "".join(json.dumps(row(finding)) + "\n" for finding in findings)
    with file.open("ab", buffering=0) as stream:
        stream.write(lines.encode())


def discard(_findings: Sequence[Finding]) -> None:
    """For an engine that nobody listens beside."""
