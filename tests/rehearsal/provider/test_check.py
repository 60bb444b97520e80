"""Check by the SDKs' types: what is refused, at which path, and what the real providers accept."""

from __future__ import annotations

from typing import Any

import pulumi_aws as aws
import pytest
from pulumi import automation as auto

from rehearsal.provider.check import check
from rehearsal.sdk.package import Sdk, UnknownTokenError
from rehearsal.values import UNKNOWN, Archive, Asset, Secret
from tests.rehearsal.stack import Stack

AWS, AZURE, RANDOM = Sdk("aws"), Sdk("azure-native"), Sdk("random")
GROUP = "aws:ec2/securityGroup:SecurityGroup"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
ACCOUNT = {"resourceGroupName": "rg", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
RULE = {"fromPort": 80, "toPort": 80, "protocol": "tcp"}


def list_bad(sdk: Sdk, token: str, inputs: dict[str, Any]) -> list[Any]:
    return check(inputs, sdk.resource(token).inputs)


@pytest.mark.parametrize(
    ("inputs", "path", "nearest"),
    [
        ({"descripton": "x"}, "descripton", "description"),
        ({"ingress": [{**RULE, "cidrBlock": ["0.0.0.0/0"]}]}, "ingress[0].cidrBlock", "cidrBlocks"),
    ],
)
def test_an_unknown_property_is_refused_with_the_nearest_name(inputs: dict[str, Any], path: str, nearest: str) -> None:
    (failure,) = list_bad(AWS, GROUP, inputs)
    assert (failure.path, failure.nearest) == (path, nearest)
    assert nearest in str(failure)


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({}, "cidrBlock|vpcId"),
        ({"vpcId": "vpc-1", "cidrBlock": None}, ""),
    ],
)
def test_a_subnet_needs_its_vpc(inputs: dict[str, Any], path: str) -> None:
    found = {failure.path for failure in list_bad(AWS, "aws:ec2/subnet:Subnet", inputs)}
    assert ("vpcId" in found) is bool(path)


def test_a_missing_required_property_is_refused_at_any_depth() -> None:
    rule = {"fromPort": 80, "protocol": "tcp"}
    (failure,) = list_bad(AWS, GROUP, {"ingress": [RULE, rule]})
    assert (failure.path, failure.found, failure.expected) == ("ingress[1].toPort", "nothing", "an integer")


@pytest.mark.parametrize(
    ("value", "found"),
    [("eighty", '"eighty"'), (True, "true"), (1.5, "1.5"), ([80], "a list of 1"), ({"a": 1}, "an object with 'a'")],
)
def test_a_wrong_type_is_refused_with_what_was_found(value: Any, found: str) -> None:
    (failure,) = list_bad(AWS, GROUP, {"ingress": [{**RULE, "fromPort": value}]})
    assert (failure.path, failure.found, failure.expected) == ("ingress[0].fromPort", found, "an integer")


def test_a_list_where_an_object_belongs_is_refused() -> None:
    (failure,) = list_bad(AZURE, "azure-native:storage:StorageAccount", {**ACCOUNT, "sku": [{"name": "Standard_LRS"}]})
    assert failure.path == "sku"


@pytest.mark.parametrize(
    ("inputs", "path", "nearest"),
    [
        ({**ACCOUNT, "kind": "StorageV3"}, "kind", "StorageV2"),
        ({**ACCOUNT, "sku": {"name": "Standard_LSR"}}, "sku.name", "Standard_LRS"),
        ({**ACCOUNT, "accessTier": "Hott"}, "accessTier", "Hot"),
    ],
)
def test_a_value_outside_an_enum_is_refused(inputs: dict[str, Any], path: str, nearest: str) -> None:
    (failure,) = list_bad(AZURE, "azure-native:storage:StorageAccount", inputs)
    assert (failure.path, failure.nearest) == (path, nearest)


def test_azure_takes_enums_in_any_case() -> None:
    assert list_bad(AZURE, "azure-native:storage:StorageAccount", {**ACCOUNT, "kind": "storagev2"}) == []


def test_lists_that_trail_the_cloud_refuse_nothing() -> None:
    assert list_bad(AWS, "aws:ec2/instance:Instance", {"instanceType": "m9z.large"}) == []


