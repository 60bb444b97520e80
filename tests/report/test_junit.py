"""JUnit read back: suites, cases, failures and errors as a CI system counts them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from gitops.records import RunRecord
from gitops.report.formats import junit
from gitops.report.model.report import build
from tests.report import cases, factories


def read(*records: RunRecord) -> ET.Element:
    return ET.fromstring(junit.render(build(records, factories.CONTEXT)).encode("utf-8"))  # noqa: S314 (our own text)


def read_cases(root: ET.Element) -> dict[str, ET.Element]:
    return {f"{case.get('classname')} {case.get('name')}": case for case in root.iter("testcase")}


def test_one_suite_per_target() -> None:
    suites = [suite.get("name") for suite in read(*cases.mixed()).iter("testsuite")]

    assert len(suites) == 15
    assert suites[0] == "azureml_endpoint/dev"


def test_mandatory_findings_fail_and_advisory_ones_pass_with_their_text() -> None:
    found = read_cases(read(cases.too_small("prod")))
    failure = found["sagemaker_endpoint/prod policy: autoscaling-target-keep-two"].find("failure")
    passing = found["sagemaker_endpoint/prod policy: sagemaker-config-allow-rename"]

    assert failure is not None
    assert failure.get("message") == "minCapacity is 1, expected at least 2 in prod"
    assert (failure.text or "").startswith("stacks/sagemaker_endpoint/Pulumi.prod.yaml:14: capacity")
    assert passing.find("failure") is None
    assert "fixed to 'recommender'" in (passing.findtext("system-out") or "")


def test_a_failed_target_is_an_error_with_its_hint() -> None:
    error = read_cases(read(cases.failure()))["azureml_endpoint/prod preview"].find("error")

    assert error is not None
    assert error.get("type") == "config"
    assert "Write a number at scaling.min" in (error.text or "")


def test_each_kind_of_change_is_a_case_that_lists_its_resources() -> None:
    output = read_cases(read(cases.replacement()))["sagemaker_endpoint/prod change: replace"].findtext("system-out")

    assert (output or "").splitlines()[1:] == [
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration config",
        "aws:sagemaker/endpoint:Endpoint endpoint",
    ]


def test_totals_are_the_sum_of_the_cases() -> None:
    root = read(*cases.mixed())
    told = {key: int(root.get(key, "-1")) for key in ("tests", "failures", "errors")}
    summed = {key: sum(int(suite.get(key, "-1")) for suite in root.iter("testsuite")) for key in told}

    assert told == summed == {"tests": len(read_cases(root)), "failures": 2, "errors": 1}
