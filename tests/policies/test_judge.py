"""What the judge makes of a rule's outcome: unknown, unexpected, raised, secret, and which environment it is."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from policies.examples import Raw
from policies.properties import SecretNumber, SecretText, show
from policies.resources import Resource, Stack
from policies.rule import Rule, cost
from policies.rules import catalogue
from policies.typenames import MOVED
from tests.policies.wire import UNKNOWN, Said, host, judge, secret, violations

TARGET = "aws:appautoscaling/target:Target"


def target(**properties: object) -> Raw:
    base = {"scalableDimension": "ecs:service:DesiredCount", "serviceNamespace": "ecs"}
    return {"target": {"type": TARGET, "properties": {**base, "minCapacity": 2, "maxCapacity": 4, **properties}}}


def get_rule(name: str) -> Rule:
    return next(each for each in catalogue() if each.name == name)


def only(name: str, raw: Raw, stack_name: str = "prod") -> list[Said]:
    return judge(raw, host(stack_name, [get_rule(name)]), stack_name)


def test_unknown_value_is_stated_and_never_a_pass() -> None:
    [said] = only("scaling-target-keeps-two", target(minCapacity=UNKNOWN))

    assert said.level == "advisory"
    assert said.message == "not judged: minCapacity is not known before apply"


def test_unknown_value_of_one_resource_leaves_the_others_judged() -> None:
    raw = target(minCapacity=UNKNOWN) | {"other": target(minCapacity=1)["target"]}

    assert {(s.resource, s.level) for s in only("scaling-target-keeps-two", raw)} == {
        ("target", "advisory"),
        ("other", "mandatory"),
    }


def test_unknown_value_that_is_only_asked_to_exist_is_set() -> None:
    raw: Raw = {"log": {"type": "aws:cloudwatch/logGroup:LogGroup", "properties": {"kmsKeyId": UNKNOWN}}}

    assert only("log-group-is-encrypted", raw) == []


@pytest.mark.parametrize(
    ("value", "shown"), [([1], "a list of 1"), ({"a": 1}, "an object"), ("many", '"many"'), (True, "true")]
)
def test_unexpected_type_is_a_finding_and_no_crash(value: object, shown: str) -> None:
    [said] = only("scaling-target-keeps-two", target(minCapacity=value))

    assert said.level == "mandatory"
    assert said.message == f"minCapacity is {shown}, expected a number"


def test_document_that_is_no_json_is_a_finding() -> None:
    raw: Raw = {"p": {"type": "aws:iam/rolePolicy:RolePolicy", "properties": {"policy": "{not json"}}}

    [said] = only("iam-policy-is-not-a-wildcard", raw)

    assert "expected a JSON document" in said.message


def test_rule_that_raises_is_named_and_mandatory_even_where_it_is_advisory() -> None:
    @cost.low(TARGET, reference="https://example.com", fix="Repair it.")
    def scaling_target_is_bounded(resource: Resource) -> Iterator[str]:
        """It breaks. On purpose."""
        raise KeyError("oops")
        yield ""

    said = judge(target(), host("dev", [scaling_target_is_bounded]), "dev")

    assert [(s.rule, s.level) for s in said] == [("scaling-target-is-bounded", "mandatory")]
    assert said[0].message.startswith("the rule itself failed on Target 'target': KeyError")


def test_relational_rule_that_raises_leaves_the_others_judging() -> None:
    @cost.low(TARGET, reference="https://example.com", fix="Repair it.")
    def scaling_target_is_bounded(resource: Resource, stack: Stack) -> Iterator[str]:
        """It breaks. On purpose."""
        yield str(1 / 0)

    both = [scaling_target_is_bounded, get_rule("scaling-target-has-a-policy")]
    said = judge(target(), host("prod", both))

    assert {s.rule for s in said} == {"scaling-target-is-bounded", "scaling-target-has-a-policy"}


def test_secret_takes_part_and_is_never_shown() -> None:
    raw: Raw = {"m": {"type": "aws:s3/bucket:Bucket", "properties": {"acl": secret("public-read")}}}

    [said] = only("storage-bucket-has-no-public-acl", raw)

    assert "public-read" not in said.message
    assert "[secret]" in said.message


def test_secret_number_is_judged_and_never_shown() -> None:
    [said] = only("scaling-target-keeps-two", target(minCapacity=secret(1)))

    assert said.message == "minCapacity is [secret], wanted 2 or more"


def test_secret_number_is_not_shown_by_a_rule_that_formats_it() -> None:
    [said] = only("scaling-target-has-room", target(minCapacity=secret(7), maxCapacity=secret(7)))

    assert said.message == "maxCapacity is [secret] and minCapacity is [secret], wanted maxCapacity above minCapacity"


@pytest.mark.parametrize(
    ("stack_name", "level"),
    [("dev", None), ("staging", "advisory"), ("prod", "mandatory"), ("live-7", "mandatory"), ("feature-7", None)],
)
def test_level_is_that_of_the_stacks_name_and_of_prod_for_unknown_ones(stack_name: str, level: str | None) -> None:
    said = only("scaling-target-keeps-two", target(minCapacity=1), stack_name)

    assert [s.level for s in said] == ([level] if level else [])


def test_stack_named_by_the_engine_wins_over_the_environment_variable() -> None:
    pack = host("dev", [get_rule("scaling-target-keeps-two")])
    pack.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="prod"), None)

    assert [s.level for s in judge(target(minCapacity=1), pack)] == ["mandatory"]


def test_engine_is_told_levels_severity_fix_thresholds_and_framework() -> None:
    info = host("staging").GetAnalyzerInfo(None, None)
    told = {policy.name: policy for policy in info.policies}["scaling-target-keeps-two"]

    assert info.supportsConfig
    assert json_format.MessageToDict(told.configSchema.properties)["least"]["default"] == 2
    assert told.framework.name == "AWS Well-Architected"
    assert told.enforcementLevel == analyzer_pb2.ADVISORY
    assert told.severity == analyzer_pb2.POLICY_SEVERITY_HIGH
    assert told.remediation_steps == "Set min_capacity to 2 or more."
    assert told.url.startswith("https://docs.aws.amazon.com/")


def test_rule_about_relations_sees_inputs_that_the_outputs_do_not_repeat() -> None:
    """Azure's outputs hold `onlineEndpointProperties` where the inputs held `properties`."""
    pack = host("prod", [get_rule("azure-endpoint-traffic-reaches-deployments")])
    kind = "azure-native:machinelearningservices:OnlineEndpoint"
    about: dict[str, Any] = {"type": kind, "urn": f"urn:pulumi:prod::example::{kind}::e", "name": "e"}
    inputs = json_format.ParseDict({"properties": {"traffic": {"blue": 100}}}, struct_pb2.Struct())
    outputs = json_format.ParseDict({"onlineEndpointProperties": {"traffic": {"blue": 100}}}, struct_pb2.Struct())

    pack.Analyze(analyzer_pb2.AnalyzeRequest(**about, properties=inputs), None)
    endpoint = analyzer_pb2.AnalyzerResource(**about, properties=outputs)
    green = analyzer_pb2.AnalyzerResource(
        type="azure-native:machinelearningservices:OnlineDeployment",
        urn="urn:pulumi:prod::example::d::green",
        name="green",
    )
    answer = pack.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=[endpoint, green]), None)

    assert [diagnostic.message for diagnostic in answer.diagnostics] == [
        'properties.traffic names "blue", wanted one of green'
    ]


