"""What the SDK's documentation says of inputs that exclude or need each other, and what Check refuses for it."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from rehearsal.aws.aws_cloud import Aws
from rehearsal.provider.combinations import check_combinations
from rehearsal.provider.naming import DEFAULTS
from rehearsal.sdk.documented_groups import Group, read_groups
from rehearsal.sdk.package import Sdk
from rehearsal.sdk.types import Property, Scalar
from rehearsal.values import UNKNOWN, Secret

# an SDK module defines its deprecated aliases with a warning each
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
AWS = Sdk("aws")
INPUTS: dict[str, Property] = dict.fromkeys(("one", "two", "threes", "region"), Property(Scalar("string"), False))
EXCLUSIVE, NEEDED, BOTH = (Group(("one", "two"), *kind) for kind in ((True, False), (False, True), (True, True)))


def read(text: str) -> tuple[Group, ...]:
    return read_groups(f"\n        :param pulumi.Input[str] one: Some words. {text}\n        ", INPUTS)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Conflicts with `two`.", EXCLUSIVE),
        ("Conflicts with the `two` argument", EXCLUSIVE),
        ("It conflicts w/ `two` as both are names.", EXCLUSIVE),
        ("**Conflicts with `two`.** Must be a name.", EXCLUSIVE),
        ("Mutually exclusive with `two`.", EXCLUSIVE),
        ("If you specify `one`, you can't specify `two`.", EXCLUSIVE),
        ("> **NOTE:** Only one of `one` or `two` can be provided.", EXCLUSIVE),
        ("You must specify either `one` or `two`, but not both.", EXCLUSIVE),
        ("You must provide the `one` or `two`, but not both.", EXCLUSIVE),
        ("At least one of `one`, or `two` must be set.", NEEDED),
        ("One of `one` or `two` is required.", NEEDED),
        ("Either `one` or `two` must be specified.", NEEDED),
        ("Either `one` or `two` must be specified, but not both.", BOTH),
        ("Exactly one of `one` or `two` must be configured. See `two` below.", BOTH),
        ("Conflicts with `two`. Exactly one of `two` or `one` is required.", BOTH),
        ("Conflicts with `three`.", Group(("one", "threes"), exclusive=True)),
        ("Exactly one of `one`, `two` or `zip_file` is required.", EXCLUSIVE),
    ],
)
def test_a_phrase_is_read(text: str, group: Group) -> None:
    assert read(text) == (group,)


def test_each_of_several_names_is_excluded() -> None:
    assert read("Conflicts with `two`, and `three`.") == (EXCLUSIVE, Group(("one", "threes"), exclusive=True))


@pytest.mark.parametrize(
    "text",
    [
        "Conflicts with `two` if `three` is set.",
        "If set to true, it conflicts with `two`.",
        "Exactly one of `one` or `two` must be set, except for others.",
        "One of `one` or `two` is required unless `three` is provided.",
        "You must specify either `one` or `two`.",
        "When required, you must provide `one` or `two`, but not both.",
        "One of `one` or `two`.",
        "Conflicts with `zip_file`.",
        "Conflicts with `three` configuration block `two` argument.",
        "At least one of `one` or `zip_file` must be set.",
        "Exactly one of `one` or `region` is required.",
        "Cannot be used with `two`.",
    ],
)
def test_what_depends_or_names_another_object_counts_for_nothing(text: str) -> None:
    assert read(text) == ()


def refusals(token: str, inputs: dict[str, Any]) -> list[tuple[str, str]]:
    return [(refusal.path, refusal.message) for refusal in check_combinations(AWS.resource(token), inputs)]


@pytest.mark.parametrize(
    ("token", "inputs", "mistake", "refused"),
    [
        (
            "ec2/customerGateway:CustomerGateway",
            {"bgpAsn": "65000", "type": "ipsec.1"},
            {"bgpAsnExtended": "4200000000"},
            ("bgpAsnExtended", "'bgpAsnExtended' conflicts with 'bgpAsn'"),
        ),
        (
            "eks/nodeGroup:NodeGroup",
            {"launchTemplate": {"id": "lt-1", "version": "1"}},
            {"launchTemplate": {"id": "lt-1", "name": "a", "version": "1"}},
            ("launchTemplate.name", "'name' conflicts with 'id'"),
        ),
        (
            "dlm/lifecyclePolicy:LifecyclePolicy",
            {"policyDetails": {"schedules": [{}, {"createRule": {"interval": 2, "cronExpression": ""}}]}},
            {
                "policyDetails": {
                    "schedules": [{}, {"createRule": {"interval": 2, "cronExpression": "cron(0 1 * * ? *)"}}]
                }
            },
            ("policyDetails.schedules[1].createRule.interval", "'interval' conflicts with 'cronExpression'"),
        ),
        (
            "docdb/cluster:Cluster",
            {"masterPassword": Secret("x"), "manageMasterUserPassword": False},
            {"manageMasterUserPassword": True},
            ("masterPassword", "'masterPassword' conflicts with 'manageMasterUserPassword'"),
        ),
        (
            "dms/certificate:Certificate",
            {"certificateId": "a", "certificateWallet": "x"},
            {"certificateWallet": None},
            ("certificatePem", "one of 'certificatePem', 'certificateWallet' must be specified"),
        ),
        (
            "directoryservice/ipRoute:IpRoute",
            {"directoryId": "d-1", "cidrIp": "10.0.0.0/8"},
            {"cidrIpv6": "fd00::/8"},
            ("cidrIpv6", "'cidrIpv6' conflicts with 'cidrIp'"),
        ),
        (
            "ec2/dedicatedHost:DedicatedHost",
            {"availabilityZone": "us-east-1a", "instanceType": UNKNOWN},
            {"instanceType": None},
            ("instanceFamily", "one of 'instanceFamily', 'instanceType' must be specified"),
        ),
    ],
)
def test_a_mistake_is_refused_and_its_correction_is_not(
    token: str, inputs: dict[str, Any], mistake: dict[str, Any], refused: tuple[str, str]
) -> None:
    assert refusals(f"aws:{token}", inputs) == []
    ((path, message),) = refusals(f"aws:{token}", inputs | mistake)
    assert (path, message.partition(": ")[2]) == refused


@pytest.mark.parametrize(
    "inputs",
    [
        {"name": "web", "namePrefix": UNKNOWN},
        {"name": Secret(UNKNOWN), "namePrefix": "web"},
        {"name": "web-1a2b3c4", "namePrefix": "web", DEFAULTS: ["name"]},
        {"name": "web", "namePrefix": ""},
    ],
)
def test_what_may_not_be_given_excludes_nothing(inputs: dict[str, Any]) -> None:
    assert refusals("aws:memorydb/acl:Acl", inputs) == []


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (
            "ec2/launchTemplate:LaunchTemplate",
            {"networkInterfaces": [{"ipv4Addresses": ["10.0.0.4"], "ipv4AddressCount": 2}]},
        ),
        (
            "comprehend/entityRecognizer:EntityRecognizer",
            {
                "inputDataConfig": {
                    "dataFormat": "AUGMENTED_MANIFEST",
                    "augmentedManifests": [{"attributeNames": ["a"]}],
                }
            },
        ),
        ("ec2/instance:Instance", {"ebsBlockDevices": [{"encrypted": True, "snapshotId": "snap-0a1b2c3d"}]}),
        ("apigateway/domainName:DomainName", {"domainName": "a.example.com", "regionalCertificateArn": UNKNOWN}),
        ("sagemaker/appImageConfig:AppImageConfig", {"appImageConfigName": "a", "codeEditorAppImageConfig": {}}),
    ],
)
def test_what_aws_accepts_whatever_its_documentation_says(token: str, inputs: dict[str, Any]) -> None:
    assert refusals(f"aws:{token}", inputs) == []


def test_a_clouds_check_refuses_with_the_place_in_the_documentation() -> None:
    (refused,) = Aws().check(AWS.resource("aws:ec2/vpcIpamPoolCidr:VpcIpamPoolCidr"), _POOL | {"netmaskLength": 24})
    assert Aws().check(AWS.resource("aws:ec2/vpcIpamPoolCidr:VpcIpamPoolCidr"), _POOL) == []
    assert str(refused) == (
        "netmaskLength: Conflicting configuration arguments: 'netmaskLength' conflicts with 'cidr' (the SDK's "
        "documentation: https://www.pulumi.com/registry/packages/aws/api-docs/ec2/vpcipampoolcidr/#inputs)"
    )


_POOL: dict[str, Any] = {"ipamPoolId": "ipam-pool-1", "cidr": "10.0.0.0/16"}


@pytest.mark.parametrize(
    ("token", "pairs"),
    [
        ("apigateway/domainName:DomainName", 12),
        ("rds/instance:Instance", 9),
        ("sagemaker/trainingJob:TrainingJob", 10),
        ("ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation", 6),
        ("s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", 3),
        ("directconnect/bgpPeer:BgpPeer", 1),
    ],
)
def test_a_new_version_of_the_sdk_says_no_less(token: str, pairs: int) -> None:
    groups = AWS.resource(f"aws:{token}").groups
    assert len({pair for group in groups if group.exclusive for pair in combinations(group.names, 2)}) >= pairs