def test_every_fault_is_reported_at_once() -> None:
    inputs = {"enabledd": True, "origins": [{"originId": "a"}], "enabled": "perhaps"}
    paths = {failure.path for failure in list_bad(AWS, DISTRIBUTION, inputs)}
    assert {"enabledd", "enabled", "origins[0].domainName", "defaultCacheBehavior", "restrictions"} <= paths


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (GROUP, {"ingress": [{**RULE, "fromPort": "80"}]}),
        (GROUP, {"ingress": [{**RULE, "self": "true"}]}),
        (GROUP, {"ingress": [{**RULE, "fromPort": UNKNOWN}]}),
        (GROUP, {"ingress": UNKNOWN}),
        (GROUP, {"description": Secret("x")}),
        (GROUP, {"tags": {"any key": "x", "an/other": 7}}),
        (GROUP, {"__defaults": ["name"]}),
        ("aws:iam/role:Role", {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": []}}),
        ("aws:lambda/function:Function", {"role": "r", "code": Archive(path="app")}),
        ("aws:s3/bucketObjectv2:BucketObjectv2", {"bucket": "b", "key": "k", "source": Asset(text="t")}),
        ("aws:dynamodb/table:Table", {"name": 7}),
    ],
)
def test_what_the_real_provider_accepts_is_accepted(token: str, inputs: dict[str, Any]) -> None:
    assert list_bad(AWS, token, inputs) == []


def test_secrets_are_judged_and_never_quoted() -> None:
    (failure,) = list_bad(AWS, GROUP, {"ingress": [{**RULE, "fromPort": Secret("hunter2")}]})
    assert failure.path == "ingress[0].fromPort"
    assert "hunter2" not in str(failure)


def test_types_that_contain_themselves_are_checked_at_depth() -> None:
    inner = {"orStatement": {"statements": [{"geoMatchStatement": {"countryCode": ["DE"]}}]}}
    rule = {"name": "r", "priority": 1, "visibilityConfig": VISIBLE, "statement": inner}
    inputs = {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": VISIBLE, "rules": [rule]}
    failure = list_bad(AWS, "aws:wafv2/webAcl:WebAcl", inputs)[0]
    assert failure.nearest == "countryCodes"
    assert failure.path.startswith("rules[0].statement.orStatement.statements[0].geoMatchStatement")


VISIBLE = {"cloudwatchMetricsEnabled": True, "metricName": "m", "sampledRequestsEnabled": True}


def test_an_unknown_type_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownTokenError, match=r"did you mean 'aws:s3/bucket:Bucket'"):
        AWS.resource("aws:s3/buckett:Buckett")


def test_a_versioned_azure_token_is_the_plain_type() -> None:
    versioned = AZURE.resource("azure-native:storage/v20230101:StorageAccount")
    assert versioned.inputs == AZURE.resource("azure-native:storage:StorageAccount").inputs


def test_the_engine_tells_the_reader_path_found_and_expected(stack: Stack) -> None:
    def program() -> None:
        aws.ec2.SecurityGroup("web", ingress=[{**PYTHON_RULE, "cidr_blokcs": ["0.0.0.0/0"]}])  # type: ignore[list-item]

    with pytest.raises(auto.CommandError, match=r"ingress\[0\].*expected one of.*did you mean"):
        stack.preview(program)


def test_a_name_that_leaves_no_room_is_refused(stack: Stack) -> None:
    with pytest.raises(auto.CommandError, match="at most 32 characters"):
        stack.preview(lambda: aws.lb.LoadBalancer("a-load-balancer-with-a-very-long-name") and None)


PYTHON_RULE = {"from_port": 80, "to_port": 80, "protocol": "tcp"}


def test_a_member_that_the_sdk_s_list_lacks_is_a_member() -> None:
    instance = Sdk("aws").resource("aws:ec2/instance:Instance").inputs
    assert check({"tenancy": "host"}, instance) == []
    assert [failure.path for failure in check({"tenancy": "hots"}, instance)] == ["tenancy"]


def test_a_whole_object_may_stand_where_a_reference_belongs() -> None:
    firewall = Sdk("azure-native").resource("azure-native:network:AzureFirewall").inputs
    given = {"resourceGroupName": "rg", "ipConfigurations": [{"subnet": {"id": "/s", "addressPrefix": "10.0.0.0/26"}}]}
    assert check(given, firewall) == []
    given["ipConfigurations"] = [{"subnet": {"addressPrefix": "10.0.0.0/26"}}]
    assert [failure.path for failure in check(given, firewall)] == ["ipConfigurations[0].subnet.addressPrefix"]
