"""Changes and what the real clouds do with them: type → (paths that replace, paths updated in place)."""

from __future__ import annotations

AWS: dict[str, tuple[str, str]] = {
    "sagemaker/model:Model": (
        (
            "name executionRoleArn primaryContainer.image primaryContainer.environment.LOG_LEVEL vpcConfig.subnets[0] "
            "enableNetworkIsolation containers[1].image region"
        ),
        'tags.owner tags["cost-center"]',
    ),
    "sagemaker/endpointConfiguration:EndpointConfiguration": (
        (
            "name namePrefix kmsKeyArn productionVariants[0].instanceType productionVariants[0].initialInstanceCount "
            "dataCaptureConfig.initialSamplingPercentage asyncInferenceConfig.outputConfig.s3OutputPath "
            "shadowProductionVariants[0].modelName"
        ),
        "tags.env",
    ),
    "sagemaker/endpoint:Endpoint": (
        "name region deploymentConfig.autoRollbackConfiguration.alarms[0].alarmName",
        (
            "endpointConfigName deploymentConfig.blueGreenUpdatePolicy.terminationWaitInSeconds "
            "deploymentConfig.rollingUpdatePolicy.waitIntervalInSeconds tags.env"
        ),
    ),
    "appautoscaling/target:Target": (
        "resourceId scalableDimension serviceNamespace",
        "minCapacity maxCapacity roleArn",
    ),
    "appautoscaling/policy:Policy": (
        "name resourceId serviceNamespace",
        (
            "policyType targetTrackingScalingPolicyConfiguration.targetValue "
            "targetTrackingScalingPolicyConfiguration.scaleInCooldown"
        ),
    ),
    "appautoscaling/scheduledAction:ScheduledAction": (
        "name resourceId",
        "schedule timezone scalableTargetAction.minCapacity",
    ),
    "ecs/cluster:Cluster": ("name", "settings[0].value configuration.executeCommandConfiguration.logging"),
    "ecs/service:Service": (
        "name cluster launchType schedulingStrategy deploymentController.type",
        (
            "desiredCount taskDefinition networkConfiguration.subnets[0] loadBalancers[0].containerPort "
            "deploymentCircuitBreaker.rollback enableExecuteCommand healthCheckGracePeriodSeconds"
        ),
    ),
    "ecs/taskDefinition:TaskDefinition": (
        "family containerDefinitions cpu memory executionRoleArn runtimePlatform.cpuArchitecture volumes[0].name",
        "tags.env skipDestroy trackLatest",
    ),
    "ecs/clusterCapacityProviders:ClusterCapacityProviders": (
        "clusterName",
        "capacityProviders[0] defaultCapacityProviderStrategies[0].weight",
    ),
    "lb/loadBalancer:LoadBalancer": (
        "name internal loadBalancerType",
        "subnets[0] securityGroups[0] idleTimeout enableDeletionProtection accessLogs.bucket dropInvalidHeaderFields",
    ),
    "lb/targetGroup:TargetGroup": (
        "name port protocol protocolVersion targetType vpcId",
        "healthCheck.path healthCheck.interval deregistrationDelay stickiness.enabled slowStart",
    ),
    "lb/listener:Listener": ("loadBalancerArn", "port protocol certificateArn sslPolicy defaultActions[0].type"),
    "lb/listenerRule:ListenerRule": ("listenerArn", "priority actions[0].type conditions[0].pathPattern.values[0]"),
    "lb/targetGroupAttachment:TargetGroupAttachment": ("targetGroupArn targetId port", ""),
    "ec2/vpc:Vpc": ("cidrBlock ipv4IpamPoolId", "enableDnsHostnames enableDnsSupport tags.Name"),
    "ec2/subnet:Subnet": ("vpcId cidrBlock availabilityZone", "mapPublicIpOnLaunch tags.Name"),
    "ec2/securityGroup:SecurityGroup": ("name description vpcId", "ingress[0].fromPort egress[0].cidrBlocks[0]"),
    "ec2/securityGroupRule:SecurityGroupRule": ("fromPort cidrBlocks[0] protocol type", "description"),
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("securityGroupId", "cidrIpv4 fromPort description"),
    "ec2/routeTable:RouteTable": ("vpcId", "routes[0].gatewayId"),
    "ec2/route:Route": ("routeTableId destinationCidrBlock", "gatewayId natGatewayId"),
    "ec2/routeTableAssociation:RouteTableAssociation": ("subnetId", "routeTableId"),
    "ec2/natGateway:NatGateway": ("subnetId allocationId connectivityType", "secondaryAllocationIds[0] tags.Name"),
    "ec2/internetGateway:InternetGateway": ("", "vpcId"),
    "ec2/vpcEndpoint:VpcEndpoint": (
        "vpcId serviceName vpcEndpointType",
        "policy subnetIds[0] securityGroupIds[0] privateDnsEnabled routeTableIds[0]",
    ),
    "ec2/eip:Eip": ("domain publicIpv4Pool", "instance networkInterface"),
    "ec2/flowLog:FlowLog": ("vpcId trafficType logDestination maxAggregationInterval iamRoleArn", "tags.env"),
    "ec2/instance:Instance": ("ami availabilityZone keyName subnetId", "instanceType userData iamInstanceProfile"),
    "iam/role:Role": ("name path", "assumeRolePolicy description maxSessionDuration permissionsBoundary"),
    "iam/rolePolicy:RolePolicy": ("name role", "policy"),
    "iam/policy:Policy": ("name path description", "policy"),
    "iam/rolePolicyAttachment:RolePolicyAttachment": ("role policyArn", ""),
    "iam/instanceProfile:InstanceProfile": ("name path", "role"),
    "iam/user:User": ("", "name path"),
    "iam/openIdConnectProvider:OpenIdConnectProvider": ("url", "clientIdLists[0] thumbprintLists[0]"),
    "kms/key:Key": (
        "keyUsage customerMasterKeySpec multiRegion",
        "policy description enableKeyRotation deletionWindowInDays isEnabled",
    ),
    "kms/alias:Alias": ("name namePrefix", "targetKeyId"),
    "s3/bucket:Bucket": ("bucket bucketPrefix objectLockEnabled", "forceDestroy tags.env"),
    "s3/bucketVersioning:BucketVersioning": ("bucket", "versioningConfiguration.status"),
    "s3/bucketPolicy:BucketPolicy": ("bucket", "policy"),
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ("bucket", "blockPublicAcls restrictPublicBuckets"),
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "bucket",
        "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
    ),
    "cloudwatch/logGroup:LogGroup": ("name logGroupClass", "retentionInDays kmsKeyId"),
    "cloudwatch/metricAlarm:MetricAlarm": ("name", "threshold period alarmActions[0] dimensions.EndpointName"),
    "cloudwatch/dashboard:Dashboard": ("dashboardName", "dashboardBody"),
    "cloudwatch/compositeAlarm:CompositeAlarm": ("alarmName", "alarmRule alarmActions[0]"),
    "cloudwatch/eventRule:EventRule": ("name eventBusName", "scheduleExpression state eventPattern"),
    "cloudwatch/eventTarget:EventTarget": ("rule targetId", "arn input"),
    "cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": ("name logGroup destinationArn", "filterPattern"),
    "lambda/function:Function": (
        "name packageType",
        (
            "runtime memorySize timeout code imageUri role handler architectures[0] environment.variables.MODEL "
            "vpcConfig.subnetIds[0] reservedConcurrentExecutions"
        ),
    ),
    "lambda/alias:Alias": ("name functionName", "functionVersion routingConfig.additionalVersionWeights"),
    "lambda/permission:Permission": ("action function principal sourceArn qualifier", ""),
    "lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": (
        "functionName qualifier",
        "provisionedConcurrentExecutions",
    ),
    "apigateway/restApi:RestApi": ("", "name description disableExecuteApiEndpoint policy"),
    "apigateway/resource:Resource": ("restApi", "pathPart parentId"),
    "apigateway/method:Method": ("restApi resourceId httpMethod", "authorization apiKeyRequired"),
    "apigateway/integration:Integration": ("type httpMethod credentials", "uri timeoutMilliseconds requestTemplates"),
    "apigateway/deployment:Deployment": ("restApi triggers.sha", "description"),
    "apigateway/stage:Stage": ("stageName restApi", "deployment variables.x xrayTracingEnabled"),
    "apigateway/usagePlanKey:UsagePlanKey": ("keyId usagePlanId", ""),
    "apigateway/usagePlan:UsagePlan": ("", "name quotaSettings.limit throttleSettings.rateLimit"),
    "wafv2/webAcl:WebAcl": ("name scope", "rules[0].priority description defaultAction.allow"),
    "wafv2/webAclAssociation:WebAclAssociation": ("resourceArn webAclArn", ""),
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": ("logDestinationConfigs[0]", "redactedFields"),
    "route53/record:Record": ("name zoneId", "type ttl records[0] aliases[0].evaluateTargetHealth setIdentifier"),
    "route53/zone:Zone": ("name delegationSetId", "comment"),
    "route53/healthCheck:HealthCheck": ("type requestInterval measureLatency", "failureThreshold resourcePath fqdn"),
    "sns/topic:Topic": ("name fifoTopic", "displayName kmsMasterKeyId policy"),
    "sns/topicSubscription:TopicSubscription": ("endpoint protocol topic", "filterPolicy rawMessageDelivery"),
    "sqs/queue:Queue": ("name fifoQueue", "visibilityTimeoutSeconds redrivePolicy"),
    "ecr/repository:Repository": (
        "name encryptionConfigurations[0].kmsKey",
        "imageTagMutability imageScanningConfiguration.scanOnPush",
    ),
    "ecr/lifecyclePolicy:LifecyclePolicy": ("policy repository", ""),
    "acm/certificate:Certificate": ("domainName subjectAlternativeNames[0] validationMethod", "options tags.env"),
    "dynamodb/table:Table": ("name hashKey rangeKey", "billingMode readCapacity attributes[0].name ttl.enabled"),
    "rds/instance:Instance": (
        "engine username storageEncrypted dbName",
        "instanceClass allocatedStorage identifier password",
    ),
    "elasticache/replicationGroup:ReplicationGroup": (
        "replicationGroupId port subnetGroupName",
        "nodeType description",
    ),
    "secretsmanager/secret:Secret": ("name", "description kmsKeyId"),
    "ssm/parameter:Parameter": ("name", "value description"),
    # by the registry alone: no entry in the tables
    "kinesis/stream:Stream": ("name", "shardCount retentionPeriod"),
    "efs/fileSystem:FileSystem": ("encrypted kmsKeyId performanceMode", "throughputMode"),
    "sfn/stateMachine:StateMachine": ("name type", "definition"),
    "ecr/pullThroughCacheRule:PullThroughCacheRule": ("ecrRepositoryPrefix", ""),
    "kms/customKeyStore:CustomKeyStore": ("", "customKeyStoreName"),
}

