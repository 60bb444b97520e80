"""A change of tags alone is one line."""

from __future__ import annotations

import typing

import pytest

from gitops.records import Op
from gitops.report.formats import html
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.context import Context
from gitops.report.model.report import build
from gitops.report.model.tag_changes import changes_tags_alone
from tests.report import factories

VPC = "aws:ec2/vpc:Vpc"


def retag(stack: str, environment: str, count: int, **fields: typing.Any) -> typing.Any:
    owner, mirror = (factories.diff(f"{path}.owner", "ml-platform", "ml-team") for path in ("tags", "tagsAll"))
    steps = tuple(
        factories.step_of_type(VPC, Op.UPDATE, name=f"net-{index}", diffs=(owner, mirror)) for index in range(count)
    )
    return factories.record(stack, environment).model_copy(update={"steps": steps, **fields})


def test_a_change_of_tags_alone_is_one_line_however_many_resources_have_them() -> None:
    report = build([retag("ecs_service", "dev", 120), retag("lambda_api", "prod", 158)], Context())
    [change] = report.tag_changes

    assert report.changes == ()
    assert change.title == "the tag owner of 278 resources"
    assert [diff.path for diff in change.diffs] == ["tags.owner"]
    assert markdown.render(report).count("ml-platform") == 1
    assert html.render(report).count("ml-platform") == 1


def test_tags_that_change_with_something_else_stand_with_it() -> None:
    both = (factories.diff("tags.owner", "a", "b"), factories.diff("cidrBlock", "10.0.0.0/16", "10.1.0.0/16"))

    report = factories.report_steps(factories.step_of_type(VPC, Op.UPDATE, diffs=both))

    assert report.tag_changes == ()
    assert [change.step.name for change in report.changes[0].changes] == ["it"]


@pytest.mark.parametrize(
    ("path", "alone"),
    [("tags", True), ('tags["a.b"]', True), ("tagsAll.owner", True), ("tagsets", False), ("spec.tags", False)],
)
def test_what_counts_as_tags(path: str, alone: bool) -> None:
    assert changes_tags_alone(factories.step_of_type(VPC, Op.UPDATE, diffs=(factories.diff(path, "a", "b"),))) is alone
