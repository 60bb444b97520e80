"""Tags: who owns a resource and who pays for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource
from ..rule import hygiene

WANTED = ("owner", "cost-center", "environment", "model", "data-class")
COSTLY = (
    "aws:apigateway/restApi:RestApi",
    "aws:ecs/cluster:Cluster",
    "aws:ecs/service:Service",
    "aws:kms/key:Key",
    "aws:lambda/function:Function",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:s3/bucket:Bucket",
    "aws:sagemaker/endpoint:Endpoint",
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    "aws:sagemaker/model:Model",
    "azure-native:containerregistry:Registry",
    "azure-native:machinelearningservices:OnlineDeployment",
    "azure-native:machinelearningservices:OnlineEndpoint",
    "azure-native:machinelearningservices:Workspace",
    "azure-native:storage:StorageAccount",
)


@hygiene.low(
    *COSTLY,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/cost-optimization-pillar/cost_monitor_usage_org_information.html",
    fix="Add the missing tags to tags, or set them for all resources in the provider's default_tags.",
    config_key="tags",
)
def required_tags_are_set(resource: Resource, *, tags: tuple[str, ...] = WANTED) -> Iterator[str]:
    """A resource that costs money has the required tags.

    They tell whom to call at night (owner) and who pays at the end of the month (cost-center).
    """
    present = {_plain(key) for at in ("tags", "tagsAll") for key in _keys(resource, at)}
    if missing := [name for name in tags if _plain(name) not in present]:
        yield f"tags has no {', '.join(missing)}, wanted {'it' if len(missing) == 1 else 'each of them'}"


def _keys(resource: Resource, at: str) -> list[str]:
    return resource.child(at).keys() if resource.known(at) else []


def _plain(key: str) -> str:
    """The tag's name in one spelling: `cost-center`, `cost_center` and `CostCenter` are the same tag."""
    return re.sub(r"[^a-z]", "", key.casefold())
