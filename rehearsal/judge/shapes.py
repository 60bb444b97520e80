"""Where CloudFormation keeps a property that Pulumi keeps elsewhere: for each type, its path → CloudFormation's.

Only what a relation of cfn-lint speaks of. Names that differ by rule (`property_names`) need no line.
"""

from __future__ import annotations

from collections.abc import Mapping

_POLICY = {"policy": "PolicyDocument"}
_REST = {"restApi": "RestApiId"}
_HEALTH = "HealthCheckConfig."

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
