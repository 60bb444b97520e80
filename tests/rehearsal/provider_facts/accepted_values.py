"""Inputs that the real clouds accept, many of them easily refused by mistake: type → inputs, each wholly valid."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.values import UNKNOWN, Archive, Asset, Secret

DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
ROLE = "arn:aws:iam::123456789012:role/serving"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
VARIANT = {"modelName": "churn-1a2b3c4", "variantName": "AllTraffic"}

AWS: dict[str, list[dict[str, Any]]] = {
    "sagemaker/endpointConfiguration:EndpointConfiguration": [
        {"name": "churn-config-1a2b3c4"},
        {"name": UNKNOWN, "kmsKeyArn": KEY},
        {"kmsKeyArn": "1234abcd-12ab-34cd-56ef-1234567890ab"},
        {"productionVariants": [{**VARIANT, "instanceType": "ml.g5.2xlarge", "initialInstanceCount": 2}]},
        {"productionVariants": [{**VARIANT, "instanceType": UNKNOWN, "initialVariantWeight": 0.5}]},
        {"productionVariants": [{**VARIANT, "serverlessConfig": {"maxConcurrency": 200, "memorySizeInMb": 6144}}]},
        {"productionVariants": UNKNOWN},
        {
            "dataCaptureConfig": {
                "enableCapture": True,
                "initialSamplingPercentage": 100,
                "destinationS3Uri": "s3://capture/prod",
                "captureOptions": [{"captureMode": "InputAndOutput"}],
                "captureContentTypeHeader": {"jsonContentTypes": ["application/json"]},
            }
        },
        {"asyncInferenceConfig": {"outputConfig": {"s3OutputPath": "s3://b/out"}}},
    ],
    "sagemaker/endpoint:Endpoint": [
        {"name": "churn-prod", "endpointConfigName": UNKNOWN},
        {
            "deploymentConfig": {
                "blueGreenUpdatePolicy": {
                    "terminationWaitInSeconds": 300,
                    "trafficRoutingConfiguration": {
                        "type": "CANARY",
                        "waitIntervalInSeconds": 600,
                        "canarySize": {"type": "CAPACITY_PERCENT", "value": 10},
                    },
                },
                "autoRollbackConfiguration": {"alarms": [{"alarmName": "churn 5xx"}]},
            }
        },
    ],
    "sagemaker/model:Model": [
        {
            "executionRoleArn": ROLE,
            "primaryContainer": {
                "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn@sha256:" + "a" * 64,
                "environment": {"A": "1", "SAGEMAKER_PROGRAM": "serve.py"},
                "modelDataSource": {
                    "s3DataSources": [{"s3Uri": "s3://m/p/", "s3DataType": "S3Prefix", "compressionType": "None"}]
                },
            },
            "vpcConfig": {"subnets": ["subnet-0a1b2c3d"], "securityGroupIds": ["sg-0a1b2c3d"]},
        },
        {"tags": {"cost-center": "42", "Name": ""}},
    ],
    "appautoscaling/target:Target": [
        {
            "minCapacity": 0,
            "maxCapacity": 12,
            "resourceId": "endpoint/churn/variant/AllTraffic",
            "scalableDimension": "sagemaker:variant:DesiredInstanceCount",
            "serviceNamespace": "sagemaker",
        },
        {"scalableDimension": "lambda:function:ProvisionedConcurrency", "serviceNamespace": "lambda"},
        {"scalableDimension": "ecs:service:DesiredCount", "serviceNamespace": "ecs"},
        {"minCapacity": "2", "maxCapacity": "4"},
    ],
    "appautoscaling/policy:Policy": [
        {
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 0.7,
                "scaleInCooldown": 0,
                "scaleOutCooldown": 300,
                "predefinedMetricSpecification": {"predefinedMetricType": "LambdaProvisionedConcurrencyUtilization"},
            },
        },
        {
            "targetTrackingScalingPolicyConfiguration": {
                "predefinedMetricSpecification": {
                    "predefinedMetricType": "ALBRequestCountPerTarget",
                    "resourceLabel": UNKNOWN,
                }
            }
        },
        {
            "targetTrackingScalingPolicyConfiguration": {
                "customizedMetricSpecification": {
                    "metricName": "CPUUtilization",
                    "namespace": "/aws/sagemaker/Endpoints",
                    "statistic": "Average",
                    "dimensions": [{"name": "EndpointName", "value": "churn"}],
                }
            }
        },
    ],
    "appautoscaling/scheduledAction:ScheduledAction": [
        {"schedule": "cron(0 8 ? * MON-FRI *)", "timezone": "Europe/Berlin"},
        {"schedule": "at(2026-12-24T18:00:00)", "scalableTargetAction": {"minCapacity": 0, "maxCapacity": 0}},
    ],
    "kms/key:Key": [
        {"deletionWindowInDays": 7, "policy": DOCUMENT, "enableKeyRotation": True},
        {"deletionWindowInDays": "30", "rotationPeriodInDays": 365, "description": ""},
        {"keyUsage": "SIGN_VERIFY", "customerMasterKeySpec": "ECC_NIST_P256"},
    ],
    "kms/alias:Alias": [{"name": "alias/churn/prod_1", "targetKeyId": KEY}],
    "s3/bucket:Bucket": [
        {"bucket": "churn-models.prod"},
        {"bucket": "123"},
        {"bucket": UNKNOWN, "forceDestroy": True},
        {"bucketPrefix": "churn-"},
        {"tags": {"a:b/c=d+e@f": "any value - really: even_this"}},
    ],
    "s3/bucketVersioning:BucketVersioning": [{"versioningConfiguration": {"status": "Enabled"}}],
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
        {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}}]}
    ],
    "s3/bucketPolicy:BucketPolicy": [{"bucket": "b", "policy": DOCUMENT}, {"policy": {"Version": "2012-10-17"}}],
    "s3/bucketObject:BucketObject": [{"source": Asset(path="model.tar.gz"), "key": "a b/ü"}],
    "cloudwatch/logGroup:LogGroup": [
        {"name": "/aws/sagemaker/Endpoints/churn", "retentionInDays": 365, "kmsKeyId": KEY},
        {"name": "aws-waf-logs-churn#1", "retentionInDays": 0},
        {"retentionInDays": 14.0},
    ],
    "cloudwatch/metricAlarm:MetricAlarm": [
        {
            "comparisonOperator": "GreaterThanOrEqualToThreshold",
            "evaluationPeriods": 3,
            "period": 60,
            "statistic": "Average",
            "treatMissingData": "notBreaching",
            "dimensions": {"EndpointName": "churn", "VariantName": "AllTraffic"},
        },
        {"extendedStatistic": "p99", "period": 10, "threshold": 1500000.5},
        {"comparisonOperator": "GreaterThanUpperThreshold", "thresholdMetricId": "ad1"},
    ],
    "cloudwatch/dashboard:Dashboard": [{"dashboardName": "churn_prod-1", "dashboardBody": "{}"}],
    "cloudwatch/compositeAlarm:CompositeAlarm": [{"alarmName": "churn is unwell", "alarmRule": "ALARM(a) OR ALARM(b)"}],
    "cloudwatch/eventRule:EventRule": [
        {"scheduleExpression": "rate(5 minutes)", "state": "ENABLED"},
        {"eventPattern": "{}", "eventBusName": "default"},
    ],
    "ecs/cluster:Cluster": [{"settings": [{"name": "containerInsights", "value": "enhanced"}]}],
    "ecs/taskDefinition:TaskDefinition": [
        {
            "family": "churn-1a2b_3c",
            "cpu": "1024",
            "memory": "2048",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "containerDefinitions": "[]",
            "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        },
        {"ephemeralStorage": {"sizeInGib": 21}},
    ],
    "ecs/service:Service": [
        {
            "launchType": "FARGATE",
            "desiredCount": 2,
            "deploymentMinimumHealthyPercent": 100,
            "deploymentMaximumPercent": 200,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "networkConfiguration": {"subnets": [UNKNOWN], "securityGroups": ["sg-1"], "assignPublicIp": False},
            "loadBalancers": [{"containerName": "model", "containerPort": 8080, "targetGroupArn": UNKNOWN}],
            "availabilityZoneRebalancing": "ENABLED",
        },
        {"capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0}]},
    ],
    "ecs/clusterCapacityProviders:ClusterCapacityProviders": [{"capacityProviders": ["FARGATE", "FARGATE_SPOT"]}],
    "lb/loadBalancer:LoadBalancer": [
        {"name": "churn-prod", "internal": False, "loadBalancerType": "application", "idleTimeout": 60},
        {"loadBalancerType": "network", "ipAddressType": "dualstack"},
        {"accessLogs": {"bucket": "logs", "enabled": True, "prefix": "alb"}},
    ],
    "lb/targetGroup:TargetGroup": [
        {
            "port": 8080,
            "protocol": "HTTP",
            "targetType": "ip",
            "deregistrationDelay": 30,
            "healthCheck": {
                "enabled": True,
                "path": "/ping",
                "interval": 15,
                "timeout": 5,
                "matcher": "200-299",
                "port": "traffic-port",
            },
        },
        {"targetType": "lambda", "healthCheck": {"enabled": True, "interval": 35, "timeout": 30}},
        {"protocol": "TCP_UDP", "deregistrationDelay": "0"},
    ],
    "lb/listener:Listener": [
        {"port": 443, "protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"},
        {
            "port": 80,
            "defaultActions": [
                {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
            ],
        },
        {
            "defaultActions": [
                {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404"}}
            ]
        },
    ],
    "ec2/vpc:Vpc": [{"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": UNKNOWN}, {"instanceTenancy": "default"}],
    "ec2/subnet:Subnet": [{"cidrBlock": "10.0.1.0/28", "availabilityZone": "eu-central-1a"}],
    "ec2/securityGroup:SecurityGroup": [
        {
            "description": "Managed by Pulumi",
            "ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}],
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "ipv6CidrBlocks": ["::/0"]}],
        },
        {"name": "web_sg 1", "ingress": [{"protocol": "icmp", "fromPort": -1, "toPort": -1}]},
    ],
    "ec2/securityGroupRule:SecurityGroupRule": [{"type": "egress", "protocol": "all", "fromPort": 0, "toPort": 65535}],
    "ec2/route:Route": [{"destinationCidrBlock": "0.0.0.0/0"}, {"destinationCidrBlock": "10.0.1.0/22"}],
    "ec2/vpcEndpoint:VpcEndpoint": [
        {"vpcEndpointType": "Gateway", "serviceName": "com.amazonaws.eu-central-1.s3", "policy": DOCUMENT},
        {"vpcEndpointType": "Interface", "privateDnsEnabled": True},
    ],
    "ec2/eip:Eip": [{"domain": "vpc"}],
    "ec2/flowLog:FlowLog": [
        {"trafficType": "ALL", "maxAggregationInterval": 60, "logDestinationType": "cloud-watch-logs"}
    ],
    "ec2/instance:Instance": [{"instanceType": "t3.micro", "ami": "ami-0abcdef1234567890"}],
    "iam/role:Role": [
        {"name": "serving_role+=,.@-", "assumeRolePolicy": DOCUMENT, "path": "/service-role/"},
        {
            "assumeRolePolicy": {"Version": "2012-10-17"},
            "managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        },
        {"inlinePolicies": [{"name": "p", "policy": DOCUMENT}], "maxSessionDuration": 43200},
    ],
    "iam/rolePolicy:RolePolicy": [{"role": "serving", "policy": DOCUMENT}],
    "iam/policy:Policy": [{"policy": DOCUMENT, "description": "read models", "path": "/"}],
    "iam/rolePolicyAttachment:RolePolicyAttachment": [
        {"policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"},
        {"policyArn": "arn:aws-cn:iam::123456789012:policy/x"},
    ],
    "lambda/function:Function": [
        {
            "runtime": "python3.13",
            "handler": "app.handler",
            "code": Archive(path="./app"),
            "role": ROLE,
            "memorySize": 10240,
            "timeout": 900,
            "architectures": ["arm64"],
            "environment": {"variables": {"MODEL": "churn", "A_1": ""}},
            "tracingConfig": {"mode": "Active"},
            "reservedConcurrentExecutions": -1,
        },
        {"packageType": "Image", "imageUri": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn:1"},
        {"name": "churn_router-1", "runtime": "provided.al2023", "layers": [UNKNOWN]},
        {"runtime": "java21", "environment": {"variables": Secret({"TOKEN": "t" * 5000})}},
        {"handler": UNKNOWN, "snapStart": {"applyOn": "PublishedVersions"}, "vpcConfig": {"subnetIds": [UNKNOWN]}},
    ],
    "lambda/alias:Alias": [{"name": "live", "functionVersion": "12"}, {"functionVersion": "$LATEST"}],
    "lambda/permission:Permission": [
        {"action": "lambda:InvokeFunction", "principal": "apigateway.amazonaws.com", "qualifier": "live"},
        {"principal": "123456789012", "sourceAccount": "123456789012"},
    ],
    "apigateway/restApi:RestApi": [
        {"name": "churn api", "endpointConfiguration": {"types": "REGIONAL"}, "policy": DOCUMENT},
        {"body": "{}", "binaryMediaTypes": ["*/*"], "minimumCompressionSize": "1024"},
    ],
    "apigateway/resource:Resource": [{"pathPart": "{proxy+}"}, {"pathPart": "inference"}],
    "apigateway/method:Method": [{"httpMethod": "POST", "authorization": "AWS_IAM", "apiKeyRequired": True}],
    "apigateway/integration:Integration": [
        {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": UNKNOWN, "timeoutMilliseconds": 29000},
        {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}},
    ],
    "apigateway/stage:Stage": [{"stageName": "prod", "variables": {"alias": "live"}, "xrayTracingEnabled": True}],
    "apigateway/deployment:Deployment": [{"triggers": {"redeployment": "abc"}}],
    "apigateway/methodSettings:MethodSettings": [
        {
            "methodPath": "*/*",
            "settings": {"loggingLevel": "INFO", "throttlingRateLimit": 100.5, "metricsEnabled": True},
        }
    ],
    "wafv2/webAcl:WebAcl": [
        {
            "scope": "REGIONAL",
            "defaultAction": {"allow": {}},
            "rules": [
                {
                    "name": "AWS-AWSManagedRulesCommonRuleSet",
                    "priority": 0,
                    "overrideAction": {"none": {}},
                    "statement": {
                        "managedRuleGroupStatement": {"name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS"}
                    },
                    "visibilityConfig": {
                        "metricName": "common",
                        "cloudwatchMetricsEnabled": True,
                        "sampledRequestsEnabled": True,
                    },
                }
            ],
        },
        {"rules": [{"name": "rate", "statement": {"rateBasedStatement": {"limit": 2000, "aggregateKeyType": "IP"}}}]},
    ],
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": [
        {"logDestinationConfigs": ["arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-churn"]},
        {"logDestinationConfigs": [UNKNOWN]},
    ],
    "route53/record:Record": [
        {
            "name": "churn.example.com",
            "type": "A",
            "aliases": [{"name": "x", "zoneId": "Z1", "evaluateTargetHealth": True}],
        },
        {"type": "CNAME", "ttl": 60, "records": ["x.example.com"]},
        {"type": "TXT", "ttl": 300, "records": ['"v=spf1 -all"'], "setIdentifier": "eu"},
        {"latencyRoutingPolicies": [{"region": "eu-central-1"}], "weightedRoutingPolicies": [{"weight": 0}]},
    ],
    "route53/zone:Zone": [{"name": "example.com"}, {"name": "example.com.", "vpcs": [{"vpcId": "vpc-1"}]}],
    "route53/healthCheck:HealthCheck": [
        {"type": "HTTPS", "fqdn": "x.example.com", "port": 443, "requestInterval": 10, "failureThreshold": 3},
        {"type": "CALCULATED", "childHealthThreshold": 1, "childHealthchecks": [UNKNOWN]},
        {"type": "CLOUDWATCH_METRIC", "insufficientDataHealthStatus": "LastKnownStatus"},
    ],
    "sns/topic:Topic": [{"name": "alarms_prod-1"}, {"name": "orders.fifo", "fifoTopic": True}],
    "sns/topicSubscription:TopicSubscription": [{"protocol": "email", "endpoint": "on-call@example.com"}],
    "sqs/queue:Queue": [
        {"name": "jobs.fifo", "fifoQueue": True, "contentBasedDeduplication": True},
        {"visibilityTimeoutSeconds": 0, "messageRetentionSeconds": 1209600, "redrivePolicy": DOCUMENT},
    ],
    "ecr/repository:Repository": [
        {"name": "ml/churn-model", "imageTagMutability": "IMMUTABLE"},
        {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"},
        {"encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}], "forceDelete": True},
    ],
    "ecr/lifecyclePolicy:LifecyclePolicy": [{"policy": DOCUMENT}, {"policy": {"rules": []}}],
    "acm/certificate:Certificate": [
        {"domainName": "*.example.com", "subjectAlternativeNames": ["example.com"], "validationMethod": "DNS"}
    ],
    "dynamodb/table:Table": [
        {"name": "requests.v1", "billingMode": "PAY_PER_REQUEST", "attributes": [{"name": "id", "type": "S"}]},
        {"hashKey": "id", "ttl": {"attributeName": "expires", "enabled": True}, "streamViewType": "NEW_IMAGE"},
    ],
    "rds/instance:Instance": [
        {"engine": "postgres", "engineVersion": "16", "instanceClass": "db.t4g.micro", "allocatedStorage": 20},
        {"password": Secret("p"), "monitoringInterval": 60, "backupRetentionPeriod": 0},
    ],
    "elasticache/replicationGroup:ReplicationGroup": [{"nodeType": "cache.t4g.micro", "description": "features"}],
    "secretsmanager/secret:Secret": [{"name": "prod/churn/api-key", "recoveryWindowInDays": 0}],
    "ssm/parameter:Parameter": [{"name": "/churn/prod/endpoint", "type": "SecureString", "value": Secret("x")}],
    # a value that CloudFormation's list lacks and the API has
    "devopsguru/resourceCollection:ResourceCollection": [{"type": "AWS_SERVICE"}],
    "securityhub/aggregatorV2:AggregatorV2": [{"regionLinkingMode": "ALL_REGIONS"}],
}

ML = "machinelearningservices"
AZURE: dict[str, list[dict[str, Any]]] = {
    f"{ML}:Workspace": [{"workspaceName": "mlw_churn-prod", "sku": {"name": "Basic"}}, {"workspaceName": UNKNOWN}],
    f"{ML}:OnlineEndpoint": [
        {"endpointName": "Churn-prod-1", "properties": {"authMode": "AADToken", "traffic": {"blue": 90, "green": 10}}}
    ],
    f"{ML}:OnlineDeployment": [
        {"deploymentName": "blue", "sku": {"name": "Default", "capacity": 3}},
        {"properties": {"instanceType": "Standard_DS3_v2", "requestSettings": {"requestTimeout": "PT1M30S"}}},
        {"properties": {"livenessProbe": {"period": "PT10S", "failureThreshold": 30, "initialDelay": "PT0S"}}},
    ],
    f"{ML}:Compute": [
        {
            "computeName": "cpu-cluster",
            "properties": {
                "computeType": "AmlCompute",
                "properties": {
                    "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT120S"}
                },
            },
        }
    ],
    f"{ML}/v20240401:OnlineEndpoint": [{"endpointName": "churn"}],
    "storage:StorageAccount": [{"accountName": "churnmodels01", "tags": {"hidden-link:x": "y"}}],
    "storage:BlobContainer": [{"accountName": "abc", "containerName": "$web"}, {"containerName": "models-v1"}],
    "keyvault:Vault": [
        {
            "vaultName": "kv-churn-1",
            "properties": {"tenantId": "00000000-0000-0000-0000-000000000000", "softDeleteRetentionInDays": 90},
        }
    ],
    "containerregistry:Registry": [{"registryName": "ChurnRegistry1", "zoneRedundancy": "Enabled"}],
    "authorization:RoleAssignment": [
        {
            "roleDefinitionId": "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/"
            "7f951dda-4ed3-4680-a7ca-43fe172d538d"
        },
        {"roleDefinitionId": UNKNOWN, "principalId": UNKNOWN, "scope": "/subscriptions/s"},
    ],
    "monitor:AutoscaleSetting": [
        {
            "profiles": [
                {
                    "capacity": {"minimum": "2", "maximum": "10", "default": "2"},
                    "rules": [
                        {
                            "metricTrigger": {"timeGrain": "PT1M", "timeWindow": "PT5M", "threshold": 70.5},
                            "scaleAction": {"cooldown": "PT5M", "value": "1"},
                        }
                    ],
                }
            ]
        }
    ],
    "monitor:MetricAlert": [{"severity": 0, "windowSize": "PT5M", "evaluationFrequency": "PT1M", "enabled": True}],
    "monitor:ActionGroup": [{"groupShortName": "oncall"}],
    "operationalinsights:Workspace": [{"workspaceName": "log-churn", "retentionInDays": 30}],
    "managedidentity:UserAssignedIdentity": [{"resourceName": "id-churn_prod"}],
    "resources:ResourceGroup": [{"resourceGroupName": "rg-(churn).prod_1"}],
    "network:VirtualNetwork": [{"virtualNetworkName": "vnet-churn"}],
}
