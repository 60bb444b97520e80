"""What a hostile pull request may write into its records: it is shown as text, and speaks with nobody's voice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gitops.report.formats import github_annotations, html, sarif
from gitops.report.formats.markdown import page
from gitops.report.formats.markdown.page import MARKER
from gitops.report.model.context import Context
from gitops.report.model.report import build
from gitops.review.intake import read_records

HOSTILE = {
    "mention": "@everybody look",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "heading": "\n# Approved by the maintainers\n",
    "link": "[the fix](https://evil.example/login)",
    "image": "![x](https://evil.example/pixel)",
    "closing a fence": "```\n# out\n```",
    "a marker": f"{MARKER} second comment",
    "a table": "a | b | c\n|---|---|",
    "a command": "::error file=a,line=1::gotcha",
    "an old command": "##[error]gotcha",
    "escapes": "\x1b[31mred\x1b[0m\x07",
    "right to left": "\u202egnp.exe\u2066",
    "an issue": "fixes #1, GH-2",
    "a comment": "<!-- gitops:report --> -->",
    "very long": "x" * 300_000,
    "a data address": "javascript:alert(1)",
}
FENCED = re.compile(r"(?ms)^(`{3,})\w*\n.*?^\1$")
"""A block of text that GitHub shows as it is: no mention, no link."""
MARKS = ("<script", "<img", "\n# ", "](https://evil", "](javascript", "@everybody", "fixes #1")
PLACES = ("message", "hint", "step", "value", "output", "diagnostic")


def record(text: str, place: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"stack": "web", "environment": "dev", "operation": "preview", "rehearsal": True}
    step = {"op": "create", "urn": "urn:pulumi:dev::web::aws:sns/topic:Topic::t", "type": "aws:sns/topic:Topic"}
    match place:
        case "message" | "hint":
            error = {"kind": "program", "message": "no", "hint": "", place: text}
            return {**fields, "status": "failed", "error": error}
        case "step":
            return {**fields, "status": "succeeded", "steps": [{**step, "name": text}]}
        case "value":
            return {**fields, "status": "succeeded", "steps": [{**step, "name": "t", "inputs": {"a": text, text: 1}}]}
        case "output":
            return {**fields, "status": "succeeded", "outputs": {"url": text}}
        case _:
            said = [{"severity": "warning", "message": text}]
            return {**fields, "status": "succeeded", "diagnostics": said}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_it_writes_is_text(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records/web.dev.json").write_text(json.dumps(record(text, place)))

    report = build(read_records(tmp_path, {}), Context())
    comment = page.render(report)

    assert comment.count(MARKER) == 1
    assert comment.endswith(f"{MARKER}\n")
    assert len(comment) <= page.COMMENT_LIMIT
    outside = FENCED.sub("", comment)
    assert [mark for mark in MARKS if mark in outside] == []
    assert "\x1b" not in comment
    assert "\u202e" not in comment
    assert "<script>alert" not in html.render(report)
    assert all(line.startswith("::") for line in github_annotations.render(report).splitlines())
    json.loads(sarif.render(report))
