"""What the policy pack found in an exported state, as a run record, so that every form of the report can tell it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gitops.catalogue import Catalogue
from gitops.engine import judgement
from gitops.records import Operation, RunRecord, SourceLine, Status
from gitops.report.formats import junit, sarif
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.context import Context
from gitops.report.model.report import build

FORMATS = {"sarif": sarif.render, "junit": junit.render, "markdown": markdown.summary}
POSITION = re.compile(r"project:///(?P<file>[^#]+)#(?P<line>\d+)")


def render(form: str, rows: Iterable[Mapping[str, Any]], state: Any, rules: Catalogue) -> str:
    """The findings in one of FORMATS; `rows` are those of `policies check --json`."""
    return FORMATS[form](build([record_of(rows, resources_in(state), rules)], Context(rehearsal=False)))


def record_of(rows: Iterable[Mapping[str, Any]], resources: Iterable[Mapping[str, Any]], rules: Catalogue) -> RunRecord:
    """A record of a state's findings alone, each with its rule's words and the line that made the resource."""
    known = list(resources)
    urn = str(known[0]["urn"]) if known else "urn:pulumi:stack::project"
    environment, project = urn.removeprefix("urn:pulumi:").split("::")[:2]
    lines = {str(resource["urn"]): {"source": line} for resource in known if (line := line_of(resource))}
    findings = judgement.sort(map(judgement.PackRow.model_validate, rows), (), lines)
    placed = tuple(
        f.model_copy(update={name: getattr(rule, name) for name in ("title", "why", "fix", "reference")})
        for f in findings.findings
        if (rule := rules.get(f.rule))
    )
    return RunRecord(
        stack=project,
        environment=environment,
        operation=Operation.REFRESH,
        rehearsal=False,
        status=Status.SUCCEEDED,
        findings=placed,
        exemptions=findings.exemptions,
        unjudged=findings.unjudged,
    )


def line_of(resource: Mapping[str, Any]) -> SourceLine | None:
    position = POSITION.fullmatch(str(resource.get("sourcePosition") or ""))
    return SourceLine(file=position["file"], line=int(position["line"])) if position else None


def resources_in(state: Any) -> list[Mapping[str, Any]]:
    """The resources of an export, or of a backend's own file; the pack has read it and knows it to be one."""
    holder = state.get("deployment") or (state.get("checkpoint") or {}).get("latest") or state
    return holder.get("resources") or []


def read_state(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
