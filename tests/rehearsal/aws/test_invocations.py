"""What programs ask AWS: typed completely, the same each time."""

from __future__ import annotations

import json

import pytest

from rehearsal.cloud import CloudError
from rehearsal.inventory import Entry, Inventory
from tests.rehearsal.asking import ask


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
