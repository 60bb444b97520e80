"""Values that the real clouds refuse: type → inputs that hold exactly one of them, with its path."""

from __future__ import annotations

from typing import Any

VARIANT = {"modelName": "m", "variantName": "AllTraffic"}

AWS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "apigateway/resource:Resource": [("pathPart", {"pathPart": "/models"}), ("pathPart", {"pathPart": "models/{id}"})],
    "apigatewayv2/integration:Integration": [("payloadFormatVersion", {"payloadFormatVersion": "3.0"})],
    "ecs/cluster:Cluster": [("name", {"name": "model servers"})],
    "sagemaker/endpointConfiguration:EndpointConfiguration": [
        ("name", {"name": "churn_config"}),
        ("name", {"name": "-churn"}),
        ("name", {"name": "c" * 64}),
        ("productionVariants[0].instanceType", {"productionVariants": [{**VARIANT, "instanceType": "ml.m5.huge"}]}),
        ("productionVariants[0].instanceType", {"productionVariants": [{**VARIANT, "instanceType": "m5.large"}]}),
        (
            "productionVariants[0].serverlessConfig.maxConcurrency",
            {"productionVariants": [{**VARIANT, "serverlessConfig": {"maxConcurrency": 500, "memorySizeInMb": 2048}}]},
        ),
        (
            "productionVariants[0].serverlessConfig.memorySizeInMb",
            {"productionVariants": [{**VARIANT, "serverlessConfig": {"maxConcurrency": 5, "memorySizeInMb": 7000}}]},
        ),
        (
            "productionVariants[0].modelDataDownloadTimeoutInSeconds",
            {"productionVariants": [{**VARIANT, "modelDataDownloadTimeoutInSeconds": 30}]},
        ),
        (
            "dataCaptureConfig.initialSamplingPercentage",
            {"dataCaptureConfig": {"initialSamplingPercentage": 101, "destinationS3Uri": "s3://b/capture"}},
        ),
        (
            "dataCaptureConfig.captureOptions[1].captureMode",
            {"dataCaptureConfig": {"captureOptions": [{"captureMode": "Input"}, {"captureMode": "Both"}]}},
        ),
        (
            "asyncInferenceConfig.clientConfig.maxConcurrentInvocationsPerInstance",
            {"asyncInferenceConfig": {"clientConfig": {"maxConcurrentInvocationsPerInstance": 0}}},
        ),
    ],
    "sagemaker/endpoint:Endpoint": [
        ("name", {"name": "churn_prod"}),
        (
            "deploymentConfig.blueGreenUpdatePolicy.terminationWaitInSeconds",
            {"deploymentConfig": {"blueGreenUpdatePolicy": {"terminationWaitInSeconds": 4000}}},
        ),
        (
            "deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.type",
            {"deploymentConfig": {"blueGreenUpdatePolicy": {"trafficRoutingConfiguration": {"type": "GRADUAL"}}}},
        ),
    ],
    "sagemaker/model:Model": [
        ("vpcConfig.securityGroupIds", {"vpcConfig": {"securityGroupIds": ["sg-0"] * 6, "subnets": ["subnet-0"]}}),
        ("primaryContainer.mode", {"primaryContainer": {"mode": "ManyModels"}}),
    ],
    "appautoscaling/target:Target": [
        ("minCapacity", {"minCapacity": -1}),
        ("serviceNamespace", {"serviceNamespace": "sage"}),
        ("scalableDimension", {"scalableDimension": "sagemaker:variant:InstanceCount"}),
    ],
    "appautoscaling/policy:Policy": [
        (
            "targetTrackingScalingPolicyConfiguration.scaleInCooldown",
            {"targetTrackingScalingPolicyConfiguration": {"scaleInCooldown": -1}},
        ),
        (
            "targetTrackingScalingPolicyConfiguration.scaleOutCooldown",
            {"targetTrackingScalingPolicyConfiguration": {"scaleOutCooldown": -60}},
        ),
        (
            "targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.predefinedMetricType",
            {
                "targetTrackingScalingPolicyConfiguration": {
                    "predefinedMetricSpecification": {"predefinedMetricType": "SageMakerVariantInvocations"}
                }
            },
        ),
        (
            "targetTrackingScalingPolicyConfiguration.customizedMetricSpecification.statistic",
            {
                "targetTrackingScalingPolicyConfiguration": {
                    "customizedMetricSpecification": {"statistic": "p99", "metricName": "m", "namespace": "n"}
                }
            },
        ),
    ],
    "appautoscaling/scheduledAction:ScheduledAction": [
        ("schedule", {"schedule": "0 8 * * ? *"}),
        ("scalableTargetAction.minCapacity", {"scalableTargetAction": {"minCapacity": -2}}),
    ],
    "kms/key:Key": [
        ("deletionWindowInDays", {"deletionWindowInDays": 3}),
        ("deletionWindowInDays", {"deletionWindowInDays": 31}),
        ("rotationPeriodInDays", {"rotationPeriodInDays": 30}),
        ("keyUsage", {"keyUsage": "ENCRYPT"}),
        ("customerMasterKeySpec", {"customerMasterKeySpec": "RSA_1024"}),
    ],
    "kms/alias:Alias": [("name", {"name": "churn"}), ("name", {"name": "alias/aws/churn"})],
    "s3/bucket:Bucket": [
        ("bucket", {"bucket": "Churn-Models"}),
        ("bucket", {"bucket": "churn_models"}),
        ("bucket", {"bucket": "ab"}),
        ("bucket", {"bucket": "a..b"}),
        ("bucket", {"bucket": "10.0.0.1"}),
        ("bucketPrefix", {"bucketPrefix": "p" * 40}),
    ],
    "s3/bucketVersioning:BucketVersioning": [
        ("versioningConfiguration.status", {"versioningConfiguration": {"status": "On"}})
    ],
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
        (
            "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
            {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "kms"}}]},
        )
    ],
    "s3/bucketAcl:BucketAcl": [("acl", {"acl": "public"})],
    "s3/bucketOwnershipControls:BucketOwnershipControls": [
        ("rule.objectOwnership", {"rule": {"objectOwnership": "BucketOwner"}})
    ],
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
        ("rules[0].status", {"rules": [{"id": "old", "status": "On"}]})
    ],
    "cloudwatch/logGroup:LogGroup": [
        ("retentionInDays", {"retentionInDays": 10}),
        ("retentionInDays", {"retentionInDays": 366}),
        ("name", {"name": "a b"}),
        ("name", {"name": "n" * 513}),
    ],
    "cloudwatch/metricAlarm:MetricAlarm": [
        ("comparisonOperator", {"comparisonOperator": "GreaterThan"}),
        ("evaluationPeriods", {"evaluationPeriods": 0}),
        ("treatMissingData", {"treatMissingData": "ok"}),
        ("statistic", {"statistic": "p99"}),
    ],
    "cloudwatch/dashboard:Dashboard": [("dashboardName", {"dashboardName": "churn prod"})],
    "cloudwatch/eventRule:EventRule": [
        ("scheduleExpression", {"scheduleExpression": "every 5 minutes"}),
        ("name", {"name": "r" * 65}),
        ("state", {"state": "ON"}),
    ],
    "ecs/taskDefinition:TaskDefinition": [
        ("networkMode", {"networkMode": "vpc"}),
        ("family", {"family": "a b"}),
        ("ephemeralStorage.sizeInGib", {"ephemeralStorage": {"sizeInGib": 20}}),
    ],
    "ecs/service:Service": [
        ("launchType", {"launchType": "SPOT"}),
        ("schedulingStrategy", {"schedulingStrategy": "ONE"}),
        ("healthCheckGracePeriodSeconds", {"healthCheckGracePeriodSeconds": -5}),
        ("deploymentController.type", {"deploymentController": {"type": "CANARY"}}),
    ],
    "lb/loadBalancer:LoadBalancer": [
        ("name", {"name": "n" * 33}),
        ("name", {"name": "churn_lb"}),
        ("name", {"name": "internal-churn"}),
        ("idleTimeout", {"idleTimeout": 5000}),
        ("loadBalancerType", {"loadBalancerType": "classic"}),
    ],
    "lb/targetGroup:TargetGroup": [
        ("port", {"port": 70000}),
        ("name", {"name": "churn_tg"}),
        ("targetType", {"targetType": "fargate"}),
        ("healthCheck.interval", {"healthCheck": {"interval": 2}}),
        ("healthCheck.unhealthyThreshold", {"healthCheck": {"unhealthyThreshold": 11}}),
        ("healthCheck.path", {"healthCheck": {"path": "healthz"}}),
        ("deregistrationDelay", {"deregistrationDelay": 4000}),
        ("protocol", {"protocol": "HTTP2"}),
    ],
    "lb/listener:Listener": [
        ("port", {"port": 0}),
        ("protocol", {"protocol": "GRPC"}),
        ("defaultActions[0].type", {"defaultActions": [{"type": "proxy"}]}),
    ],
    "lb/listenerRule:ListenerRule": [("priority", {"priority": 60000})],
    "ec2/vpc:Vpc": [
        ("cidrBlock", {"cidrBlock": "10.0.0.0/8"}),
        ("cidrBlock", {"cidrBlock": "10.0.0.1/16"}),
        ("cidrBlock", {"cidrBlock": "10.0.0/16"}),
        ("tags", {"tags": {"aws:name": "x"}}),
        ("tags.Name", {"tags": {"Name": "x" * 257}}),
    ],
    "ec2/subnet:Subnet": [("cidrBlock", {"cidrBlock": "10.0.0.0/30"})],
    "ec2/securityGroup:SecurityGroup": [
        ("name", {"name": "sg-web"}),
        ("description", {"description": "naïve"}),
        ("ingress[0].fromPort", {"ingress": [{"fromPort": 70000, "toPort": 443, "protocol": "tcp"}]}),
        (
            "ingress[0].cidrBlocks[1]",
            {"ingress": [{"fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8", "172.16.0.0"]}]},
        ),
    ],
    "ec2/securityGroupRule:SecurityGroupRule": [("type", {"type": "in"}), ("toPort", {"toPort": 65536})],
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": [("cidrIpv4", {"cidrIpv4": "10.0.0.0"})],
    "ec2/flowLog:FlowLog": [("maxAggregationInterval", {"maxAggregationInterval": 300})],
    "ec2/instance:Instance": [("instanceType", {"instanceType": "t3.gigantic"})],
    "iam/role:Role": [
        ("name", {"name": "r" * 65}),
        ("name", {"name": "role name"}),
        ("maxSessionDuration", {"maxSessionDuration": 900}),
        ("path", {"path": "service"}),
    ],
    "iam/policy:Policy": [("name", {"name": "a/b"})],
    "iam/rolePolicyAttachment:RolePolicyAttachment": [("policyArn", {"policyArn": "AmazonS3ReadOnlyAccess"})],
    "lambda/function:Function": [
        ("timeout", {"timeout": 901}),
        ("memorySize", {"memorySize": 64}),
        ("name", {"name": "my function"}),
        ("ephemeralStorage.size", {"ephemeralStorage": {"size": 100}}),
        ("tracingConfig.mode", {"tracingConfig": {"mode": "On"}}),
        ("architectures[0]", {"architectures": ["arm"]}),
        ("runtime", {"runtime": "python4.0"}),
        ("loggingConfig.logFormat", {"loggingConfig": {"logFormat": "XML"}}),
        ("environment.variables", {"environment": {"variables": {"AWS_REGION": "eu-central-1"}}}),
    ],
    "lambda/permission:Permission": [("sourceAccount", {"sourceAccount": "1234"})],
    "lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": [
        ("qualifier", {"qualifier": "$LATEST"}),
        ("provisionedConcurrentExecutions", {"provisionedConcurrentExecutions": 0}),
    ],
    "apigateway/method:Method": [
        ("authorization", {"authorization": "IAM"}),
        ("httpMethod", {"httpMethod": "FETCH"}),
    ],
    "apigateway/integration:Integration": [
        ("type", {"type": "LAMBDA"}),
        ("timeoutMilliseconds", {"timeoutMilliseconds": 10}),
    ],
    "apigateway/stage:Stage": [
        ("stageName", {"stageName": "prod/v1"}),
        ("canarySettings.percentTraffic", {"canarySettings": {"percentTraffic": 120}}),
    ],
    "apigateway/methodSettings:MethodSettings": [("settings.loggingLevel", {"settings": {"loggingLevel": "DEBUG"}})],
    "apigateway/usagePlan:UsagePlan": [("quotaSettings.period", {"quotaSettings": {"period": "HOUR", "limit": 1}})],
    "apigateway/apiKey:ApiKey": [("value", {"value": "short"})],
    "wafv2/webAcl:WebAcl": [("scope", {"scope": "GLOBAL"}), ("name", {"name": "web acl"})],
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": [
        ("logDestinationConfigs[0]", {"logDestinationConfigs": ["arn:aws:logs:us-east-1:123456789012:log-group:waf"]})
    ],
    "route53/record:Record": [
        ("type", {"type": "ALIAS"}),
        ("ttl", {"ttl": -1}),
        ("failoverRoutingPolicies[0].type", {"failoverRoutingPolicies": [{"type": "BACKUP"}]}),
    ],
    "route53/healthCheck:HealthCheck": [
        ("requestInterval", {"requestInterval": 20}),
        ("failureThreshold", {"failureThreshold": 11}),
        ("regions", {"regions": ["us-east-1", "eu-west-1"]}),
        ("type", {"type": "ICMP"}),
    ],
    "sns/topic:Topic": [("name", {"name": "a.b"})],
    "sns/topicSubscription:TopicSubscription": [("protocol", {"protocol": "slack"})],
    "sqs/queue:Queue": [
        ("name", {"name": "q" * 81}),
        ("visibilityTimeoutSeconds", {"visibilityTimeoutSeconds": 50000}),
        ("receiveWaitTimeSeconds", {"receiveWaitTimeSeconds": 30}),
        ("messageRetentionSeconds", {"messageRetentionSeconds": 30}),
    ],
    "ecr/repository:Repository": [
        ("name", {"name": "Churn"}),
        ("imageTagMutability", {"imageTagMutability": "FROZEN"}),
        ("encryptionConfigurations[0].encryptionType", {"encryptionConfigurations": [{"encryptionType": "SSE"}]}),
    ],
    "acm/certificate:Certificate": [
        ("domainName", {"domainName": "example.com."}),
        ("validationMethod", {"validationMethod": "FILE"}),
    ],
    "dynamodb/table:Table": [
        ("name", {"name": "ab"}),
        ("attributes[0].type", {"attributes": [{"name": "id", "type": "String"}]}),
    ],
    "rds/instance:Instance": [
        ("instanceClass", {"instanceClass": "db.t3.gigantic"}),
        ("backupRetentionPeriod", {"backupRetentionPeriod": 36}),
        ("identifier", {"identifier": "1db"}),
    ],
    "elasticache/cluster:Cluster": [("nodeType", {"nodeType": "cache.t3.gigantic"})],
    "secretsmanager/secret:Secret": [("recoveryWindowInDays", {"recoveryWindowInDays": 5})],
    "ssm/parameter:Parameter": [("type", {"type": "Secret"})],
    # by the registry alone: no entry in the tables
    "kinesis/stream:Stream": [("name", {"name": "a b"}), ("shardCount", {"shardCount": 0})],
    "efs/fileSystem:FileSystem": [("performanceMode", {"performanceMode": "fast"})],
}

