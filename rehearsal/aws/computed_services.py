"""What AWS computes about everything behind an entrance: functions, containers, data, identities. See `computed`."""

from __future__ import annotations

from typing import Any

_BUCKET: dict[str, Any] = {
    "bucketDomainName": "{bucket}.s3.{suffix}",
    "bucketRegionalDomainName": "{bucket}.s3.{region}.{suffix}",
    "hostedZoneId": "{s3_zone}",
    "websiteEndpoint": "{bucket}.s3-website-{region}.{suffix}",
    "websiteDomain": "s3-website-{region}.{suffix}",
    "bucketRegion": "{region}",
    "requestPayer": "BucketOwner",
}
_OBJECT: dict[str, Any] = {"etag": "{hex32}", "storageClass": "STANDARD", "contentType": "binary/octet-stream"}

SERVICES: dict[str, dict[str, Any]] = {
    "aws:appautoscaling/target:Target": {
        "roleArn": "arn:{partition}:iam::{account}:role/aws-service-role/"
        "{serviceNamespace}.application-autoscaling.{suffix}/AWSServiceRoleForApplicationAutoScaling",
    },
    "aws:autoscaling/group:Group": {
        "availabilityZones": "{zones}",
        "defaultCooldown": 300,
        "healthCheckType": "EC2",
        "healthCheckGracePeriod": 300,
        "desiredCapacity": 1,
    },
    "aws:cognito/userPool:UserPool": {"endpoint": "cognito-idp.{region}.{suffix}/{id}"},
    "aws:cognito/userPoolClient:UserPoolClient": {"clientSecret": "{hex52}"},
    "aws:dynamodb/table:Table": {
        "streamArn": "arn:{partition}:dynamodb:{region}:{account}:table/{name}/stream/2025-01-01T00:00:00.000",
        "streamLabel": "2025-01-01T00:00:00.000",
        "billingMode": "PROVISIONED",
    },
    "aws:ebs/volume:Volume": {"size": 8, "type": "gp2", "iops": 100},
    "aws:ecr/repository:Repository": {
        "registryId": "{account}",
        "repositoryUrl": "{account}.dkr.ecr.{region}.{suffix}/{name}",
    },
    "aws:ecs/service:Service": {
        "iamRole": "arn:{partition}:iam::{account}:role/aws-service-role/ecs.{suffix}/AWSServiceRoleForECS",
        "launchType": "EC2",
        "schedulingStrategy": "REPLICA",
        "platformVersion": "LATEST",
        "deploymentMaximumPercent": 200,
        "deploymentMinimumHealthyPercent": 100,
        "availabilityZoneRebalancing": "DISABLED",
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        "revision": "{revision}",
        "arnWithoutRevision": "arn:{partition}:ecs:{region}:{account}:task-definition/{family}",
        "networkMode": "bridge",
    },
    "aws:efs/fileSystem:FileSystem": {"dnsName": "{id}.efs.{region}.{suffix}", "ownerId": "{account}"},
    "aws:efs/accessPoint:AccessPoint": {
        "fileSystemArn": "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{fileSystemId}"
    },
    "aws:efs/mountTarget:MountTarget": {
        "fileSystemArn": "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{fileSystemId}",
        "dnsName": "{fileSystemId}.efs.{region}.{suffix}",
        "networkInterfaceId": "eni-{hex17:eni}",
        "ipAddress": "{private_ip}",
    },
    "aws:eks/cluster:Cluster": {
        "endpoint": "https://{HEX32}.gr7.{region}.eks.{suffix}",
        "certificateAuthority": {"data": "{certificate}"},
        "identities": [{"oidcs": [{"issuer": "https://oidc.eks.{region}.{suffix}/id/{HEX32}"}]}],
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "version": "1.33",
    },
    "aws:elasticache/cluster:Cluster": {
        "cacheNodes": [
            {
                "address": "{clusterId}.{hex6}.0001.use1.cache.{suffix}",
                "availabilityZone": "{zone}",
                "id": "0001",
                "outpostArn": "",
                "port": 6379,
            }
        ],
        "clusterAddress": "{clusterId}.{hex6}.cfg.use1.cache.{suffix}",
        "configurationEndpoint": "{clusterId}.{hex6}.cfg.use1.cache.{suffix}:11211",
        "port": 6379,
    },
    "aws:elasticbeanstalk/environment:Environment": {
        "cname": "{name}.{region}.elasticbeanstalk.com",
        "endpointUrl": "awseb-{hex8}-{dec10}.{region}.elb.{suffix}",
    },
    "aws:iam/accessKey:AccessKey": {
        "secret": "{hex40}",
        "sesSmtpPasswordV4": "{hex44}",
        "createDate": "{moment}",
        "status": "Active",
    },
    "aws:iam/instanceProfile:InstanceProfile": {"uniqueId": "AIPA{HEX17}", "createDate": "{moment}"},
    "aws:iam/policy:Policy": {"policyId": "ANPA{HEX17}", "attachmentCount": 0},
    "aws:iam/role:Role": {
        "uniqueId": "AROA{HEX17}",
        "createDate": "{moment}",
        "maxSessionDuration": 3600,
        "path": "/",
    },
    "aws:iam/user:User": {"uniqueId": "AIDA{HEX17}"},
    "aws:kinesis/stream:Stream": {"retentionPeriod": 24},
    "aws:kms/key:Key": {
        "keyId": "{id}",
        "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "isEnabled": True,
        "policy": "{kms_policy}",
    },
    "aws:kms/alias:Alias": {"targetKeyArn": "{target_key_arn}"},
    "aws:lambda/alias:Alias": {"invokeArn": "{invoke_arn}"},
    "aws:lambda/function:Function": {
        "invokeArn": "{invoke_arn}",
        "qualifiedArn": "{arn}:{function_version}",
        "qualifiedInvokeArn": "{qualified_invoke_arn}",
        "responseStreamingInvokeArn": "{streaming_invoke_arn}",
        "version": "{function_version}",
        "lastModified": "2025-01-01T00:00:00.000+0000",
        "codeSha256": "{hex43}=",
        "sourceCodeHash": "{hex43}=",
        "sourceCodeSize": 1024,
        "architectures": ["x86_64"],
        "memorySize": 128,
        "timeout": 3,
        "packageType": "Zip",
        "loggingConfig": {"logFormat": "Text", "logGroup": "/aws/lambda/{name}"},
        "tracingConfig": {"mode": "PassThrough"},
        "ephemeralStorage": {"size": 512},
    },
    "aws:lambda/functionUrl:FunctionUrl": {
        "functionArn": "arn:{partition}:lambda:{region}:{account}:function:{function_name}",
        "functionUrl": "https://{hex32}.lambda-url.{region}.on.aws/",
        "urlId": "{hex32}",
        "invokeMode": "BUFFERED",
    },
    "aws:lambda/layerVersion:LayerVersion": {
        "layerArn": "arn:{partition}:lambda:{region}:{account}:layer:{layerName}",
        "version": "{revision}",
    },
    "aws:rds/cluster:Cluster": {
        "clusterIdentifier": "{id}",
        "endpoint": "{id}.cluster-{hex12}.{region}.rds.{suffix}",
        "readerEndpoint": "{id}.cluster-ro-{hex12}.{region}.rds.{suffix}",
        "port": "{rds_port}",
        "hostedZoneId": "Z2R2ITUGPM61AM",
        "engineVersion": "{rds_version}",
        "engineVersionActual": "{rds_version}",
        "availabilityZones": "{zones3}",
        "engineMode": "provisioned",
        "masterUserSecrets": "{master_secret}",
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        "identifier": "{id}",
        "endpoint": "{id}.{hex12}.{region}.rds.{suffix}",
        "port": "{rds_port}",
        "availabilityZone": "{zone}",
    },
    "aws:rds/instance:Instance": {
        "address": "{identifier}.{hex12}.{region}.rds.{suffix}",
        "endpoint": "{identifier}.{hex12}.{region}.rds.{suffix}:{rds_port}",
        "port": "{rds_port}",
        "hostedZoneId": "Z2R2ITUGPM61AM",
        "resourceId": "{id}",
        "availabilityZone": "{zone}",
        "engineVersion": "{rds_version}",
        "engineVersionActual": "{rds_version}",
        "status": "available",
        "dbName": "",
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "masterUserSecrets": "{master_secret}",
        "storageType": "gp2",
    },
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketObject:BucketObject": _OBJECT,
    "aws:s3/bucketObjectv2:BucketObjectv2": _OBJECT,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": {
        "websiteEndpoint": "{bucket}.s3-website-{region}.{suffix}",
        "websiteDomain": "s3-website-{region}.{suffix}",
    },
    "aws:sfn/stateMachine:StateMachine": {"creationDate": "{moment}", "status": "ACTIVE", "type": "STANDARD"},
    "aws:sns/topic:Topic": {"owner": "{account}"},
    "aws:sns/topicSubscription:TopicSubscription": {
        "arn": "{id}",
        "ownerId": "{account}",
        "pendingConfirmation": False,
    },
    "aws:sqs/queue:Queue": {
        "url": "{id}",
        "visibilityTimeoutSeconds": 30,
        "messageRetentionSeconds": 345600,
        "maxMessageSize": 262144,
    },
    "aws:ssm/parameter:Parameter": {"version": 1, "dataType": "text", "tier": "Standard"},
}
