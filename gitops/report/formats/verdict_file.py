"""The verdict for the next job of a workflow, as lines of `$GITHUB_OUTPUT`. One word of ours: nothing to escape."""

from __future__ import annotations

from gitops.report.model.report import Report


def render(report: Report) -> str:
    return f"outcome={report.verdict.outcome}\n"
