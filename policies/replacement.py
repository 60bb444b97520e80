"""What makes the engine replace a resource: the properties that no cloud changes in place.

The engine tells a policy pack nothing of its plan, so the types that callers, data or scaling hang on are listed here,
from AWS's resource schemas (`createOnlyProperties`, tests/policies/test_replacement.py compares) and the providers'
documents. A type that is not listed is never taken to be replaced.
"""

from __future__ import annotations

from .resources import Resource

REPLACING = {
    "aws:apigateway/domainName:DomainName": ("domainName",),
    "aws:apigatewayv2/api:Api": ("protocolType",),
    "aws:apigatewayv2/domainName:DomainName": ("domainName",),
    "aws:appautoscaling/target:Target": ("resourceId", "scalableDimension", "serviceNamespace"),
    "aws:appautoscaling/policy:Policy": ("resourceId", "scalableDimension", "serviceNamespace", "name"),
    "aws:appautoscaling/scheduledAction:ScheduledAction": ("resourceId", "scalableDimension", "serviceNamespace"),
    "aws:cloudwatch/logGroup:LogGroup": ("name",),
    "aws:dynamodb/table:Table": ("name", "hashKey", "rangeKey"),
    "aws:ecr/repository:Repository": ("name",),
    "aws:ecs/cluster:Cluster": ("name",),
    "aws:ecs/service:Service": ("name", "cluster", "launchType", "schedulingStrategy"),
    "aws:kms/key:Key": ("customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId"),
    "aws:lambda/alias:Alias": ("name", "functionName"),
    "aws:lambda/function:Function": ("name", "packageType"),
    "aws:lambda/functionUrl:FunctionUrl": ("functionName", "qualifier"),
    "aws:lb/loadBalancer:LoadBalancer": ("name", "internal", "loadBalancerType"),
    "aws:lb/targetGroup:TargetGroup": (
        "name",
        "port",
        "protocol",
        "protocolVersion",
        "targetType",
        "vpcId",
        "ipAddressType",
    ),
    "aws:route53/record:Record": ("name", "type", "zoneId", "setIdentifier"),
    "aws:s3/bucket:Bucket": ("bucket",),
    "aws:sagemaker/endpoint:Endpoint": ("name",),
    "aws:sagemaker/model:Model": ("name",),
    "azure-native:containerregistry:Registry": ("registryName", "location", "resourceGroupName"),
    "azure-native:keyvault:Vault": ("vaultName", "location", "resourceGroupName"),
    "azure-native:machinelearningservices:OnlineEndpoint": (
        "endpointName",
        "workspaceName",
        "resourceGroupName",
        "location",
    ),
    "azure-native:machinelearningservices:Workspace": (
        "workspaceName",
        "resourceGroupName",
        "location",
        "keyVault",
        "storageAccount",
    ),
    "azure-native:storage:StorageAccount": ("accountName", "resourceGroupName", "location"),
}


def replacing(was: Resource, now: Resource) -> list[str]:
    """The paths whose change replaces the resource; a value that is not known yet replaces nothing."""
    return [path for path in REPLACING.get(was.type, ()) if differs(was, now, path)]


def differs(was: Resource, now: Resource, path: str) -> bool:
    """Whether a value that is set before and after, and known, is another one."""
    known = all(each.known(path) and each.has(path) for each in (was, now))
    return known and was.show(path) != now.show(path)
