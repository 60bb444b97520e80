"""What the pack takes to be replaced is what AWS's own resource schemas call create-only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from policies.replacement import read_replacing

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"
FILES = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
CLOUDFORMATION = {
    "aws:apigateway/domainName:DomainName": "AWS::ApiGateway::DomainName",
    "aws:apigatewayv2/domainName:DomainName": "AWS::ApiGatewayV2::DomainName",
    "aws:appautoscaling/target:Target": "AWS::ApplicationAutoScaling::ScalableTarget",
    "aws:cloudwatch/logGroup:LogGroup": "AWS::Logs::LogGroup",
    "aws:dynamodb/table:Table": "AWS::DynamoDB::Table",
    "aws:ecr/repository:Repository": "AWS::ECR::Repository",
    "aws:ecs/cluster:Cluster": "AWS::ECS::Cluster",
    "aws:ecs/service:Service": "AWS::ECS::Service",
    "aws:efs/fileSystem:FileSystem": "AWS::EFS::FileSystem",
    "aws:lambda/alias:Alias": "AWS::Lambda::Alias",
    "aws:lb/loadBalancer:LoadBalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "aws:lb/targetGroup:TargetGroup": "AWS::ElasticLoadBalancingV2::TargetGroup",
    "aws:opensearch/domain:Domain": "AWS::OpenSearchService::Domain",
    "aws:rds/cluster:Cluster": "AWS::RDS::DBCluster",
    "aws:rds/instance:Instance": "AWS::RDS::DBInstance",
    "aws:s3/bucket:Bucket": "AWS::S3::Bucket",
    "aws:sagemaker/endpoint:Endpoint": "AWS::SageMaker::Endpoint",
    "aws:sagemaker/model:Model": "AWS::SageMaker::Model",
}
NAMED = {
    "bucket": "BucketName",
    "internal": "Scheme",
    "loadBalancerType": "Type",
    "clusterIdentifier": "DBClusterIdentifier",
    "hashKey": "KeySchema",
    "rangeKey": "KeySchema",
}
"""Where the provider's word is another one than CloudFormation's; `name` is there after the type, `ClusterName`."""


def create_only(type_: str) -> set[str]:
    """The properties that force a replacement, and those that force one under conditions."""
    file = SCHEMAS / "resources" / f"{FILES[CLOUDFORMATION[type_]]}.json"
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    paths = [*schema.get("createOnlyProperties", ()), *schema.get("conditionalCreateOnlyProperties", ())]
    return {path.split("/")[2].casefold() for path in paths}


@pytest.mark.parametrize("type_", CLOUDFORMATION)
def test_listed_properties_are_create_only(type_: str) -> None:
    last = CLOUDFORMATION[type_].rpartition("::")[2]
    only = create_only(type_)

    # CloudFormation changes in place what the provider replaces under a condition of its own
    for path in (entry for entry in read_replacing()[type_] if " unless " not in entry):
        spelled = {NAMED.get(path, path), *((f"{last}Name", "Name") if path == "name" else ())}
        assert {each.casefold() for each in spelled} & only, f"{path} of {type_}: {sorted(only)}"