AZURE: dict[str, tuple[str, str]] = {
    "machinelearningservices:Workspace": (
        "workspaceName resourceGroupName location keyVault storageAccount hbiWorkspace",
        "friendlyName description publicNetworkAccess identity.type managedNetwork.isolationMode tags.owner",
    ),
    "machinelearningservices:OnlineEndpoint": (
        "endpointName workspaceName resourceGroupName location properties.keys.primaryKey",
        "properties.traffic.blue properties.authMode properties.publicNetworkAccess identity.type kind",
    ),
    "machinelearningservices:OnlineDeployment": (
        "deploymentName endpointName properties.instanceType",
        "sku.capacity properties.model properties.environmentId properties.readinessProbe.period",
    ),
    "machinelearningservices/v20240401:OnlineDeployment": ("properties.instanceType location", "sku.capacity"),
    "machinelearningservices:Compute": (
        "computeName properties.properties.vmSize",
        "properties.properties.scaleSettings.maxNodeCount",
    ),
    "machinelearningservices:ModelVersion": ("name version", "properties.description"),
    "machinelearningservices:EnvironmentVersion": ("name version properties.image", "properties.description"),
    "authorization:RoleAssignment": ("principalId scope roleDefinitionId roleAssignmentName", "description condition"),
    "authorization:RoleDefinition": ("roleDefinitionId scope", "roleName permissions[0].actions[0]"),
    "monitor:AutoscaleSetting": (
        "autoscaleSettingName location",
        "name enabled profiles[0].capacity.minimum targetResourceUri",
    ),
    "monitor:MetricAlert": ("ruleName", "severity windowSize criteria.allOf[0].threshold"),
    "monitor:ActionGroup": ("actionGroupName", "groupShortName emailReceivers[0].emailAddress"),
    "monitor:DiagnosticSetting": ("resourceUri name", "workspaceId eventHubName logs[0].enabled"),
    "applicationinsights:Component": ("resourceName location", "retentionInDays workspaceResourceId"),
    "operationalinsights:Workspace": ("workspaceName location", "retentionInDays sku.name"),
    "storage:StorageAccount": ("accountName location isHnsEnabled", "allowSharedKeyAccess minimumTlsVersion sku.name"),
    "keyvault:Vault": ("vaultName location", "properties.enablePurgeProtection"),
    "containerregistry:Registry": ("registryName zoneRedundancy", "adminUserEnabled sku.name"),
    "managedidentity:UserAssignedIdentity": ("resourceName location", "tags.env"),
    "resources:ResourceGroup": ("resourceGroupName location", "tags.env"),
    "network:PrivateEndpoint": ("privateEndpointName subnet.id", "privateLinkServiceConnections[0].groupIds[0]"),
    "network:Subnet": ("subnetName virtualNetworkName", "name addressPrefix"),
}
