"""What a reviewer reads of a target: how many of which resources, the values that matter, who may do what, outputs.

Pure functions of an applied run's record, so that the golden file is the same wherever it is written.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from gitops.records import RunRecord, Step

# resource type → the properties whose change a reviewer must see
MATTERS: dict[str, tuple[str, ...]] = {
    "aws:apigateway/method:Method": ("httpMethod", "authorization", "apiKeyRequired"),
    "aws:apigateway/methodSettings:MethodSettings": ("methodPath", "settings"),
    "aws:apigateway/restApi:RestApi": ("endpointConfiguration", "securityPolicy"),
    "aws:apigateway/stage:Stage": ("stageName", "variables", "canarySettings", "xrayTracingEnabled"),
    "aws:apigateway/usagePlan:UsagePlan": ("quotaSettings", "throttleSettings"),
    "aws:appautoscaling/policy:Policy": ("policyType", "targetTrackingScalingPolicyConfiguration"),
    "aws:appautoscaling/scheduledAction:ScheduledAction": ("schedule", "timezone", "scalableTargetAction"),
    "aws:appautoscaling/target:Target": ("minCapacity", "maxCapacity", "resourceId", "scalableDimension"),
    "aws:cloudwatch/logGroup:LogGroup": ("name", "retentionInDays"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("threshold", "evaluationPeriods", "treatMissingData"),
    "aws:ec2/subnet:Subnet": ("availabilityZone", "cidrBlock"),
    "aws:ecs/service:Service": (
        "alarms",
        "availabilityZoneRebalancing",
        "capacityProviderStrategies",
        "deploymentCircuitBreaker",
        "deploymentMaximumPercent",
        "deploymentMinimumHealthyPercent",
    ),
    "aws:ecs/taskDefinition:TaskDefinition": ("cpu", "memory", "runtimePlatform"),
    "aws:lambda/function:Function": (
        "memorySize",
        "timeout",
        "reservedConcurrentExecutions",
        "runtime",
        "architectures",
    ),
    "aws:lb/listener:Listener": ("port", "protocol", "sslPolicy"),
    "aws:lb/loadBalancer:LoadBalancer": ("enableDeletionProtection", "internal"),
    "aws:lb/targetGroup:TargetGroup": ("targetType", "deregistrationDelay", "healthCheck"),
    "aws:route53/healthCheck:HealthCheck": (
        "type",
        "failureThreshold",
        "requestInterval",
        "resourcePath",
        "childHealthThreshold",
        "insufficientDataHealthStatus",
    ),
    "aws:route53/record:Record": ("name", "latencyRoutingPolicies", "failoverRoutingPolicies", "setIdentifier"),
    "aws:sagemaker/endpoint:Endpoint": ("name", "deploymentConfig"),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": ("productionVariants", "dataCaptureConfig"),
    "aws:sagemaker/model:Model": ("primaryContainer", "enableNetworkIsolation"),
    "azure-native:containerregistry:Registry": ("sku", "adminUserEnabled", "publicNetworkAccess", "zoneRedundancy"),
    "azure-native:machinelearningservices:Compute": ("properties",),
    "azure-native:machinelearningservices:OnlineDeployment": ("sku", "properties"),
    "azure-native:machinelearningservices:OnlineEndpoint": ("properties",),
    "azure-native:machinelearningservices:Workspace": ("managedNetwork", "publicNetworkAccess"),
    "azure-native:monitor:AutoscaleSetting": ("enabled", "profiles"),
    "azure-native:monitor:MetricAlert": ("criteria", "severity"),
    "azure-native:resources:Deployment": ("properties",),
    "azure-native:storage:StorageAccount": ("sku", "allowSharedKeyAccess", "publicNetworkAccess"),
}
POLICIES = {
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/policy:Policy": "policy",
    "aws:kms/key:Key": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
}


def inventory(record: RunRecord) -> dict[str, Any]:
    return {
        "counts": dict(sorted(Counter(step.type for step in record.steps).items())),
        "values": values(record.steps),
        "grants": grants(record.steps),
        "outputs": dict(sorted(record.outputs.items())),
    }


def values(steps: Iterable[Step]) -> dict[str, dict[str, Any]]:
    """`<type> <name>` → the values that matter and are set."""
    found = {}
    for step in steps:
        kept = {key: step.inputs[key] for key in MATTERS.get(step.type, ()) if key in step.inputs}
        if kept:
            found[f"{step.type} {step.name}"] = kept
    return dict(sorted(found.items()))


def grants(steps: Iterable[Step]) -> dict[str, list[dict[str, Any]]]:
    """Every statement of every policy by the resource that holds it; attached policies by their ARN."""
    found: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        if step.type in POLICIES and POLICIES[step.type] in step.inputs:
            text = step.inputs[POLICIES[step.type]]
            document = json.loads(text) if isinstance(text, str) else text
            found[step.name] = [statement(s) for s in document["Statement"]]
        elif step.type == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
            found[step.name] = [{"effect": "Allow", "attached": step.inputs["policyArn"]}]
        elif step.type == "azure-native:authorization:RoleAssignment":
            role = step.inputs["roleDefinitionId"].rpartition("/")[2]
            found[step.name] = [{"effect": "Allow", "role": role, "resources": [step.inputs["scope"]]}]
        elif step.type == "azure-native:authorization:RoleDefinition":
            found[step.name] = [role_statement(permission, step) for permission in step.inputs["permissions"]]
    return dict(sorted(found.items()))


def statement(raw: Mapping[str, Any]) -> dict[str, Any]:
    listed = {"actions": as_list(raw["Action"]), "resources": as_list(raw.get("Resource", []))}
    extra = {key.lower(): raw[key] for key in ("Principal", "Condition") if key in raw}
    return {"effect": raw["Effect"], **listed, **extra}


def role_statement(permission: Mapping[str, Any], role: Step) -> dict[str, Any]:
    """A permission of an Azure role; what it excludes again is left out, so that it reads wider, never narrower."""
    actions = [*permission.get("actions", []), *permission.get("dataActions", [])]
    return {"effect": "Allow", "actions": actions, "resources": list(role.inputs["assignableScopes"])}


def as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
