"""The first line says in plain words whether the change may be merged, and why not."""

from __future__ import annotations

import pytest

from gitops.records import REFUSED, Level, Op, Operation, RunError, Status, Unjudged
from gitops.report.formats import html, terminal
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.context import Context
from gitops.report.model.report import build
from gitops.report.model.verdict import Verdict, VerdictKind
from tests.report import cases, factories


def of(*records: factories.RunRecord) -> Verdict:
    return build(records, Context()).verdict


@pytest.mark.parametrize(
    ("case", "outcome", "text"),
    [
        ("no_change", VerdictKind.UNCHANGED, "Ready: no change in 6 targets"),
        ("updates", VerdictKind.READY, "Ready: 6 updates in 3 targets, nothing replaced or deleted"),
        ("mandatory", VerdictKind.BLOCKED, "Cannot merge: 1 mandatory finding in prod"),
    ],
)
def test_verdict_of_each_case(case: str, outcome: VerdictKind, text: str) -> None:
    verdict = of(*cases.CASES[case]())

    assert (verdict.outcome, verdict.text) == (outcome, text)


def test_replaced_endpoint_and_mandatory_findings_are_said_together() -> None:
    broken = cases.replacement("prod", findings=cases.too_small("prod").findings)
    again = cases.public_bucket("prod").model_copy(update={"stack": "other"})

    text = of(broken, again).text

    assert text.startswith(
        "Cannot merge: 2 mandatory findings in prod, 1 bucket deleted in prod, 1 endpoint replaced in prod"
    )


def test_a_loss_without_findings_is_ready_but_says_so() -> None:
    verdict = of(*cases.replaced())

    assert verdict.outcome is VerdictKind.CAREFUL
    assert "2 endpoints replaced in staging and prod" in verdict.text
    assert "nothing replaced" not in verdict.text


def test_failure_wins_over_findings_and_names_the_target() -> None:
    verdict = of(cases.failure(), cases.too_small())

    assert verdict.outcome is VerdictKind.FAILED
    assert verdict.text.startswith(
        "Failed: azureml_endpoint/prod could not be run (1 of 2 targets), 1 mandatory finding"
    )


def test_one_target_that_failed_and_has_findings_is_a_failure() -> None:
    stopped = cases.too_small().model_copy(update={"status": Status.FAILED})

    assert of(stopped).outcome is VerdictKind.FAILED


def test_advisory_findings_do_not_block() -> None:
    record = cases.too_small("dev")

    assert {finding.level for finding in record.findings} == {Level.ADVISORY}
    assert of(record).outcome is VerdictKind.READY


def test_a_rule_that_broke_blocks_and_one_that_waits_for_values_does_not() -> None:
    broke = Unjudged(rule="some-rule", reason="KeyError: 'min'", raised=True)
    waits = Unjudged(rule="some-rule", reason="known after apply")

    assert (
        of(factories.record("lambda_api", "dev", unjudged=(broke,))).text
        == "Cannot merge: 1 policy broke while judging"
    )
    assert of(factories.record("lambda_api", "dev", unjudged=(waits,))).outcome is VerdictKind.UNCHANGED


@pytest.mark.parametrize(
    ("operation", "changed", "unchanged"),
    [
        (Operation.UPDATE, "Deployed", "Deployed"),
        (Operation.DRIFT, "Drifted", "No drift"),
        (Operation.REFRESH, "Refreshed", "Refreshed"),
        (Operation.DESTROY, "Destroyed", "Destroyed"),
    ],
)
def test_other_operations_speak_of_what_they_did(operation: Operation, changed: str, unchanged: str) -> None:
    assert of(cases.update(operation=operation)).opening == changed
    assert of(factories.record("lambda_api", "dev", operation=operation)).opening == unchanged


def test_a_deployment_may_have_run_and_still_have_failed() -> None:
    deployed = [record.model_copy(update={"operation": Operation.UPDATE}) for record in cases.failed()]

    assert of(*deployed).text == "Failed: azureml_endpoint/prod (1 of 6 targets)"
    assert of(deployed[0], deployed[0]).text == "Failed: all 2 targets"


def test_a_refused_deployment_says_that_nothing_was_touched() -> None:
    refused = RunError(kind=REFUSED, message="mandatory findings: x")
    records = [record.model_copy(update={"error": refused, "status": Status.FAILED}) for record in cases.updates()]

    assert of(*records).text == "Refused: nothing was touched"
    assert of(*records, cases.too_small("prod")).opening == "Failed"


def test_a_new_version_is_no_loss() -> None:
    task = factories.step("ecs_service", "prod", "task", Op.REPLACE, factories.diff("image", 1, 2, replaces=True))
    service = factories.step("ecs_service", "prod", "service", Op.UPDATE, factories.diff("taskDefinition", 1, 2))

    assert of(factories.record("ecs_service", "prod", {"task": task, "service": service})).text == (
        "Ready: 1 update in 1 target, 1 resource superseded by a new version, nothing lost"
    )
    assert of(factories.record("ecs_service", "prod", {"task": task})).text == (
        "Ready: 1 resource superseded by a new version, nothing lost"
    )


def test_targets_that_are_gone_from_the_checkout_are_named_in_every_form() -> None:
    report = build([factories.record("ecs_service", "dev")], Context(removed=("old/dev", "old/prod")))

    assert report.verdict.outcome is VerdictKind.CAREFUL
    assert report.verdict.text == "Ready, but with losses: 2 targets taken out, no change in 1 target"
    assert build([], Context(removed=("old/dev",))).verdict.outcome is VerdictKind.CAREFUL
    for text in (markdown.render(report), html.render(report), terminal.render(report)):
        assert "old/dev and old/prod" in text
        assert "its merge destroys" in " ".join(text.split())


def test_nothing_affected() -> None:
    assert of().text == "Nothing to do: no target is affected"
