"""Workflow commands: on the right line, worst first, within what GitHub shows."""

from __future__ import annotations

from gitops.records import Level
from gitops.report.formats import github_annotations
from gitops.report.model.report import build
from tests.report import cases, factories


def lines(*records: factories.RunRecord) -> list[str]:
    return github_annotations.render(build(records, factories.CONTEXT)).splitlines()


def test_a_mandatory_finding_is_an_error_on_its_line() -> None:
    assert lines(*cases.mandatory())[0] == (
        "::error file=stacks/sagemaker_endpoint/Pulumi.prod.yaml,line=14,"
        "title=Production keeps at least two instances (autoscaling-target-keep-two)"
        "::sagemaker_endpoint in prod: minCapacity is 1, expected at least 2 in prod"
        "%0AFix: Set scaling.min to 2 or more in Pulumi.prod.yaml."
    )


def test_failures_come_first_and_losses_are_notices() -> None:
    told = lines(*cases.mixed())

    assert told[0].startswith(
        "::error file=stacks/azureml_endpoint/Pulumi.prod.yaml,line=9,title=azureml_endpoint/prod"
    )
    assert [line.split(" ")[0] for line in told[-2:]] == ["::notice"] * 2


def test_at_most_ten_of_a_kind_and_the_rest_is_counted() -> None:
    soft = factories.finding("lambda_api", "dev", "log-group-set-retention", Level.ADVISORY, "logs")
    many = tuple(soft.model_copy(update={"message": f"finding {n}"}) for n in range(25))
    told = lines(factories.record("lambda_api", "dev", findings=many))

    assert sum(line.startswith("::warning") for line in told) == github_annotations.MOST_OF_A_KIND
    assert "15 more annotations" in told[-1]
    assert len(lines(*cases.huge(1, 200))) <= github_annotations.MOST_OF_A_KIND


def test_nothing_to_say_is_nothing_printed() -> None:
    assert github_annotations.render(build(cases.updates(), factories.CONTEXT)) == ""
