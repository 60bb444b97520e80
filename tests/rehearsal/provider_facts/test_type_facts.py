"""The facts of types: every table agrees with the SDKs, and every type that this project deploys is known."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rehearsal.aws.names import naming
from rehearsal.aws.template_words import AwsWords
from rehearsal.azure.template_words import AzureWords
from rehearsal.provider_facts import cfn_type, registry, type_facts
from rehearsal.provider_facts.type_facts import TypeFacts
from rehearsal.sdk.package import ResourceType, Sdk
from tests.rehearsal.provider_facts import tokens

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


WORD = re.compile(r"\{([\w:|]+)\}")
DIGITS = re.compile(r"(hex|HEX|dec)\d+(:\w+)?|uuid:\w+")


@pytest.mark.parametrize(
    ("package", "words"), [("aws", AwsWords.facts), ("azure-native", AzureWords.facts)], ids=["aws", "azure"]
)
def test_every_table_agrees_with_the_sdk(package: str, words: Mapping[str, Any]) -> None:
    """Types, properties, words of the templates, naming, CloudFormation's types and names, lists of instance types."""
    sdk = Sdk(package)
    problems = {
        token: found
        for token in sorted(tokens(package))
        if (found := disagreements(type_facts.of(token), sdk.resource(token), words))
    }
    assert problems == {}


def list_properties(facts: TypeFacts) -> set[str]:
    return {path[0] for path in (*(facts.force_new or ()), *facts.replaces, *facts.updates, *facts.values)}


def disagreements(facts: TypeFacts, kind: ResourceType, words: Mapping[str, Any]) -> list[str]:
    inputs, outputs = set(kind.inputs), set(kind.outputs)
    listed = list_properties(facts) - list_properties(type_facts.of(f"{kind.token.split(':')[0]}:none/none:None"))
    used = set(WORD.findall(json.dumps([facts.id, facts.arn, facts.outputs, facts.nested])))
    unknown = {
        "input": (listed | facts.uncounted | {*facts.cfn_names}) - inputs - {"tagsAll"},
        "output": {*facts.outputs, *facts.nested, *facts.counters, *facts.always} - outputs,
        "word": {word for word in used if not DIGITS.fullmatch(word)} - {*words} - inputs,
        "CloudFormation type": {facts.cfn} - {None, *registry.file_names()},
        "CloudFormation property": set(facts.cfn_names.values()) - cfn_properties(kind.token),
    }
    problems = [f"unknown {what} {name!r}" for what, names in unknown.items() for name in sorted(names, key=str)]
    if isinstance(facts.name, Mapping) and naming(kind).input not in inputs:  # pyright: ignore[reportOptionalMemberAccess]
        problems.append(f"the name's input {facts.name}")
    offered = [path for path, rule in facts.values.items() if rule.keys() & {"offered", "api"}]
    return problems + [f"few offers for {path}" for path in offered if len((facts.rule(path) or {})["enum"]) <= 50]


def test_every_function_of_the_files_agrees_with_the_sdk() -> None:
    """Its results and arguments, the words of its templates, the type that it looks up."""
    sdk, problems = Sdk("aws"), {}
    for file in sorted(type_facts._FOLDERS["aws"].glob("[a-z]*.toml")):
        service = type_facts._service("aws", file.stem)
        if "same_as" in file.read_text(encoding="utf-8").partition("\n[")[0]:
            continue
        for name in {*service.lookups, *service.answers}:
            kind, lookup = sdk.function(f"aws:{file.stem}/{name}:{name}"), service.lookups.get(name, {})
            templates = {**lookup.get("external", {}), **service.answers.get(name, {})}
            words = {word for words in WORD.findall(json.dumps(templates)) for word in words.split("|")}
            unknown = {
                "results": templates.keys() - kind.outputs.keys() - {"id"},
                "arguments": lookup.get("arguments", {}).keys() - kind.inputs.keys() - kind.outputs.keys(),
                "words": {w for w in words if not DIGITS.fullmatch(w)} - AwsWords.facts.keys() - kind.inputs.keys(),
                "types": {
                    lookup[key] for key in ("type", "lists") if key in lookup and not sdk.find_resource(lookup[key])
                },
            }
            if any(unknown.values()):
                problems[f"{file.stem}.{name}"] = unknown
    assert problems == {}


def cfn_properties(token: str) -> set[str]:
    found = cfn_type(token)
    return set(registry.schema(found).get("properties", {})) if found else set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[Thing]\narm = 'a'\n", "found 'arm', expected one of always, arn"),
        ("[Thing]\nvalues.size = 'naturl'\n", "[Thing] values: found 'naturl', expected one of natural"),
        ("[Thing]\nsame_as = 'Ting'\n", "[Thing] same_as: found 'Ting'"),
        ("[A]\n[B]\nsame_as = 'A'\nrelations = []\n", "[B] beside same_as: found 'relations', expected one of values"),
        ("[service]\nregion = 'x'\n", "[service]: found 'region'"),
        ("[Thing\n", "svc.toml: "),
    ],
)
def test_a_mistake_in_a_file_is_named(text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_common.toml").write_text("[rules]\nnatural = { minimum = 0 }\n[every_type]\n", encoding="utf-8")
    (tmp_path / "svc.toml").write_text(text, encoding="utf-8")
    monkeypatch.setitem(type_facts._FOLDERS, "mine", tmp_path)
    with pytest.raises(ValueError, match=re.escape(message)):
        type_facts.of("mine:svc/thing:Thing")


def test_a_type_with_the_facts_of_another_may_have_more_values() -> None:
    first, second = (
        type_facts.of(f"aws:s3/{name}") for name in ("bucketObject:BucketObject", "bucketObjectv2:BucketObjectv2")
    )

    assert set(second.values) - set(first.values) == {("checksumAlgorithm",)}
    assert second.relations == first.relations != ()


def test_asking_does_not_import_cfn_lint() -> None:
    program = (
        "import sys; from rehearsal.provider_facts import check, replaces;"
        "replaces('aws:kinesis/stream:Stream', 'name'); check('aws:kms/key:Key', {'deletionWindowInDays': 3});"
        "sys.exit('cfnlint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_service_read_twice_says_the_same() -> None:
    # Two threads may both read a service before the first one's answer is kept.
    first, second = (type_facts._service.__wrapped__("aws", "lambda") for _ in range(2))

    assert first == second
    assert first.types
