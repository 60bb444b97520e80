"""Inputs that AWS accepts of what surrounds it: storage, keys, networks, roles, names, messages and alarms."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.values import UNKNOWN, Asset, Secret

DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

AWS_AROUND: dict[str, list[dict[str, Any]]] = {
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
