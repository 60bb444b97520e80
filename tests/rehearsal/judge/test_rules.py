"""What the rules say of one resource, and how they are listed."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import RULES
from rehearsal.judge.rules import judge_alone, judge_together, without_secrets
from rehearsal.sdk.package import Sdk
from rehearsal.values import UNKNOWN, Asset, Secret


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:appautoscaling/target:Target", {"minCapacity": 4, "maxCapacity": UNKNOWN}),
        ("aws:lambda/function:Function", {"packageType": UNKNOWN}),
        ("aws:lambda/function:Function", {"handler": Secret("x"), "runtime": UNKNOWN}),
        ("aws:sqs/queue:Queue", {"fifoQueue": True}),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 300}),
        (
            "azure-native:machinelearningservices:OnlineEndpoint",
            {"properties": {"traffic": {"blue": 60, "green": UNKNOWN}}},
        ),
        ("azure-native:machinelearningservices:OnlineEndpoint", {"properties": {"traffic": {}}}),
    ],
)
def test_what_is_not_known_is_not_refused(token: str, inputs: dict[str, Any]) -> None:
    assert list(judge_alone(token, inputs)) == []


def test_a_secret_is_never_quoted() -> None:
    (refusal,) = judge_alone(
        "aws:sqs/queue:Queue", {"name": "jobs", "fifoQueue": True, "kmsMasterKeyId": Secret("hunter2")}
    )
    assert refusal.path == "name"
    assert "hunter2" not in str(refusal)


@pytest.mark.parametrize(
    ("token", "longest"), [("userPolicy:UserPolicy", 2048), ("groupPolicy:GroupPolicy", 5120), ("policy:Policy", 6144)]
)
def test_a_policy_is_as_long_as_its_kind_may_be(token: str, longest: int) -> None:
    """White space does not count: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    document = '{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::x"}]}'
    fits = document.replace("x", "x" * (longest - len(document) + 1)) + " " * 100
    refused = [list(judge_alone(f"aws:iam/{token}", {"policy": text})) for text in (fits, fits.replace("x", "xx", 1))]
    assert refused[0] == []
    assert [f"{longest}" in one.message for one in refused[1]] == [True]


@pytest.mark.parametrize("package", ["aws", "azure-native"])
def test_every_rule_is_of_a_type_that_there_is(package: str) -> None:
    sdk = Sdk(package)
    listed = [kind for kind in RULES if kind.startswith(f"{package}:") and kind != f"{package}:*"]
    assert [kind for kind in listed if sdk.find_resource(kind) is None] == []


def test_every_rule_names_its_source_once() -> None:
    every = {id(item.judge): item for listed in RULES.values() for item in listed}.values()
    assert all(one.source.startswith("https://") for one in every)
    names = [(one.judge.__module__, one.name) for one in every]
    assert len(names) == len(set(names))


def test_what_must_not_be_quoted_is_not_known_to_a_rule_at_any_depth() -> None:
    inputs = {"a": Secret("x"), "list": [Secret({"b": 1}), 2], "map": {"code": Asset(text="print()"), "plain": "y"}}

    assert without_secrets(inputs) == {"a": UNKNOWN, "list": [UNKNOWN, 2], "map": {"code": UNKNOWN, "plain": "y"}}


@pytest.mark.parametrize(
    ("path", "text", "source", "says"),
    [
        ("vpcSecurityGroupIds", "web", "aws:ec2/securityGroup:SecurityGroup", 'Invalid id: "web" (expecting "sg-...")'),
        ("vpcSecurityGroupIds", "sg-0a1b2c3d", "aws:ec2/securityGroup:SecurityGroup", ""),
        ("subnetId", "10.0.0.0/24", "aws:ec2/subnet:Subnet", 'Invalid id: "10.0.0.0/24" (expecting "subnet-...")'),
        ("roleArn", "web", "aws:iam/role:Role", "(web) is an invalid ARN"),
        ("roleArn", "arn:aws:iam::123456789012:role/web", "aws:iam/role:Role", ""),
        ("keyArn", "web", "aws:kms/key:Key", ""),
    ],
)
def test_a_name_is_no_id_and_no_arn(path: str, text: str, source: str, says: str) -> None:
    """At preview a name is known, and where it comes from."""
    named = Resource("urn:named", source, {"name": "web"})
    user = Resource("urn:user", "aws:ec2/instance:Instance", {path: [text]}, sources={path: ("urn:named",)})
    told = [one.message for one in judge_together(Program([named, user])) if one.path.startswith(path)]
    assert [says in message for message in told] == ([True] if says else [])
