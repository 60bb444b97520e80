"""Findings in the report: alike ones are one line, the gravest rules come first."""

from __future__ import annotations

from gitops.records import Finding, Level, Severity
from gitops.report.formats import terminal
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.context import Context
from gitops.report.model.findings import group_by_rule
from gitops.report.model.report import build
from tests.report import cases, factories


def test_the_same_finding_on_eighteen_buckets_is_one_line() -> None:
    def open_bucket(name: str, message: str = "blockPublicPolicy is false") -> Finding:
        found = factories.finding("ecs_service", "prod", "s3-bucket-block-public-access", Level.MANDATORY, "logs")
        return found.model_copy(update={"message": message, "urn": f"urn:pulumi:prod::ecs_service::t::{name}"})

    found = tuple(open_bucket(f"bucket-{index}") for index in range(18))
    report = build(
        [
            factories.record("ecs_service", "prod", findings=(*found, open_bucket("other", "no"))),
        ],
        Context(),
    )
    (rule,) = report.rules

    assert [(group.places, group.folds) for group in rule.groups] == [(18, True), (1, False)]
    assert markdown.render(report).count("blockPublicPolicy is false") == 1
    assert terminal.render(report).count("blockPublicPolicy is false") == 1


def test_one_rule_in_three_environments_is_said_once() -> None:
    small, renamed = group_by_rule(cases.mandatory())

    assert (small.level, small.severity) == (Level.MANDATORY, Severity.CRITICAL)
    assert [(o.level, o.environments) for o in small.occurrences] == [
        (Level.MANDATORY, ("prod",)),
        (Level.ADVISORY, ("dev",)),
        (Level.ADVISORY, ("staging",)),
    ]
    assert [o.environments for o in renamed.occurrences] == [("dev", "staging", "prod")]


def test_rules_come_by_level_then_severity_then_name() -> None:
    def found(name: str, level: Level, severity: Severity) -> factories.Finding:
        return factories.Finding(rule=name, level=level, severity=severity, message="m")

    record = factories.record(
        "lambda_api",
        "dev",
        findings=(
            found("a", Level.ADVISORY, Severity.CRITICAL),
            found("b", Level.MANDATORY, Severity.LOW),
            found("d", Level.MANDATORY, Severity.HIGH),
            found("c", Level.MANDATORY, Severity.HIGH),
        ),
    )

    assert [rule.name for rule in group_by_rule([record])] == ["c", "d", "b", "a"]
