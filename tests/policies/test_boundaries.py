"""What lies just beyond what is let pass: health, certificates, ids within ids, another's metrics, old names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from policies.callers import asks_for_certificates, is_health
from policies.checked import read_checked
from policies.examples import Raw, resources_of
from policies.resources import Stack
from policies.settings import NOT_SET, Choice, Settings, Stacks
from tests.policies.wire import RULES, judge, violations

API, DOMAIN = "aws:apigatewayv2/api:Api", "aws:apigatewayv2/domainName:DomainName"
AUTHENTICATES = "azure-endpoint-authenticates-by-token"
MUTUAL = {"mutualTlsAuthentication": {"truststoreUri": "s3://trust/ca.pem"}}


def one(type_: str, **properties: Any) -> Raw:
    return {"one": {"type": type_, "properties": properties}}


@pytest.mark.parametrize(
    ("verb", "path", "health"),
    [
        ("GET", "/health", True),
        ("HEAD", "/v1/readyz", True),
        ("GET", "ping", True),
        ("POST", "/health", False),
        ("GET", "/predict", False),
        ("GET", "/health/predict", False),
    ],
)
def test_health_check_is_a_question_at_its_own_path(verb: str, path: str, health: bool) -> None:
    assert is_health(verb, path) is health


@pytest.mark.parametrize(
    ("closed", "domain", "asked"),
    [(True, MUTUAL, True), (False, MUTUAL, False), (True, {}, False), (True, None, False)],
)
def test_certificates_are_asked_for_where_no_other_way_is_open(
    closed: bool, domain: dict[str, Any] | None, asked: bool
) -> None:
    raw: Raw = {"api": {"type": API, "properties": {"disableExecuteApiEndpoint": closed}}}
    if domain is not None:
        raw["domain"] = {"type": DOMAIN, "properties": domain}
        raw["mapping"] = {"type": "aws:apigatewayv2/apiMapping:ApiMapping"}
        raw["mapping"]["links"] = {"apiId": ["api"], "domainName": ["domain"]}
    stack = Stack(resources_of(raw))

    assert asks_for_certificates(stack.of(API)[0], stack) is asked


def test_setting_of_what_lies_in_a_workspace_is_not_the_workspaces() -> None:
    own = "/subscriptions/s/providers/Microsoft.MachineLearningServices/workspaces/ml"
    setting = {"type": "azure-native:monitor:DiagnosticSetting"}
    raw: Raw = {
        "ml": {"type": "azure-native:machinelearningservices:Workspace", "properties": {}, "adds": {"id": own}},
        "logs": setting | {"properties": {"resourceUri": f"{own}/onlineEndpoints/e", "logs": [{"enabled": True}]}},
    }
    assert violations(judge(raw), "azure-workspace-keeps-its-logs")

    raw["logs"]["properties"]["resourceUri"] = own
    assert violations(judge(raw), "azure-workspace-keeps-its-logs") == []


def test_alarm_on_an_inference_component_is_none_of_an_endpoint_with_a_model() -> None:
    component = {"InferenceComponentName": "llama"}
    raw: Raw = {
        "endpoint": {
            "type": "aws:sagemaker/endpoint:Endpoint",
            "properties": {"name": "ranker"},
            "links": {"endpointConfigName": ["configuration"]},
        },
        "configuration": {
            "type": "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
            "properties": {"productionVariants": [{"modelName": "m", "instanceType": "ml.m5.large"}]},
        },
    } | {
        metric: {
            "type": "aws:cloudwatch/metricAlarm:MetricAlarm",
            "properties": {"namespace": "AWS/SageMaker", "metricName": metric, "dimensions": component},
        }
        for metric in ("Invocation5XXErrors", "ModelLatency")
    }

    assert len(violations(judge(raw), "sagemaker-endpoint-has-alarms")) == 2
    del raw["configuration"]["properties"]["productionVariants"][0]["modelName"]
    assert violations(judge(raw), "sagemaker-endpoint-has-alarms") == []


@pytest.mark.parametrize(("internal", "found"), [(True, 0), (False, 1)])
def test_plain_http_is_let_pass_behind_a_vpc_origin_of_a_private_balancer_alone(internal: bool, found: int) -> None:
    raw: Raw = {
        "balancer": {"type": "aws:lb/loadBalancer:LoadBalancer", "properties": {"internal": internal}},
        "http": {"type": "aws:lb/listener:Listener", "properties": {}, "links": {"loadBalancerArn": ["balancer"]}},
        "origin": {"type": "aws:cloudfront/vpcOrigin:VpcOrigin", "links": {"vpcOriginEndpointConfig": ["balancer"]}},
    }

    assert len(violations(judge(raw), "load-balancer-listener-is-encrypted")) == found


@pytest.mark.parametrize(
    ("name", "found"), [("ranker-v7", 0), ("ranker-20260131", 0), ("ranker", 1), ("ranker-vip", 1), ("ranker-7", 1)]
)
def test_name_with_a_version_is_another_one_each_time(name: str, found: int) -> None:
    raw: Raw = {"m": {"type": "aws:sagemaker/model:Model", "properties": {"name": name}}}

    assert len(violations(judge(raw), "sagemaker-model-has-no-fixed-name")) == found


def test_settings_that_say_nothing_leave_the_others() -> None:
    every = Settings(
        levels={"a": Choice(EnforcementLevel.ADVISORY, "a file")},
        rules={"b": {"prod": Choice(EnforcementLevel.MANDATORY, "a file")}},
        parameters={"a": {"least": 3}},
        categories={"cost": {"dev": Choice(EnforcementLevel.DISABLED, "a file")}},
        environments={"prod": Stacks(("live-*",))},
        exemptions=Path("exemptions.yaml"),
        baseline=Path("baseline.yaml"),
    )

    assert every.overridden_by(NOT_SET) == every
    assert NOT_SET.overridden_by(every) == every


def test_the_latest_reading_counts(tmp_path: Path) -> None:
    name = RULES[0].name
    (tmp_path / "checked.yaml").write_text(
        f"checked:\n- {{on: 2026-12-01, against: page, rules: [{name}]}}\n"
        f"- {{on: 2026-11-21, against: copy, rules: [{name}]}}\n"
    )

    assert read_checked(RULES, tmp_path / "checked.yaml").readings[name].against == "page"


def test_scope_above_subscriptions_is_no_small_scope() -> None:
    """A management group's id has as many parts as a resource group's, and is the widest scope there is."""
    raw = one(
        "azure-native:authorization:RoleAssignment",
        scope="/providers/Microsoft.Management/managementGroups/all",
        principalType="ServicePrincipal",
    )

    assert violations(judge(raw), "azure-role-has-a-small-scope")


def test_azure_properties_under_their_older_name_are_read() -> None:
    type_ = "azure-native:machinelearningservices/v20240401:OnlineEndpoint"

    assert violations(judge(one(type_, onlineEndpointProperties={"authMode": "AADToken"})), AUTHENTICATES) == []
    assert violations(judge(one(type_, onlineEndpointProperties={"authMode": "Key"})), AUTHENTICATES)


@pytest.mark.parametrize("name", ["HF_TOKEN", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "apiKey"])
def test_secret_by_its_name_is_one(name: str) -> None:
    containers = json.dumps([{"name": "app", "environment": [{"name": name, "value": "s3cr3t"}]}])
    raw = one("aws:ecs/taskDefinition:TaskDefinition", containerDefinitions=containers)

    assert violations(judge(raw), "ecs-container-has-no-secret-in-its-environment")


@pytest.mark.parametrize(
    "runtime",
    ["python3.8", "python3.10", "nodejs18.x", "nodejs20.x", "go1.x", "dotnet6", "dotnet8", "java8", "provided.al2"],
)
def test_runtime_without_updates_is_found(runtime: str) -> None:
    raw = one("aws:lambda/function:Function", runtime=runtime)

    assert violations(judge(raw), "lambda-runtime-is-supported")
