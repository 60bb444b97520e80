"""What programs ask the clouds: typed completely, the same each time, and refused by name when unknown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import automation as auto
from pulumi_azure_native import resources, storage

from rehearsal.aws.aws_cloud import Aws
from rehearsal.azure.azure_cloud import Azure
from rehearsal.cloud import Call, CloudError
from rehearsal.inventory import Entry, Inventory
from rehearsal.provider.check import check
from rehearsal.sdk.package import Sdk
from tests.rehearsal.stack import Stack

AWS, AZURE = Sdk("aws"), Sdk("azure-native")
AWS_CLOUD, AZURE_CLOUD = Aws(), Azure()


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    return Inventory(tmp_path)


def ask(inventory: Inventory, token: str, region: str = "us-east-1", /, **arguments: Any) -> dict[str, Any]:
    """The answer, after a look at its completeness: every property of the result type is there, in its type."""
    sdk, cloud = (AWS, AWS_CLOUD) if token.startswith("aws:") else (AZURE, AZURE_CLOUD)
    call = Call(sdk.function(token), arguments, region, {}, inventory, sdk.find_resource)
    given = cloud.invoke(call)
    assert not call.kind.outputs or check(given, call.kind.outputs) == []
    assert given == cloud.invoke(call)
    return given


def test_zones_are_the_regions_own(inventory: Inventory) -> None:
    token = "aws:index/getAvailabilityZones:getAvailabilityZones"
    assert ask(inventory, token)["names"] == [f"us-east-1{letter}" for letter in "abcdef"]
    assert ask(inventory, token, "eu-west-1", excludeNames=["eu-west-1b"])["names"] == ["eu-west-1a", "eu-west-1c"]
    assert ask(inventory, token, "ap-northeast-1")["zoneIds"] == ["apne1-az1", "apne1-az3", "apne1-az4"]


@pytest.mark.parametrize(("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn")])
def test_the_partition_follows_the_region(inventory: Inventory, region: str, partition: str) -> None:
    assert ask(inventory, "aws:index/getPartition:getPartition", region)["partition"] == partition
    caller = ask(inventory, "aws:index/getCallerIdentity:getCallerIdentity", region)
    assert caller["arn"].startswith(f"arn:{partition}:iam::123456789012:")


def test_a_policy_document_is_rendered_as_the_provider_renders_it(inventory: Inventory) -> None:
    statement = {
        "sid": "Read",
        "actions": ["s3:GetObject", "s3:ListBucket"],
        "resources": ["arn:aws:s3:::b/&{aws:username}"],
        "principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}],
        "conditions": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1", "2"]}],
    }
    given = ask(inventory, "aws:iam/getPolicyDocument:getPolicyDocument", statements=[statement])
    assert json.loads(given["json"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetObject"],
                "Resource": "arn:aws:s3:::b/${aws:username}",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": ["2", "1"]}},
            }
        ],
    }
    assert given["json"].startswith('{\n  "Version"')


def test_policy_documents_are_merged_by_sid(inventory: Inventory) -> None:
    token = "aws:iam/getPolicyDocument:getPolicyDocument"
    base = json.dumps({"Statement": [{"Sid": "A", "Effect": "Deny"}, {"Sid": "B", "Effect": "Deny"}]})
    own = [{"sid": "A", "actions": ["*"], "resources": ["*"]}]
    merged = json.loads(ask(inventory, token, sourcePolicyDocuments=[base], statements=own)["json"])["Statement"]
    assert [(s["Sid"], s["Effect"]) for s in merged] == [("A", "Allow"), ("B", "Deny")]
    everyone = [{"actions": ["*"], "principals": [{"type": "*", "identifiers": ["*"]}]}]
    assert json.loads(ask(inventory, token, statements=everyone)["json"])["Statement"][0]["Principal"] == "*"


def test_a_source_that_is_no_policy_is_refused(inventory: Inventory) -> None:
    with pytest.raises(CloudError, match="sourcePolicyDocuments"):
        ask(inventory, "aws:iam/getPolicyDocument:getPolicyDocument", sourcePolicyDocuments=["no json"])


def test_a_lookup_finds_what_exists_before_anything_is_assumed(inventory: Inventory) -> None:
    token = "aws:route53/getZone:getZone"
    assumed = ask(inventory, token, name="example.org.")
    made = {"name": "example.org", "zoneId": "ZMADE", "arn": "arn:aws:route53:::hostedzone/ZMADE"}
    inventory.create(Entry("aws:route53/zone:Zone", "global", "ZMADE", "urn:z", "", {"name": "example.org"}, made))
    assert ask(inventory, token, name="example.org.")["zoneId"] == "ZMADE" != assumed["zoneId"]
    assert ask(inventory, token, name="example.net")["zoneId"] != "ZMADE"


def test_a_lookup_of_another_region_finds_nothing_here(inventory: Inventory) -> None:
    made = Entry("aws:sns/topic:Topic", "eu-west-1", "arn", "urn:t", "", {"name": "t"}, {"name": "t", "arn": "arn"})
    inventory.create(made)
    assert ask(inventory, "aws:sns/getTopic:getTopic", "eu-west-1", name="t")["arn"] == "arn"
    assert ask(inventory, "aws:sns/getTopic:getTopic", "us-east-1", name="t")["arn"].startswith("arn:aws:sns:us-east-1")


def test_the_default_vpc_has_a_subnet_in_every_zone(inventory: Inventory) -> None:
    vpc = ask(inventory, "aws:ec2/getVpc:getVpc", default=True)
    ids = ask(inventory, "aws:ec2/getSubnets:getSubnets", filters=[{"name": "vpc-id", "values": [vpc["id"]]}])["ids"]
    found = [ask(inventory, "aws:ec2/getSubnet:getSubnet", id=one) for one in ids]
    assert [one["availabilityZone"] for one in found] == [f"us-east-1{letter}" for letter in "abcdef"]
    assert {one["vpcId"] for one in found} == {vpc["id"]}


def test_an_image_is_the_same_for_the_same_question(inventory: Inventory) -> None:
    asked = {"owners": ["amazon"], "filters": [{"name": "name", "values": ["al2023-ami-*-arm64"]}]}
    image = ask(inventory, "aws:ec2/getAmi:getAmi", **asked)
    assert (image["architecture"], image["ownerId"]) == ("arm64", "137112412989")
    assert image["id"] != ask(inventory, "aws:ec2/getAmi:getAmi", "eu-west-1", **asked)["id"]


@pytest.mark.parametrize("token", ["aws:outposts/getOutpost:getOutpost", "azure-native:network:getActiveSessions"])
def test_what_is_not_known_is_refused_by_name(inventory: Inventory, token: str) -> None:
    with pytest.raises(CloudError, match=token):
        ask(inventory, token)


def test_keys_of_azure_are_given_and_differ(inventory: Inventory) -> None:
    names = {"resourceGroupName": "rg", "accountName": "a"}
    keys = ask(inventory, "azure-native:storage:listStorageAccountKeys", **names)["keys"]
    assert [key["keyName"] for key in keys] == ["key1", "key2"]
    assert keys[0]["value"] != keys[1]["value"]
    endpoint = {"resourceGroupName": "rg", "workspaceName": "w", "endpointName": "e"}
    given = ask(inventory, "azure-native:machinelearningservices:listOnlineEndpointKeys", **endpoint)
    assert given["primaryKey"] != given["secondaryKey"]


def test_azure_assumes_a_resource_group_and_finds_a_made_one(inventory: Inventory) -> None:
    token = "azure-native:resources:getResourceGroup"
    assert ask(inventory, token, "sub", resourceGroupName="rg")["id"] == "/subscriptions/sub/resourceGroups/rg"
    made = {"name": "rg", "location": "northeurope"}
    kind = "azure-native:resources:ResourceGroup"
    inventory.create(Entry(kind, "sub", "/made", "urn:g", "", {"resourceGroupName": "rg"}, made))
    assert ask(inventory, token, "sub", resourceGroupName="rg")["location"] == "northeurope"


@pytest.mark.parametrize(
    ("token", "names", "path"),
    [
        ("network:getSubnet", {"virtualNetworkName": "v", "subnetName": "s"}, "virtualNetworks/v/subnets/s"),
        ("network:getPublicIPAddress", {"publicIpAddressName": "ip"}, "publicIPAddresses/ip"),
        ("sql:getDatabase", {"serverName": "s", "databaseName": "d"}, "servers/s/databases/d"),
        ("web:getWebApp", {"name": "w"}, "sites/w"),
    ],
)
def test_what_others_made_on_azure_has_its_path(
    inventory: Inventory, token: str, names: dict[str, Any], path: str
) -> None:
    given = ask(inventory, f"azure-native:{token}", "sub", resourceGroupName="rg", **names)
    assert given["id"].endswith(f"/{path}")
    assert given["id"].startswith("/subscriptions/sub/resourceGroups/rg/providers/Microsoft.")
    assert given["name"] == path.rpartition("/")[2]


def test_what_others_made_on_azure_has_addresses(inventory: Inventory) -> None:
    registry = ask(inventory, "azure-native:containerregistry:getRegistry", resourceGroupName="rg", registryName="Acr")
    vault = ask(inventory, "azure-native:keyvault:getVault", resourceGroupName="rg", vaultName="v")
    account = ask(inventory, "azure-native:storage:getStorageAccount", resourceGroupName="rg", accountName="a")
    assert registry["loginServer"] == "acr.azurecr.io"
    assert vault["properties"]["vaultUri"] == "https://v.vault.azure.net/"
    assert account["primaryEndpoints"]["blob"] == "https://a.blob.core.windows.net/"


@pytest.mark.parametrize(
    ("token", "arguments", "expected"),
    [
        ("dbforpostgresql:getPrivateDnsZoneSuffix", {}, {"value": "private.postgres.database.azure.com"}),
        (
            "dbformysql:getGetPrivateDnsZoneSuffixExecute",
            {},
            {"privateDnsZoneSuffix": "private.mysql.database.azure.com"},
        ),
        ("quantum:getWorkspace", {"resourceGroupName": "rg", "workspaceName": "q"}, {"name": "q"}),
        ("machinelearningservices:listComputeNodes", {"computeName": "c"}, {"nodes": []}),
    ],
)
def test_azure_answers_what_anybody_could_ask(
    inventory: Inventory, token: str, arguments: dict[str, Any], expected: dict[str, Any]
) -> None:
    given = ask(inventory, f"azure-native:{token}", "sub", **arguments)
    assert {name: given[name] for name in expected} == expected


def test_addresses_to_call_back_are_urls(inventory: Inventory) -> None:
    workflow = {"resourceGroupName": "rg", "workflowName": "w"}
    assert ask(inventory, "azure-native:logic:listWorkflowCallbackUrl", **workflow)["value"].startswith("https://prod-")
    topic = {"resourceGroupName": "rg", "topicName": "t", "eventSubscriptionName": "s"}
    given = ask(inventory, "azure-native:eventgrid:getTopicEventSubscriptionFullUrl", **topic)
    assert given["endpointUrl"].startswith("https://")


def test_only_what_is_secret_beside_a_token_looks_so(inventory: Inventory) -> None:
    asked = {"resourceGroupName": "rg", "containerAppName": "a"}
    given = ask(inventory, "azure-native:app:getContainerAppAuthToken", **asked)
    assert (given["expires"], len(given["token"])) == ("", 88)


def test_the_engine_gets_answers_typed_and_refusals_named(stack: Stack) -> None:
    def program() -> None:
        pulumi.export("account", aws.get_caller_identity().account_id)
        pulumi.export("zones", aws.get_availability_zones(state="available").names[:2])
        group = resources.ResourceGroup("rg", location="westeurope")
        keys = storage.list_storage_account_keys_output("acc", resource_group_name=group.name)
        pulumi.export("key", keys.keys[0].key_name)

    outputs = stack.up(program).outputs
    assert (outputs["account"], outputs["zones"], outputs["key"]) == (
        "123456789012",
        ["us-east-1a", "us-east-1b"],
        "key1",
    )
    with pytest.raises(auto.CommandError, match=r"aws:kms/getPublicKey:getPublicKey"):
        stack.preview(lambda: aws.kms.get_public_key(key_id="k") and None)
