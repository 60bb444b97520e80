"""What AWS computes about a resource: whole enough that a program which reaches into it finds what it reads."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.aws.aws_cloud import Aws
from rehearsal.aws.default_vpc import identifier
from rehearsal.cloud import PlannedResource
from rehearsal.provider import resource_outputs
from rehearsal.sdk.package import Sdk

SDK, CLOUD = Sdk("aws"), Aws()


def made(kind: str, **inputs: Any) -> dict[str, Any]:
    """The outputs of an existing resource."""
    planned = PlannedResource(SDK.resource(f"aws:{kind}"), "urn:x", "x", inputs, "us-east-1").with_seed(0)
    return resource_outputs.apply(CLOUD, planned, CLOUD.identity(planned))


def test_a_graphql_api_has_its_addresses() -> None:
    assert made("appsync/graphQLApi:GraphQLApi", name="a")["uris"]["GRAPHQL"].endswith("amazonaws.com/graphql")


@pytest.mark.parametrize(
    ("kind", "output"),
    [
        ("bedrock/guardrail:Guardrail", "guardrailArn"),
        ("bedrock/agentAgent:AgentAgent", "agentArn"),
        ("rds/snapshot:Snapshot", "dbSnapshotArn"),
        ("dms/endpoint:Endpoint", "endpointArn"),
    ],
)
def test_an_arn_called_by_the_type_is_the_resource_s_own(kind: str, output: str) -> None:
    module, name = kind.partition("/")[0], kind.rpartition(":")[2]
    arn = made(kind)[output]
    assert arn.startswith(f"arn:aws:{module}:us-east-1:123456789012:")
    assert name.lower().removeprefix("agent") in arn


def test_a_feature_that_is_not_used_has_no_arn() -> None:
    assert made("ec2/instance:Instance")["outpostArn"] == ""
    assert made("lambda/function:Function", role="r")["signingJobArn"] == ""


@pytest.mark.parametrize(
    ("region", "domain"), [("us-east-1", "ec2.internal"), ("eu-west-1", "eu-west-1.compute.internal")]
)
def test_an_instance_s_private_name_tells_its_region(region: str, domain: str) -> None:
    instance = made("ec2/instance:Instance", region=region)
    assert instance["privateDns"] == f"ip-{instance['privateIp'].replace('.', '-')}.{domain}"


def test_a_certificate_has_a_record_for_each_of_its_names() -> None:
    names = ["*.example.com", "api.example.com"]
    made_of = made("acm/certificate:Certificate", domainName="example.com", subjectAlternativeNames=names)
    options = made_of["domainValidationOptions"]
    assert [option["domainName"] for option in options] == ["example.com", *names]
    assert options[0]["resourceRecordName"] == options[1]["resourceRecordName"] != options[2]["resourceRecordName"]


def test_what_is_given_inside_is_completed_and_kept() -> None:
    disks = [{"deviceName": "/dev/sdf", "volumeSize": 8}, {"deviceName": "/dev/sdg", "volumeId": "vol-mine"}]
    instance = made("ec2/instance:Instance", rootBlockDevice={"volumeSize": 20}, ebsBlockDevices=disks)
    assert instance["rootBlockDevice"]["volumeId"].startswith("vol-")
    assert instance["rootBlockDevice"]["volumeSize"] == 20
    assert [disk["deviceName"] for disk in instance["ebsBlockDevices"]] == ["/dev/sdf", "/dev/sdg"]
    assert instance["ebsBlockDevices"][1]["volumeId"] == "vol-mine" != instance["ebsBlockDevices"][0]["volumeId"]


@pytest.mark.parametrize(
    ("token", "prefix"), [("vpc:Vpc", "vpc"), ("securityGroup:SecurityGroup", "sg"), ("routeTable:RouteTable", "rtb")]
)
def test_the_default_network_exists_though_nobody_made_it(token: str, prefix: str) -> None:
    kind, own = SDK.resource(f"aws:ec2/{token}"), identifier(prefix, "us-east-1")
    found = CLOUD.default_resource(kind, "us-east-1", own)
    assert found
    assert found.outputs["region"] == "us-east-1"
    assert CLOUD.default_resource(kind, "eu-west-1", own) is None
    assert CLOUD.default_resource(kind, "us-east-1", f"{prefix}-0123456789abcdef0") is None


def test_a_managed_password_is_in_a_secret() -> None:
    managed = made("rds/instance:Instance", identifier="db", engine="postgres", manageMasterUserPassword=True)
    assert managed["masterUserSecrets"][0]["secretArn"].startswith("arn:aws:secretsmanager:us-east-1:123456789012:")
    assert made("rds/instance:Instance", identifier="db", engine="postgres")["masterUserSecrets"] == []


def test_a_firewall_has_an_endpoint_in_each_of_its_subnets() -> None:
    mappings = [{"subnetId": "subnet-1"}, {"subnetId": "subnet-2"}]
    states = made("networkfirewall/firewall:Firewall", name="f", subnetMappings=mappings)["firewallStatuses"][0]
    found = [
        (sync_state["availabilityZone"], sync_state["attachments"][0]["subnetId"])
        for sync_state in states["syncStates"]
    ]
    assert found == [("us-east-1a", "subnet-1"), ("us-east-1b", "subnet-2")]
    assert len({sync_state["attachments"][0]["endpointId"] for sync_state in states["syncStates"]}) == 2


@pytest.mark.parametrize(
    ("kind", "inputs", "path"),
    [
        ("ses/domainDkim:DomainDkim", {"domain": "example.com"}, ["dkimTokens", 2]),
        ("mq/broker:Broker", {"engineType": "RabbitMQ"}, ["instances", 0, "endpoints", 0]),
        ("globalaccelerator/accelerator:Accelerator", {}, ["ipSets", 0, "ipAddresses", 1]),
        ("directoryservice/directory:Directory", {"name": "corp.example.com"}, ["dnsIpAddresses", 1]),
        ("memorydb/cluster:Cluster", {"name": "m"}, ["clusterEndpoints", 0, "address"]),
    ],
)
def test_lists_that_programs_index_are_not_empty(kind: str, inputs: dict[str, Any], path: list[Any]) -> None:
    found: Any = made(kind, **inputs)
    for step in path:
        found = found[step]
    assert isinstance(found, str)
    assert found


@pytest.mark.parametrize(
    ("kind", "inputs", "arn"),
    [
        ("backup/vault:Vault", {"name": "v"}, "backup:us-east-1:123456789012:backup-vault:v"),
        ("cloudfront/function:Function", {"name": "f"}, "cloudfront::123456789012:function/f"),
        ("codepipeline/pipeline:Pipeline", {"name": "p"}, "codepipeline:us-east-1:123456789012:p"),
        (
            "iam/openIdConnectProvider:OpenIdConnectProvider",
            {"url": "https://token.actions.githubusercontent.com"},
            "iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        ),
        ("rds/subnetGroup:SubnetGroup", {"name": "g"}, "rds:us-east-1:123456789012:subgrp:g"),
        ("sfn/activity:Activity", {"name": "a"}, "states:us-east-1:123456789012:activity:a"),
    ],
)
def test_arns_have_their_services_format(kind: str, inputs: dict[str, Any], arn: str) -> None:
    assert made(kind, **inputs)["arn"] == f"arn:aws:{arn}"


def test_an_alias_is_called_through_its_own_address() -> None:
    alias = made("lambda/alias:Alias", functionName="f", name="live", functionVersion="1")
    arn = "arn:aws:lambda:us-east-1:123456789012:function:f:live"
    assert alias["arn"] == arn
    assert alias["invokeArn"] == f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"


def test_a_subscription_is_named_below_its_topic() -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:news"
    subscription = made(
        "sns/topicSubscription:TopicSubscription", topic=topic, protocol="email", endpoint="a@example.com"
    )
    assert subscription["arn"].startswith(f"{topic}:")


def test_a_firewall_rule_group_is_global_for_cloudfront_alone() -> None:
    for scope, place in (("CLOUDFRONT", "global"), ("REGIONAL", "regional")):
        found = made("wafv2/ruleGroup:RuleGroup", name="r", scope=scope)["arn"]
        assert found.startswith(f"arn:aws:wafv2:us-east-1:123456789012:{place}/rulegroup/r/")


def test_an_access_point_names_its_file_system() -> None:
    arn = made("efs/accessPoint:AccessPoint", fileSystemId="fs-1")["fileSystemArn"]
    assert arn == "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1"


@pytest.mark.parametrize("module", ["docdb", "neptune", "rds"])
def test_database_clusters_and_their_instances_are_named_alike_everywhere(module: str) -> None:
    cluster = made(f"{module}/cluster:Cluster", clusterIdentifier="c")
    assert (cluster["arn"], cluster["endpoint"].partition(".")[0]) == (
        "arn:aws:rds:us-east-1:123456789012:cluster:c",
        "c",
    )
    instance = made(f"{module}/clusterInstance:ClusterInstance", clusterIdentifier="c")
    assert instance["arn"].rpartition(":")[2].startswith("tf-")
    assert instance["identifier"] == instance["arn"].rpartition(":")[2]