@pytest.mark.parametrize("value", [SecretText("hunter2"), SecretNumber(7)])
def test_a_secret_is_shown_as_one_whatever_its_type(value: object) -> None:
    assert show(value) == f"{value}" == "[secret]"


@pytest.mark.parametrize(
    ("written", "properties", "rule"),
    [
        ("aws:alb/loadBalancer:LoadBalancer", {"subnets": ["subnet-a"]}, "load-balancer-spans-zones"),
        ("aws:applicationloadbalancing/listener:Listener", {"protocol": "HTTP"}, "load-balancer-listener-is-encrypted"),
        ("aws:elasticloadbalancingv2/targetGroup:TargetGroup", {}, "load-balancer-target-group-checks-the-model"),
        ("aws:s3/bucketV2:BucketV2", {"acl": "public-read"}, "storage-bucket-has-no-public-acl"),
        ("aws:s3/bucketAclV2:BucketAclV2", {"acl": "public-read"}, "storage-bucket-has-no-public-acl"),
        (
            "azure-native:storage/v20230101:StorageAccount",
            {"allowBlobPublicAccess": True},
            "azure-storage-is-not-public",
        ),
        ("azure-native:insights:MetricAlert", {"enabled": False}, "azure-metric-alert-has-an-action"),
    ],
)
def test_older_names_of_a_type_are_judged_as_the_present_one(
    written: str, properties: dict[str, Any], rule: str
) -> None:
    raw: Raw = {"one": {"type": written, "properties": properties}}

    assert violations(judge(raw), rule)


@pytest.mark.parametrize(("older", "present"), MOVED.items())
def test_type_that_moved_is_an_alias_in_the_sdk(older: str, present: str) -> None:
    _, module, name = present.split(":")
    spec = importlib.util.find_spec("pulumi_azure_native")
    assert spec
    assert spec.origin
    folder = Path(spec.origin).parent / module
    files = [file for file in folder.glob("*.py") if file.stem.replace("_", "") == name.lower()]

    assert f'"{older}"' in files[0].read_text()


def test_reference_to_an_older_name_of_a_type_is_one() -> None:
    bucket = {"type": "aws:s3/bucketV2:BucketV2", "properties": {}}
    block = {
        "type": "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "properties": {},
        "links": {"bucket": ["bucket"]},
    }

    assert violations(judge({"bucket": bucket}), "storage-bucket-blocks-public-access")
    assert not violations(judge({"bucket": bucket, "block": block}), "storage-bucket-blocks-public-access")
