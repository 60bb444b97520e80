"""A stack's outputs are what others read of it: a reviewer is told when they change."""

from __future__ import annotations

import pytest

from gitops.records import UNKNOWN, Op, Operation, Status
from gitops.report.formats import html, terminal
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.context import Context
from gitops.report.model.report import build
from tests.report import cases, factories


def move(**fields: object) -> factories.RunRecord:
    outputs = {"outputs_before": {"endpoint_url": "https://a.test"}, "outputs": {"endpoint_url": "https://b.test"}}
    return factories.record("lambda_api", "prod", **{**outputs, **fields})


def test_outputs_that_change_alone_are_no_change_to_overlook() -> None:
    report = build([move()], Context())

    assert report.verdict.text == "Ready: outputs change in 1 target, nothing replaced or deleted"
    assert report.unchanged == ()
    for text in (markdown.render(report), html.render(report)):
        assert "- endpoint_url: https://a.test" in text
        assert "+ endpoint_url: https://b.test" in text
    assert "lambda_api/prod" in terminal.render(report)


def test_they_are_told_beside_other_changes() -> None:
    report = build([move(), cases.update("prod")], Context())

    assert report.verdict.text.startswith("Ready: 2 updates in 1 target, outputs change in 1 target, nothing")


def test_they_are_not_counted_among_the_resources() -> None:
    changed = cases.update("prod").model_copy(update={"outputs_before": {"x": 1}, "outputs": {"x": 2}})

    (stack,) = build([changed], Context()).changes

    assert stack.totals[Op.UPDATE] == len(stack.changes) - 1 == 2
    assert [change.step.name for change in stack.changes][-1] == "outputs"


def test_scaling_has_a_column_of_its_own_and_is_a_change_as_well() -> None:
    scaling = {"outputs_before": {"scaling": {"min": 1}}, "outputs": {"scaling": {"min": 2}}}

    report = build([move(**scaling)], Context())

    assert report.verdict.text == "Ready: outputs change in 1 target, nothing replaced or deleted"
    assert report.changes == ()


def test_an_output_called_scaling_may_be_anything() -> None:
    anything = {"outputs_before": {"scaling": "small"}, "outputs": {"scaling": ["large"]}}

    assert build([move(**anything)], Context()).rows[0].scaling == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"outputs": {"endpoint_url": UNKNOWN}},
        {"outputs": {"endpoint_url": ["x", {"y": f"https://{UNKNOWN}/"}]}},
        {"outputs_before": {"scaling": {"min": 1}}, "outputs": {"scaling": {"min": 1, "metric": "cpu"}}},
        {"status": Status.FAILED, "outputs": {}},
        {"operation": Operation.DESTROY, "outputs": {}},
        {"operation": Operation.DRIFT, "outputs": {}},
        {"outputs_before": {}, "steps": tuple(s.model_copy(update={"op": Op.CREATE}) for s in move().steps)},
    ],
)
def test_what_is_unknown_new_or_said_elsewhere_is_not_told(fields: dict[str, object]) -> None:
    told = [change for stack in build([move(**fields)], Context()).changes for change in stack.changes]

    assert "outputs" not in [change.step.name for change in told]
