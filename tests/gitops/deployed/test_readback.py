"""What serves is read back from AWS's own answers (moto's), each fault by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from gitops.deployed.readback import DeployedResource, find_faults, read_state

REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/r"


@cache
def client(service: str, region: str) -> Any:
    return boto3.client(service, region_name=region)  # pyright: ignore[reportArgumentType, reportCallIssue]


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    client.cache_clear()
    with mock_aws():
        yield


def faults(kind: str, **outputs: Any) -> list[str]:
    return list(find_faults([DeployedResource(kind, "web", {"region": REGION, **outputs})], client))


@pytest.fixture
def endpoint() -> dict[str, Any]:
    sagemaker = client("sagemaker", REGION)
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "i"})
    variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.t2.medium"}
    for name in ("one", "two"):
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="one")
    return {"name": "e", "endpointConfigName": "one"}


def test_an_endpoint_serves_the_configuration_that_was_declared(endpoint: dict[str, Any]) -> None:
    kind = "aws:sagemaker/endpoint:Endpoint"

    assert faults(kind, **endpoint) == []
    assert faults(kind, **{**endpoint, "endpointConfigName": "two"}) == [
        "web: serves the configuration one, declared is two"
    ]
    (gone,) = faults(kind, **{**endpoint, "name": "nobody"})
    assert gone.startswith("web: cannot be read back: ")


@pytest.fixture
def service() -> dict[str, Any]:
    ecs = client("ecs", REGION)
    cluster = ecs.create_cluster(clusterName="c")["cluster"]["clusterArn"]
    container = {"name": "app", "image": "i", "memory": 128}
    first, second = (
        ecs.register_task_definition(family="f", containerDefinitions=[container])["taskDefinition"][
            "taskDefinitionArn"
        ]
        for _ in range(2)
    )
    ecs.create_service(cluster=cluster, serviceName="s", taskDefinition=second, desiredCount=3)
    client("application-autoscaling", REGION).register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/c/s",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
        MaxCapacity=4,
    )
    return {"cluster": cluster, "name": "s", "taskDefinition": second, "first": first}


def test_a_service_runs_the_declared_tasks_within_the_autoscalers_bounds(service: dict[str, Any]) -> None:
    kind = "aws:ecs/service:Service"

    assert faults(kind, **service) == []
    (other,) = faults(kind, **{**service, "taskDefinition": service["first"]})
    assert other.endswith(f"declared is {service['first']}")
    client("ecs", REGION).update_service(cluster=service["cluster"], service="s", desiredCount=9)
    assert faults(kind, **service) == ["web: wants 9 tasks, the autoscaler's bounds are 2 to 4"]
    assert faults(kind, **{**service, "name": "nobody"}) == ["web: is gone, expected ACTIVE"]


@pytest.fixture
def function() -> dict[str, Any]:
    role = client("iam", REGION).create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("m.py", "def h(e, c): ...")
    made = client("lambda", REGION).create_function(
        FunctionName="f",
        Runtime="python3.12",
        Role=role,
        Handler="m.h",
        Code={"ZipFile": packed.getvalue()},
        Publish=True,
    )
    client("lambda", REGION).create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return {"name": "f", "sourceCodeHash": made["CodeSha256"]}


def answer_of_warm_copies(status: int, **parsed: Any) -> None:
    """What Lambda says of an alias' provisioned concurrency: moto does not know the call."""
    http = AWSResponse("https://lambda", status, {}, None)
    event = "before-call.lambda.GetProvisionedConcurrencyConfig"
    client("lambda", REGION).meta.events.register(event, lambda **_: (http, parsed))


NO_COPIES = {"Error": {"Code": "ProvisionedConcurrencyConfigNotFoundException", "Message": "none"}}


@pytest.mark.parametrize(
    ("status", "parsed", "found"),
    [
        (404, NO_COPIES, []),
        (200, {"Status": "READY"}, []),
        (200, {"Status": "IN_PROGRESS"}, []),
        (
            200,
            {"Status": "FAILED", "StatusReason": "FUNCTION_ERROR_INIT_FAILURE"},
            ["web: its warm copies are FAILED: FUNCTION_ERROR_INIT_FAILURE"],
        ),
    ],
)
def test_warm_copies_of_a_version_that_does_not_start_are_found(
    function: dict[str, Any], status: int, parsed: dict[str, Any], found: list[str]
) -> None:
    answer_of_warm_copies(status, **parsed)
    assert faults("aws:lambda/alias:Alias", functionName=function["name"], name="live", functionVersion="1") == found


def test_a_function_runs_the_declared_code_and_its_alias_leads_to_the_declared_version(
    function: dict[str, Any],
) -> None:
    assert faults("aws:lambda/function:Function", **function) == []
    (other,) = faults("aws:lambda/function:Function", **{**function, "sourceCodeHash": "another"})
    assert other.endswith("declared is another")

    answer_of_warm_copies(404, **NO_COPIES)
    alias = {"functionName": "f", "name": "live", "functionVersion": "1"}
    assert faults("aws:lambda/alias:Alias", **alias) == []
    assert faults("aws:lambda/alias:Alias", **{**alias, "functionVersion": "2"}) == [
        "web: leads to version 1, declared is 2"
    ]


def test_only_what_is_there_is_looked_at() -> None:
    state = {
        "resources": [
            {"urn": "urn:x::web", "type": "aws:sns/topic:Topic", "outputs": {"arn": f"arn:aws:sns:{REGION}:1:t"}},
            {"urn": "urn:x::old", "type": "aws:ecs/service:Service", "delete": True},
            {"urn": "urn:x::none", "type": "t"},
        ]
    }

    found = read_state(state)

    assert [(one.name, one.region) for one in found] == [("web", REGION), ("none", "")]
    assert list(find_faults(found, client)) == []
