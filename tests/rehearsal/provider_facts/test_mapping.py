"""That the tables speak of types and properties which exist, and know every type this project deploys."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest
from pulumi._types import input_type_py_to_pulumi_names

from rehearsal.provider_facts import cfn_type, registry, type_facts

# an SDK module defines its deprecated aliases with a warning each
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
# Every AWS type that backends for inference are made of (SageMaker, ECS, API Gateway and Lambda, and what is around).
DEPLOYED = """
acm/certificate:Certificate acm/certificateValidation:CertificateValidation apigateway/account:Account
apigateway/apiKey:ApiKey apigateway/authorizer:Authorizer apigateway/basePathMapping:BasePathMapping
apigateway/deployment:Deployment apigateway/domainName:DomainName apigateway/integration:Integration
apigateway/integrationResponse:IntegrationResponse apigateway/method:Method apigateway/methodResponse:MethodResponse
apigateway/methodSettings:MethodSettings apigateway/model:Model apigateway/requestValidator:RequestValidator
apigateway/resource:Resource apigateway/restApi:RestApi apigateway/restApiPolicy:RestApiPolicy apigateway/stage:Stage
apigateway/usagePlan:UsagePlan apigateway/usagePlanKey:UsagePlanKey appautoscaling/policy:Policy
appautoscaling/scheduledAction:ScheduledAction appautoscaling/target:Target budgets/budget:Budget
cloudwatch/compositeAlarm:CompositeAlarm cloudwatch/dashboard:Dashboard cloudwatch/eventRule:EventRule
cloudwatch/eventTarget:EventTarget cloudwatch/logGroup:LogGroup cloudwatch/metricAlarm:MetricAlarm
codedeploy/application:Application codedeploy/deploymentGroup:DeploymentGroup dynamodb/table:Table ec2/eip:Eip
ec2/flowLog:FlowLog ec2/internetGateway:InternetGateway ec2/natGateway:NatGateway ec2/route:Route
ec2/routeTable:RouteTable ec2/routeTableAssociation:RouteTableAssociation ec2/securityGroup:SecurityGroup
ec2/securityGroupRule:SecurityGroupRule ec2/subnet:Subnet ec2/vpc:Vpc ec2/vpcEndpoint:VpcEndpoint
ecr/lifecyclePolicy:LifecyclePolicy ecr/replicationConfiguration:ReplicationConfiguration ecr/repository:Repository
ecs/cluster:Cluster ecs/clusterCapacityProviders:ClusterCapacityProviders ecs/service:Service
ecs/taskDefinition:TaskDefinition elasticache/cluster:Cluster elasticache/replicationGroup:ReplicationGroup
globalaccelerator/accelerator:Accelerator globalaccelerator/endpointGroup:EndpointGroup
globalaccelerator/listener:Listener iam/policy:Policy iam/role:Role iam/rolePoliciesExclusive:RolePoliciesExclusive
iam/rolePolicy:RolePolicy iam/rolePolicyAttachment:RolePolicyAttachment
iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive kms/alias:Alias kms/key:Key
kms/replicaKey:ReplicaKey lambda/alias:Alias lambda/function:Function lambda/permission:Permission
lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig lb/listener:Listener lb/listenerRule:ListenerRule
lb/loadBalancer:LoadBalancer lb/targetGroup:TargetGroup lb/targetGroupAttachment:TargetGroupAttachment
rds/instance:Instance route53/healthCheck:HealthCheck route53/record:Record route53/zone:Zone s3/bucket:Bucket
s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration s3/bucketLogging:BucketLogging
s3/bucketPolicy:BucketPolicy s3/bucketPublicAccessBlock:BucketPublicAccessBlock
s3/bucketReplicationConfig:BucketReplicationConfig
s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration
s3/bucketVersioning:BucketVersioning sagemaker/dataQualityJobDefinition:DataQualityJobDefinition
sagemaker/endpoint:Endpoint sagemaker/endpointConfiguration:EndpointConfiguration sagemaker/model:Model
sagemaker/monitoringSchedule:MonitoringSchedule sns/topic:Topic sns/topicSubscription:TopicSubscription
sqs/queue:Queue vpc/securityGroupEgressRule:SecurityGroupEgressRule
vpc/securityGroupIngressRule:SecurityGroupIngressRule wafv2/webAcl:WebAcl wafv2/webAclAssociation:WebAclAssociation
wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration
"""


@pytest.mark.parametrize("name", DEPLOYED.split())
def test_a_deployed_type_is_mapped_or_said_not_to_be(name: str) -> None:
    token = f"aws:{name}"
    facts = type_facts.of(token)
    assert bool(cfn_type(token)) != bool(facts.unmapped)
    if facts.unmapped:
        assert facts.force_new is not None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sagemaker/endpointConfiguration:EndpointConfiguration", "AWS::SageMaker::EndpointConfig"),
        ("lb/loadBalancer:LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
        ("alb/listener:Listener", "AWS::ElasticLoadBalancingV2::Listener"),
        ("cloudwatch/logGroup:LogGroup", "AWS::Logs::LogGroup"),
        ("cloudwatch/metricAlarm:MetricAlarm", "AWS::CloudWatch::Alarm"),
        ("ec2/eip:Eip", "AWS::EC2::EIP"),
        ("iam/policy:Policy", "AWS::IAM::ManagedPolicy"),
        ("wafv2/webAcl:WebAcl", "AWS::WAFv2::WebACL"),
        ("ebs/volume:Volume", "AWS::EC2::Volume"),
        ("s3/bucketVersioning:BucketVersioning", None),
        ("nowhere/thing:Thing", None),
    ],
)
def test_pulumi_types_have_their_cloudformation_types(name: str, expected: str | None) -> None:
    assert cfn_type(f"aws:{name}") == expected


def test_only_aws_has_cloudformation_types() -> None:
    assert cfn_type("azure-native:storage:StorageAccount") is None


@pytest.mark.parametrize("token", sorted(type_facts.tokens("aws") | type_facts.tokens("azure-native")))
def test_a_table_speaks_of_what_the_sdk_has(token: str) -> None:
    facts = type_facts.of(token)
    listed = {path[0] for path in (*(facts.force_new or ()), *facts.replaces, *facts.updates, *facts.values)}
    of_every_type = {"tags", "resourceGroupName"}
    assert listed - of_every_type <= inputs_of(token)
    assert facts.cfn is None or facts.cfn in registry.file_names()


@pytest.mark.parametrize("token", sorted(type_facts.tokens("aws")))
def test_a_renamed_property_exists_on_both_sides(token: str) -> None:
    names = type_facts.of(token).names
    assert set(names) <= inputs_of(token)
    assert set(names.values()) <= set(registry.schema(cfn_type(token) or "").get("properties", {})) if names else True


@pytest.mark.parametrize("token", sorted(type_facts.tokens("aws")))
def test_every_offered_list_is_there(token: str) -> None:
    facts = type_facts.of(token)
    for path, rule in facts.values.items():
        if "offered" in rule:
            assert len((facts.rule(path) or {})["enum"]) > 50


def test_asking_does_not_import_cfn_lint() -> None:
    program = (
        "import sys; from rehearsal.provider_facts import check, replaces;"
        "replaces('aws:kinesis/stream:Stream', 'name'); check('aws:kms/key:Key', {'deletionWindowInDays': 3});"
        "sys.exit('cfnlint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def inputs_of(token: str) -> set[str]:
    """The names of a resource's inputs as its SDK declares them, in the engine's spelling."""
    package, module, name = token.split(":")
    module = module.split("/")[0]
    sdk = importlib.import_module(f"pulumi_{package.replace('-', '_')}.{'lambda_' if module == 'lambda' else module}")
    # where a nested type has the resource's name, the resource's arguments are called InitArgs
    arguments = getattr(sdk, f"{name}InitArgs", None) or getattr(sdk, f"{name}Args")
    return set(input_type_py_to_pulumi_names(arguments).values())
