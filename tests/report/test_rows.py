"""A target's row: what it counts, which findings it names, how its scaling changes."""

from __future__ import annotations

import typing

import pytest

from gitops.records import Level, Op, RunRecord, Step
from gitops.report.model.context import Context
from gitops.report.model.report import build
from gitops.report.model.rows import format_findings, summarize_target
from gitops.report.model.scaling import format_scaling
from tests.report import cases, factories


def test_row_counts_resources_only() -> None:
    stack = Step(op=Op.CREATE, urn="u1", type="pulumi:pulumi:Stack", name="stack")
    provider = Step(op=Op.CREATE, urn="u2", type="pulumi:providers:aws", name="provider")
    component = Step(op=Op.CREATE, urn="u3", type="awsx:lb:ApplicationLoadBalancer", name="edge", custom=False)
    resource = Step(op=Op.CREATE, urn="u4", type="aws:lb/loadBalancer:LoadBalancer", name="edge")
    record = factories.record("lambda_api", "dev", steps=(stack, provider, component, resource))

    assert summarize_target(record).counts[Op.CREATE] == 1


def test_row_tells_findings_mandatory_first() -> None:
    text = format_findings(summarize_target(cases.too_small("prod")))

    assert text == "1 mandatory (1 critical), 1 advisory (1 low)"


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (None, None, ""),
        (None, {"min": 2, "max": 6}, "new: 2–6"),
        ({"min": 2, "max": 6}, None, "2–6 → none"),
        ({"min": 2, "max": 6}, {"min": 2, "max": 6}, "2–6"),
        ({"min": 2, "max": 6}, {"min": 1, "max": 6}, "2–6 → 1–6"),
        ({"min": 2, "max": 6, "target": 70}, {"min": 2, "max": 6, "target": 60}, "2–6, target 70 → 60"),
        (None, {"min": 2, "max": 6, "metric": "cpu", "target": 60}, "new: 2–6, cpu 60"),
        (
            {"min": 2, "max": 6, "cooldowns": {"in": 300, "out": 60}},
            {"min": 2, "max": 6, "cooldowns": {"in": 60, "out": 60}},
            "2–6, cooldowns.in 300 → 60",
        ),
        (
            {"min": 2, "max": 6},
            {"min": 2, "max": 6, "schedules": {"day": {"at": "8:00", "days": ["mon", "tue"], "max": 9}}},
            "2–6, schedules.day.at none → 8:00, schedules.day.days none → mon tue, schedules.day.max none → 9",
        ),
        (
            {"max": 6} | dict.fromkeys("abcdef", 1),
            {"max": 6} | dict.fromkeys("abcdef", 2),
            "none–6, a 1 → 2, b 1 → 2, c 1 → 2, d 1 → 2, 2 more changes",
        ),
    ],
)
def test_scaling_before_and_after(
    before: dict[str, typing.Any] | None, after: dict[str, typing.Any] | None, text: str
) -> None:
    assert format_scaling(before, after) == text


def test_unchanged_targets_are_not_rows() -> None:
    report = build(cases.updates(), Context())

    assert [row.target for row in report.loud_rows] == ["ecs_service/dev", "ecs_service/staging", "ecs_service/prod"]
    assert report.unchanged == ("lambda_api/prod",)


def test_a_target_with_only_an_advisory_finding_is_a_row() -> None:
    finding = factories.finding("lambda_api", "dev", "log-group-set-retention", Level.ADVISORY, "logs")
    report = build([factories.record("lambda_api", "dev", findings=(finding,))], Context())

    assert not report.unchanged


def test_a_column_without_a_word_in_it_is_left_out() -> None:
    def heads(*records: RunRecord) -> list[str]:
        return [column.head for column in build(records, factories.CONTEXT).columns if not column.op]

    unscaled = {"outputs": {}, "outputs_before": {}}

    assert heads(*cases.mixed()) == ["target", "findings", "scaling"]
    assert heads(*cases.updates()) == ["target", "scaling"]
    assert heads(*(record.model_copy(update=unscaled) for record in cases.mixed())) == ["target", "findings"]


def test_environments_come_in_deployment_order() -> None:
    shuffled = [factories.record("lambda_api", env) for env in ("prod", "dev", "staging")]

    assert [row.environment for row in build(shuffled, Context()).rows] == ["dev", "staging", "prod"]
