"""The translation for checkov loses no resource and invents no name: else its checks would have nothing to judge."""

from __future__ import annotations

import pytest

from tests.bench.checkov.translation import arm, terraform, terraform_type
from tests.policies.mutations import inventory, targets


@pytest.mark.parametrize(
    ("token", "type_"),
    [
        ("aws:s3/bucketVersioning:BucketVersioning", "aws_s3_bucket_versioning"),
        ("aws:ec2/vpc:Vpc", "aws_vpc"),
        ("aws:lb/loadBalancer:LoadBalancer", "aws_lb"),
        ("aws:apigateway/restApi:RestApi", "aws_api_gateway_rest_api"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws_vpc_security_group_ingress_rule"),
    ],
)
def test_type_is_the_terraform_providers(token: str, type_: str) -> None:
    assert terraform_type(token) == type_


@pytest.mark.parametrize("target", targets())
def test_every_cloud_resource_is_translated(target: str) -> None:
    raw = inventory(target)
    ours = [resource["type"] for resource in raw.values() if resource["type"].startswith(("aws:", "azure-native:"))]

    assert len(terraform(raw)["resource_changes"]) + len(arm(raw)["resources"]) == len(ours)


@pytest.mark.skipif("ecs_service/prod" not in targets(), reason="this fork has no ecs_service")
def test_blocks_are_lists_in_the_singular_and_maps_stay_maps() -> None:
    plan = terraform(inventory("ecs_service/prod"))
    values = {resource["type"]: resource["values"] for resource in plan["planned_values"]["root_module"]["resources"]}

    assert values["aws_ecs_service"]["deployment_circuit_breaker"] == [{"enable": True, "rollback": True}]
    assert values["aws_ecs_service"]["capacity_provider_strategy"][0]["capacity_provider"] == "FARGATE"
    assert values["aws_ecs_cluster"]["setting"] == [{"name": "containerInsights", "value": "enhanced"}]
    assert values["aws_lb"]["tags"]["owner"] == "ml-platform"


def test_dependencies_are_references() -> None:
    plan = terraform(inventory("ecs_service/prod"))
    expressions = {
        resource["type"]: resource["expressions"] for resource in plan["configuration"]["root_module"]["resources"]
    }
    references = expressions["aws_wafv2_web_acl_association"]["resource_arn"]["references"]

    assert "aws_lb.loadBalancer_LoadBalancer__front" in references


def test_azure_properties_lie_where_the_api_wants_them() -> None:
    template = arm(inventory("azureml_endpoint/prod"))
    (account,) = [
        resource for resource in template["resources"] if resource["type"] == "Microsoft.Storage/storageAccounts"
    ]

    assert account["sku"]["name"].endswith("ZRS")
    assert account["properties"]["allowBlobPublicAccess"] is False
