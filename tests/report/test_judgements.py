"""Exemptions, doubts and warnings: each once, with every place."""

from __future__ import annotations

from gitops.records import Diagnostic, Unjudged
from gitops.report.formats import html
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.context import Context
from gitops.report.model.notices import collect_unjudged, collect_warnings
from gitops.report.model.report import build
from tests.report import cases, factories


def doubtful(environment: str, rule: str = "some-rule", raised: bool = False) -> factories.RunRecord:
    urn = factories.urn("lambda_api", environment, "aws:iam/role:Role", "role")
    doubt = Unjudged(rule=rule, reason="policy is not known yet", urn=urn, raised=raised)
    return factories.record("lambda_api", environment, unjudged=(doubt,))


def test_one_doubt_in_two_environments_is_said_once() -> None:
    (doubt,) = collect_unjudged([doubtful("dev"), doubtful("prod")])

    assert doubt.places == ("lambda_api: role in dev and prod",)


def test_broken_rules_come_first() -> None:
    doubts = collect_unjudged([doubtful("dev", "a-rule"), doubtful("dev", "z-rule", raised=True)])

    assert [doubt.notice.rule for doubt in doubts] == ["z-rule", "a-rule"]


def test_warnings_are_said_and_the_error_of_a_failed_run_is_not_said_twice() -> None:
    warning = Diagnostic(severity="warning", message="deprecated")
    error = Diagnostic(severity="error", message="scaling.min: found 'two'")
    chatter = Diagnostic(severity="info", message="hello")
    failed = cases.failure().model_copy(update={"diagnostics": (error, warning, chatter)})
    well = factories.record("lambda_api", "dev", diagnostics=(warning,))

    (only,) = collect_warnings([failed, well])

    assert (only.notice.message, only.places) == ("deprecated", ("azureml_endpoint in prod", "lambda_api in dev"))


def test_a_weakened_judge_is_told_in_both_pages() -> None:
    context = Context(judge_changes=("Rule 'some-rule' is gone: 2 findings vanish with it",))
    report = build(cases.updates(), context)

    for page in (markdown.render(report), html.render(report)):
        assert "This change weakens the policies" in page
        assert "2 findings vanish with it" in page
