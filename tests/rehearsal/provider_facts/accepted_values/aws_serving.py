"""Inputs that AWS accepts of what serves: endpoints, scaling, containers, load balancers, functions and REST APIs."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.values import UNKNOWN, Archive, Secret

DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
ROLE = "arn:aws:iam::123456789012:role/serving"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
VARIANT = {"modelName": "churn-1a2b3c4", "variantName": "AllTraffic"}

AWS_SERVING: dict[str, list[dict[str, Any]]] = {
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
}
