"""What AWS computes about a resource, as templates (see `identities` for the words they may use).

Only what programs read and pass on is here: addresses, endpoints, names of other resources, defaults that matter. The
rest is invented by type (`plausible`).
"""

from __future__ import annotations

from typing import Any

_LB_OUTPUTS: dict[str, Any] = {
    "arnSuffix": "{lb_kind_short}/{name}/{hex16}",
    "dnsName": "{scheme_prefix}{name}-{dec10}.{region}.elb.{suffix}",
    "zoneId": "{lb_zone}",
    "vpcId": "{default_vpc}",
    "ipAddressType": "ipv4",
    "loadBalancerType": "application",
    "internal": False,
    "idleTimeout": 60,
}
_TARGET_GROUP: dict[str, Any] = {
    "arnSuffix": "targetgroup/{name}/{hex16}",
    "protocolVersion": "HTTP1",
    "ipAddressType": "ipv4",
    "loadBalancingAlgorithmType": "round_robin",
    "deregistrationDelay": 300,
    "targetType": "instance",
}
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

COMPUTED: dict[str, dict[str, Any]] = {
    "aws:acm/certificate:Certificate": {
        "domainName": "{domainName}",
        "status": "PENDING_VALIDATION",
        "keyAlgorithm": "RSA_2048",
        "domainValidationOptions": [
            {
                "domainName": "{domainName}",
                "resourceRecordName": "_{hex32}.{domainName}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_{hex32:v}.acm-validations.aws.",
            }
        ],
        "validationEmails": [],
        "type": "AMAZON_ISSUED",
    },
    "aws:acm/certificateValidation:CertificateValidation": {},
    "aws:alb/listener:Listener": {"sslPolicy": "ELBSecurityPolicy-2016-08"},
    "aws:alb/loadBalancer:LoadBalancer": _LB_OUTPUTS,
    "aws:alb/targetGroup:TargetGroup": _TARGET_GROUP,
    "aws:apigateway/deployment:Deployment": {
        "invokeUrl": "https://{restApi}.execute-api.{region}.{suffix}/",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{restApi}/",
    },
    "aws:apigateway/restApi:RestApi": {
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{id}",
        "rootResourceId": "{hex10:root}",
        "createdDate": "{moment}",
    },
    "aws:apigateway/stage:Stage": {
        "invokeUrl": "https://{restApi}.execute-api.{region}.{suffix}/{stageName}",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{restApi}/{stageName}",
    },
    "aws:apigatewayv2/api:Api": {
        "apiEndpoint": "{ws_scheme}://{id}.execute-api.{region}.{suffix}",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{id}",
    },
    "aws:apigatewayv2/domainName:DomainName": {},
    "aws:apigatewayv2/stage:Stage": {
        "invokeUrl": "https://{apiId}.execute-api.{region}.{suffix}/{stage_path}",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{apiId}/{name}",
    },
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
    "aws:cloudfront/distribution:Distribution": {
        "domainName": "d{hex13}.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
        "status": "Deployed",
        "callerReference": "{moment}",
        "lastModifiedTime": "{moment}",
        "httpVersion": "http2",
        "priceClass": "PriceClass_All",
    },
    "aws:cloudfront/originAccessIdentity:OriginAccessIdentity": {
        "cloudfrontAccessIdentityPath": "origin-access-identity/cloudfront/{id}",
        "iamArn": "arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity {id}",
        "s3CanonicalUserId": "{hex64}",
    },
    "aws:cognito/userPool:UserPool": {"endpoint": "cognito-idp.{region}.{suffix}/{id}"},
    "aws:cognito/userPoolClient:UserPoolClient": {"clientSecret": "{hex52}"},
    "aws:dynamodb/table:Table": {
        "streamArn": "arn:{partition}:dynamodb:{region}:{account}:table/{name}/stream/2025-01-01T00:00:00.000",
        "streamLabel": "2025-01-01T00:00:00.000",
        "billingMode": "PROVISIONED",
    },
    "aws:ebs/volume:Volume": {"size": 8, "type": "gp2", "iops": 100},
    "aws:ec2/eip:Eip": {
        "allocationId": "{id}",
        "domain": "vpc",
        "publicIp": "{public_ip}",
        "publicDns": "ec2-{public_ip_dashed}.{compute_domain}",
        "publicIpv4Pool": "amazon",
        "networkBorderGroup": "{region}",
    },
    "aws:ec2/instance:Instance": {
        "availabilityZone": "{zone}",
        "instanceState": "running",
        "privateIp": "{private_ip}",
        "privateDns": "ip-{private_ip_dashed}.ec2.internal",
        "publicIp": "{public_ip}",
        "publicDns": "ec2-{public_ip_dashed}.{compute_domain}",
        "primaryNetworkInterfaceId": "eni-{hex17:eni}",
        "subnetId": "subnet-{hex17:subnet}",
        "vpcSecurityGroupIds": ["sg-{hex17:sg}"],
        "sourceDestCheck": True,
        "tenancy": "default",
    },
    "aws:ec2/internetGateway:InternetGateway": {"ownerId": "{account}"},
    "aws:ec2/keyPair:KeyPair": {"keyPairId": "key-{hex17}", "fingerprint": "{hex32}", "keyType": "rsa"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1, "defaultVersion": 1},
    "aws:ec2/natGateway:NatGateway": {
        "networkInterfaceId": "eni-{hex17:eni}",
        "publicIp": "{public_ip}",
        "privateIp": "{private_ip}",
        "connectivityType": "public",
    },
    "aws:ec2/networkInterface:NetworkInterface": {
        "privateIp": "{private_ip}",
        "privateIps": ["{private_ip}"],
        "macAddress": "0a:1b:2c:3d:4e:5f",
    },
    "aws:ec2/routeTable:RouteTable": {"ownerId": "{account}"},
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {},
    "aws:ec2/securityGroup:SecurityGroup": {
        "ownerId": "{account}",
        "vpcId": "{default_vpc}",
        "description": "Managed by Pulumi",
    },
    "aws:ec2/subnet:Subnet": {
        "ownerId": "{account}",
        "availabilityZone": "{zone}",
        "availabilityZoneId": "{zone_id}",
        "privateDnsHostnameTypeOnLaunch": "ip-name",
    },
    "aws:ec2/vpc:Vpc": {
        "ownerId": "{account}",
        "cidrBlock": "10.0.0.0/16",
        "ipv6CidrBlock": "{vpc_ipv6}",
        "defaultNetworkAclId": "acl-{hex17:acl}",
        "defaultRouteTableId": "rtb-{hex17:rtb}",
        "mainRouteTableId": "rtb-{hex17:rtb}",
        "defaultSecurityGroupId": "sg-{hex17:sg}",
        "dhcpOptionsId": "dopt-{hex17:dopt}",
        "enableDnsSupport": True,
        "instanceTenancy": "default",
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        "ownerId": "{account}",
        "state": "available",
        "prefixListId": "pl-{hex8}",
        "vpcEndpointType": "Gateway",
        "dnsEntries": [{"dnsName": "{id}.{serviceName}", "hostedZoneId": "Z{HEX13}"}],
    },
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
    "aws:efs/mountTarget:MountTarget": {
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
    },
    "aws:rds/clusterInstance:ClusterInstance": {
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
        "storageType": "gp2",
    },
    "aws:route53/record:Record": {"fqdn": "{name}"},
    "aws:route53/zone:Zone": {
        "zoneId": "{id}",
        "nameServers": [
            "ns-1.awsdns-00.com",
            "ns-512.awsdns-00.net",
            "ns-1024.awsdns-00.org",
            "ns-1536.awsdns-00.co.uk",
        ],
        "primaryNameServer": "ns-1.awsdns-00.com",
        "comment": "Managed by Pulumi",
    },
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketObject:BucketObject": _OBJECT,
    "aws:s3/bucketObjectv2:BucketObjectv2": _OBJECT,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": {
        "websiteEndpoint": "{bucket}.s3-website-{region}.{suffix}",
        "websiteDomain": "s3-website-{region}.{suffix}",
    },
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {"hostedZone": "Z{HEX20}"},
    "aws:sfn/stateMachine:StateMachine": {"creationDate": "{moment}", "status": "ACTIVE", "type": "STANDARD"},
    "aws:sns/topic:Topic": {"owner": "{account}"},
    "aws:sns/topicSubscription:TopicSubscription": {"ownerId": "{account}", "pendingConfirmation": False},
    "aws:sqs/queue:Queue": {
        "url": "{id}",
        "visibilityTimeoutSeconds": 30,
        "messageRetentionSeconds": 345600,
        "maxMessageSize": 262144,
    },
    "aws:ssm/parameter:Parameter": {"version": 1, "dataType": "text", "tier": "Standard"},
}
COMPUTED |= {
    token.replace("aws:alb/", "aws:lb/"): outputs for token, outputs in COMPUTED.items() if token.startswith("aws:alb/")
}

# Outputs that count a resource's updates.
COUNTERS: dict[str, frozenset[str]] = {
    "aws:ec2/launchTemplate:LaunchTemplate": frozenset({"latestVersion"}),
    "aws:lambda/function:Function": frozenset({"version", "qualifiedArn", "qualifiedInvokeArn"}),
    "aws:ssm/parameter:Parameter": frozenset({"version"}),
}
# Inputs whose change alone makes no new version; a function that does not publish makes none at all.
UNCOUNTED: dict[str, frozenset[str]] = {
    "aws:lambda/function:Function": frozenset({"tags", "tagsAll", "reservedConcurrentExecutions", "publish"}),
}
