"""What each named fault does to a change, and that a run on faulty clouds never calls it deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gitops.faults import read_faults
from gitops.rehearse import rehearse
from rehearsal.__main__ import faults
from rehearsal.faults import FAULTS, CloudChange, Outcome
from rehearsal.inventory import Inventory

ENDPOINT, SERVICE = "aws:sagemaker/endpoint:Endpoint", "aws:ecs/service:Service"
DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment"
WATCHED = {"alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True}}
PROGRAM = """
import pulumi
import pulumi_aws as aws

version = pulumi.Config().require("version")
variant = {"model_name": "churn", "variant_name": "all", "instance_type": "ml.m5.large", "initial_instance_count": 1}
config = aws.sagemaker.EndpointConfiguration(version, name=version, production_variants=[variant])
aws.sagemaker.Endpoint("endpoint", name="churn", endpoint_config_name=config.name)
"""


@pytest.mark.parametrize(
    ("fault", "kind", "before", "after", "number", "expected"),
    [
        ("sagemaker-rolls-back", ENDPOINT, {"endpointConfigName": "a"}, {"endpointConfigName": "b"}, 1, Outcome()),
        ("sagemaker-rolls-back", ENDPOINT, {"endpointConfigName": "a"}, {"endpointConfigName": "a"}, 1, None),
        ("sagemaker-rolls-back", ENDPOINT, None, {"endpointConfigName": "a"}, 1, None),
        ("ecs-circuit-breaker", SERVICE, {"taskDefinition": "a"}, {"taskDefinition": "b"}, 1, Outcome()),
        ("ecs-circuit-breaker", SERVICE, {"taskDefinition": "a", "desiredCount": 1}, {"taskDefinition": "a"}, 1, None),
        ("ecs-alarm-turns-back", SERVICE, {"taskDefinition": "a"}, {"taskDefinition": "b", **WATCHED}, 1, Outcome()),
        ("ecs-alarm-turns-back", SERVICE, {"taskDefinition": "a"}, {"taskDefinition": "b"}, 1, None),
        ("ecs-alarm-turns-back", SERVICE, {"taskDefinition": "a"}, {"taskDefinition": "a", **WATCHED}, 1, None),
        ("ecs-alarm-turns-back", SERVICE, None, {"taskDefinition": "a", **WATCHED}, 1, None),
        ("fails-half-way", "aws:s3/bucket:Bucket", None, {}, 3, None),
        ("throttled", "random:index/randomPet:RandomPet", None, {}, 1, None),
        ("quota-exceeded", "aws:s3/bucket:Bucket", None, {}, 1, None),
        ("slow-endpoint", SERVICE, None, {}, 1, None),
        ("azure-deployment-crashes", ENDPOINT, None, {}, 1, None),
    ],
)
def test_a_fault_meets_some_changes_and_no_others(
    fault: str, kind: str, before: Any, after: Any, number: int, expected: Outcome | None
) -> None:
    assert FAULTS[fault](CloudChange(kind, "it", before, after, number)) == expected


@pytest.mark.parametrize(
    ("fault", "kind", "number", "told", "done"),
    [
        ("ecs-circuit-breaker", SERVICE, 1, "tasks failed to start", False),
        ("fails-half-way", "aws:s3/bucket:Bucket", 4, "InternalFailure", False),
        ("throttled", "aws:s3/bucket:Bucket", 1, "Rate exceeded", False),
        ("throttled", DEPLOYMENT, 1, "TooManyRequests", False),
        ("quota-exceeded", ENDPOINT, 1, "ResourceLimitExceeded", False),
        ("quota-exceeded", DEPLOYMENT, 1, "OutOfQuota", False),
        ("slow-endpoint", ENDPOINT, 1, "timeout while waiting", True),
        ("azure-deployment-crashes", DEPLOYMENT, 1, "ResourceNotReady", False),
    ],
)
def test_a_fault_says_what_the_cloud_says(fault: str, kind: str, number: int, told: str, done: bool) -> None:
    outcome = FAULTS[fault](CloudChange(kind, "it", None, {}, number))
    assert outcome
    assert told in outcome.error
    assert outcome.done is done


def test_every_fault_is_listed() -> None:
    assert sorted(FAULTS) == sorted(faults()) == sorted(read_faults())


def test_an_update_that_is_turned_back_is_not_called_deployed(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: faulty\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    state = tmp_path / "state"
    slow = rehearse(tmp_path, up=True, overrides=("version=one",), state=tmp_path / "other", fault="slow-endpoint")
    assert slow.error
    assert "timeout while waiting" in slow.error.message
    assert [entry.id for entry in Inventory(tmp_path / "other" / "clouds").of_type(ENDPOINT)] == ["churn"]

    assert rehearse(tmp_path, up=True, overrides=("version=one",), state=state).error is None
    turned = rehearse(tmp_path, up=True, overrides=("version=two",), state=state, fault="sagemaker-rolls-back")
    assert turned.error
    assert "endpointConfigName is 'one', expected 'two'" in turned.error.message
    (endpoint,) = Inventory(state / "clouds").of_type(ENDPOINT)
    assert endpoint.outputs["endpointConfigName"] == endpoint.inputs["endpointConfigName"] == "one"