FARGATE = {"requiresCompatibilities": ["FARGATE"]}
ML = "machinelearningservices"
AZURE: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "app:ContainerApp": [("containerAppName", {"containerAppName": "Churn_App"})],
    "containerinstance:ContainerGroup": [("containerGroupName", {"containerGroupName": "churn--prod"})],
    "network:SecurityRule": [
        ("priority", {"priority": 5000}),
        ("destinationPortRange", {"destinationPortRange": "80,443"}),
    ],
    f"{ML}:Workspace": [("workspaceName", {"workspaceName": "w"}), ("workspaceName", {"workspaceName": "w" * 34})],
    f"{ML}:OnlineEndpoint": [
        ("endpointName", {"endpointName": "churn_prod"}),
        ("endpointName", {"endpointName": "c" * 33}),
        ("endpointName", {"endpointName": "1churn"}),
        ("properties.traffic.blue", {"properties": {"traffic": {"blue": 101}}}),
        ("properties.mirrorTraffic.green", {"properties": {"mirrorTraffic": {"green": 60}}}),
    ],
    f"{ML}:OnlineDeployment": [
        ("deploymentName", {"deploymentName": "b"}),
        ("sku.capacity", {"sku": {"name": "Default", "capacity": -1}}),
        ("properties.requestSettings.requestTimeout", {"properties": {"requestSettings": {"requestTimeout": "5s"}}}),
    ],
    f"{ML}:Compute": [
        ("computeName", {"computeName": "1cluster"}),
        (
            "properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown",
            {"properties": {"properties": {"scaleSettings": {"nodeIdleTimeBeforeScaleDown": "120"}}}},
        ),
    ],
    "storage:StorageAccount": [
        ("accountName", {"accountName": "churn-models"}),
        ("accountName", {"accountName": "ChurnModels"}),
        ("accountName", {"accountName": "ab"}),
        ("tags", {"tags": {"a<b": "c"}}),
    ],
    "storage:BlobContainer": [("containerName", {"accountName": "abc", "containerName": "Models"})],
    "keyvault:Vault": [
        ("vaultName", {"vaultName": "v" * 25}),
        ("vaultName", {"vaultName": "a--b"}),
        ("properties.softDeleteRetentionInDays", {"properties": {"softDeleteRetentionInDays": 3}}),
        ("properties.tenantId", {"properties": {"tenantId": "contoso"}}),
    ],
    "containerregistry:Registry": [
        ("registryName", {"registryName": "churn-registry"}),
        ("registryName", {"registryName": "abcd"}),
    ],
    "managedidentity:UserAssignedIdentity": [("resourceName", {"resourceName": "id"})],
    "resources:ResourceGroup": [("resourceGroupName", {"resourceGroupName": "rg."})],
    "authorization:RoleAssignment": [
        ("roleDefinitionId", {"roleDefinitionId": "AcrPull"}),
        ("roleAssignmentName", {"roleAssignmentName": "acr-pull"}),
    ],
    "monitor:AutoscaleSetting": [
        ("profiles[0].capacity.minimum", {"profiles": [{"capacity": {"minimum": "two"}}]}),
        (
            "profiles[0].rules[0].metricTrigger.timeWindow",
            {"profiles": [{"rules": [{"metricTrigger": {"timeWindow": "5m"}}]}]},
        ),
        ("profiles[0].rules", {"profiles": [{"rules": [{}] * 11}]}),
    ],
    "monitor:MetricAlert": [("severity", {"severity": 5}), ("windowSize", {"windowSize": "PT2M"})],
    "monitor:ActionGroup": [("groupShortName", {"groupShortName": "on-call-serving"})],
    "operationalinsights:Workspace": [("workspaceName", {"workspaceName": "log"})],
    "applicationinsights:Component": [("retentionInDays", {"retentionInDays": 45})],
}
