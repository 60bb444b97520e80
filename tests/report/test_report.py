"""A report's links, and the failures that it names."""

from __future__ import annotations

from gitops.report.model.context import Context
from gitops.report.model.report import build
from tests.report import cases, factories


def test_links_lead_to_the_reviewed_commit() -> None:
    source = factories.SourceLine(file="stacks/a b/__main__.py", line=7)

    assert factories.CONTEXT.link(source) == (
        "https://github.com/example/inference/blob/4f2a9c1e7b3d5a6880412f9be1c7d0a35e6f7812/stacks/a%20b/__main__.py#L7"
    )
    assert Context().link(source) == ""


def test_a_failed_run_without_a_message_still_says_something() -> None:
    record = cases.failure().model_copy(update={"error": None})

    assert build([record], Context()).failures[0].error.message
