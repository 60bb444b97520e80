"""Text an attacker would put into a pull request, and reports that carry it in every place that data can reach."""

from __future__ import annotations

from hypothesis import strategies as st

from gitops.records import (
    Diagnostic,
    Exemption,
    Finding,
    Level,
    Op,
    Operation,
    PropertyDiff,
    RunError,
    RunRecord,
    Severity,
    SourceLine,
    Status,
    Step,
    Unjudged,
)
from gitops.report.model.context import Context
from gitops.report.model.report import Report, build

NASTY = (
    "| a | b |",
    "`code` ```",
    "\n```\n# escaped\n",
    "</details></summary><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; &#60;",
    "<!-- gitops:report -->",
    "-->",
    "@octocat @org/team",
    "#1 GH-2 owner/repo#3",
    "https://evil.example/?a=b www.evil.example mailto:a@b.example",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "**bold** _it_ ~~no~~ $x$ :tada:",
    "::error file=a,line=1::owned",
    "##[error]owned",
    "%0A::warning::owned",
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "\u202egnp.exe \u2066 \u200b",
    '"] --> evil["',
    "end; click n0 call alert()",
    '" onmouseover="alert(1)',
    "{{ 7*7 }} {% raw %}",
    "]]>",
    "\x00\x08\x0c\ud800\ufffe",
    "\r\nline\rline\u2028line",
    "[red]markup[/red]",
    "    indented\n\n- list\n1. list\n> quote\n---\n",
    "x" * 150,
)
TEXT = st.lists(st.sampled_from(NASTY) | st.text(max_size=30), min_size=1, max_size=4).map("".join)
"""Not empty, not blank, so that a report has the same parts whatever the text is."""


def release(version: str, *texts: str) -> dict[str, object]:
    """A release that says `texts` wherever it can."""
    said = "".join(texts)
    digest = f"sha256:{said}"
    return {
        "model_version": version + said,
        "artefact": said,
        "artefact_digest": digest,
        "image": f"{said}@{digest}",
        "strategy": "canary",
        "alarms": {"error_percent": 1, "latency_ms": 300},
    }


def report(text: str) -> Report:
    """A report in which every string that comes from a pull request is `t` and `text`."""
    hostile = f"t{text}t"
    source = SourceLine(file=hostile, line=3)
    step = Step(
        op=Op.REPLACE,
        urn=hostile,
        type=hostile,
        name=hostile,
        source=source,
        protect=True,
        diffs=(PropertyDiff(path=hostile, kind="update", before="a", after=1, replaces=True),),
    )
    built_on = Step(
        op=Op.CREATE, urn=f"{hostile}2", type=hostile, name=hostile, depends_on=(hostile,), inputs={hostile: 1}
    )
    told = {"title": hostile, "why": hostile, "fix": hostile, "reference": f"https://docs.example.com/{hostile}"}
    findings = tuple(
        Finding(
            rule=f"{level}{hostile}",
            level=level,
            severity=Severity.HIGH,
            message=hostile,
            urn=hostile,
            source=source,
            component=source,
            **told,
        )
        for level in Level
    )
    record = RunRecord(
        stack=hostile,
        environment=hostile,
        operation=Operation.PREVIEW,
        rehearsal=True,
        status=Status.FAILED,
        error=RunError(kind=hostile, message=hostile, hint=hostile, source=source),
        steps=(step, built_on),
        findings=findings,
        exemptions=(
            Exemption(rule=hostile, reason=hostile, owner=hostile, expires=hostile, urn=hostile, source=source),
        ),
        unjudged=(Unjudged(rule=hostile, reason=hostile, urn=hostile),),
        diagnostics=(Diagnostic(severity="warning", message=hostile, urn=hostile, source=source),),
        outputs_before={"scaling": {"min": hostile, "max": 2}, hostile: hostile, "release": release("1", hostile)},
        outputs={
            "scaling": {"min": 1, "max": hostile, hostile: 3},
            hostile: "other",
            "release": release("2", hostile, hostile) | {"traffic": {hostile: 100}},
        },
    )
    quiet = RunRecord(
        stack=hostile, environment="quiet", operation=Operation.PREVIEW, rehearsal=True, status=Status.SUCCEEDED
    )
    context = Context(
        repository_url="https://github.com/example/inference",
        commit=hostile,
        base=hostile,
        run_url="https://github.com/example/inference/actions/runs/42",
        judge_changes=(hostile,),
    )
    return build([record, quiet], context)


HARMLESS = report("harmless")
"""The yardstick: a report of hostile text has the structure of this one."""
