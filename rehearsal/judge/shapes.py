"""Where CloudFormation keeps a property that Pulumi keeps elsewhere, and what the provider writes differently.

Only what a relation of cfn-lint speaks of. Names that differ by rule (`property_names`) need no line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.judge.program import Resource

_POLICY = {"policy": "PolicyDocument"}
_REST = {"restApi": "RestApiId"}
_HEALTH = "HealthCheckConfig."

_QUOTED = ("TXT", "SPF")
_GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
_OF_ADDRESSES = ("port", "protocol", "protocolVersion", "vpcId")

MOVED: Mapping[str, Mapping[str, str]] = {
    "aws:apigateway/authorizer:Authorizer": _REST,
    "aws:apigateway/deployment:Deployment": _REST,
    "aws:apigateway/method:Method": {**_REST, "authorization": "AuthorizationType"},
    "aws:apigateway/stage:Stage": {**_REST, "deployment": "DeploymentId"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": _POLICY,
    "aws:iam/policy:Policy": _POLICY,
    "aws:iam/role:Role": {"assumeRolePolicy": "AssumeRolePolicyDocument"},
    "aws:iam/rolePolicy:RolePolicy": {**_POLICY, "role": "RoleName"},
    "aws:lambda/function:Function": {
        "imageUri": "Code.ImageUri",
        "s3Bucket": "Code.S3Bucket",
        "s3Key": "Code.S3Key",
    },
    "aws:lambda/permission:Permission": {"function": "FunctionName"},
    "aws:lb/listener:Listener": {"certificateArn": "Certificates[0].CertificateArn"},
    "aws:lb/loadBalancer:LoadBalancer": {"loadBalancerType": "Type"},
    "aws:lb/targetGroup:TargetGroup": {
        "healthCheck.enabled": "HealthCheckEnabled",
        "healthCheck.interval": "HealthCheckIntervalSeconds",
        "healthCheck.path": "HealthCheckPath",
        "healthCheck.port": "HealthCheckPort",
        "healthCheck.protocol": "HealthCheckProtocol",
        "healthCheck.timeout": "HealthCheckTimeoutSeconds",
    },
    "aws:route53/healthCheck:HealthCheck": {
        "type": f"{_HEALTH}Type",
        "fqdn": f"{_HEALTH}FullyQualifiedDomainName",
        "cloudwatchAlarmName": f"{_HEALTH}AlarmIdentifier.Name",
        "cloudwatchAlarmRegion": f"{_HEALTH}AlarmIdentifier.Region",
    },
    "aws:s3/bucketPolicy:BucketPolicy": _POLICY,
    "aws:sns/topicPolicy:TopicPolicy": _POLICY,
    "aws:sqs/queuePolicy:QueuePolicy": _POLICY,
}
"""For each type, Pulumi's path of a property → CloudFormation's."""


def as_sent(resource: Resource) -> Mapping[str, Any]:
    """The inputs as the provider sends them (terraform-provider-aws, internal/service).

    It writes the quotation marks of a text record (route53/record.go), and leaves out of a target group for a function
    what is for addresses (elbv2/target_group.go); on these cfn-lint ends with an exception, and judges nothing.
    """
    if resource.type == "aws:route53/record:Record" and resource.text("type") in _QUOTED:
        quoted = [f'"{one}"' if isinstance(one, str) else one for one in resource.list("records")]
        return {**resource.inputs, "records": quoted} if quoted else resource.inputs
    if resource.type in _GROUPS and resource.text("targetType") == "lambda":
        return {name: value for name, value in resource.inputs.items() if name not in _OF_ADDRESSES}
    return resource.inputs
