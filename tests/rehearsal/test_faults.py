"""What each named fault does to a change, and that a run on faulty clouds never calls it deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from gitops.faults import read_faults
from gitops.rehearse import rehearse
from rehearsal.__main__ import faults
from rehearsal.faults import FAULTS, CloudChange, Outcome
from rehearsal.inventory import Inventory
from rehearsal.serve import providers, start
from rehearsal.values import to_struct

ENDPOINT, SERVICE = "aws:sagemaker/endpoint:Endpoint", "aws:ecs/service:Service"
SUBNET = "aws:ec2/subnet:Subnet"
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


def test_a_faulty_cloud_still_refuses_what_does_not_go_with_what_exists(tmp_path: Path) -> None:
    """For an engine that asks no judge; what was refused is none of the three changes that this cloud takes."""
    servers, addresses = start(providers(tmp_path, "us-east-1", "fails-half-way", judges=True))
    try:
        with grpc.insecure_channel("127.0.0.1:" + addresses.partition("aws:")[2].partition(",")[0]) as channel:
            cloud = ResourceProviderStub(channel)

            def make(kind: str, name: str, **inputs: str) -> str:
                urn = f"urn:pulumi:dev::shop::{kind}::{name}"
                return cloud.Create(pb.CreateRequest(urn=urn, type=kind, name=name, properties=to_struct(inputs))).id

            vpc = make("aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16")
            make(SUBNET, "one", vpcId=vpc, cidrBlock="10.0.0.0/24")
            with pytest.raises(grpc.RpcError, match=r"InvalidSubnet\.Conflict"):
                make(SUBNET, "same", vpcId=vpc, cidrBlock="10.0.0.0/24")
            make(SUBNET, "two", vpcId=vpc, cidrBlock="10.0.1.0/24")
            with pytest.raises(grpc.RpcError, match="InternalFailure"):
                make(SUBNET, "three", vpcId=vpc, cidrBlock="10.0.2.0/24")
    finally:
        for server in servers:
            server.stop(grace=None)
    assert len(list(Inventory(tmp_path).of_type(SUBNET))) == 2


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
