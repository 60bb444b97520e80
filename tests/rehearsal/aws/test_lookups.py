"""Looking up what exists on AWS: made here, made by others, or everybody's; each by what is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rehearsal.aws.aws_cloud import Aws
from rehearsal.cloud import Call, CloudError
from rehearsal.inventory import Entry, Inventory
from rehearsal.provider.check import check
from rehearsal.sdk.package import Sdk

SDK = Sdk("aws")
CLOUD = Aws()


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    return Inventory(tmp_path)


def ask(inventory: Inventory, function: str, /, **arguments: Any) -> dict[str, Any]:
    """`ec2/getSubnet` as the program calls it; every property of the result is there, in its type."""
    token = f"aws:{function}:{function.rpartition('/')[2]}"
    call = Call(SDK.function(token), arguments, "us-east-1", {}, inventory, SDK.find_resource)
    given = CLOUD.invoke(call)
    assert not call.kind.outputs or check(given, call.kind.outputs) == []
    return given


def make(inventory: Inventory, kind: str, identity: str, **facts: Any) -> None:
    inventory.create(Entry(f"aws:{kind}", "us-east-1", identity, f"urn:{identity}", "", facts, facts))


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("sns/getTopic", {"name": "alerts"}, {"arn": "arn:aws:sns:us-east-1:123456789012:alerts"}),
        ("ecs/getCluster", {"clusterName": "c"}, {"arn": "arn:aws:ecs:us-east-1:123456789012:cluster/c"}),
        ("lambda/getFunction", {"functionName": "f"}, {"arn": "arn:aws:lambda:us-east-1:123456789012:function:f"}),
        ("dynamodb/getTable", {"name": "t"}, {"arn": "arn:aws:dynamodb:us-east-1:123456789012:table/t", "name": "t"}),
        ("rds/getInstance", {"dbInstanceIdentifier": "db"}, {"dbInstanceIdentifier": "db", "port": 3306}),
        ("ec2/getInternetGateway", {"internetGatewayId": "igw-1"}, {"id": "igw-1", "internetGatewayId": "igw-1"}),
        ("iam/getUser", {"userName": "ada"}, {"arn": "arn:aws:iam::123456789012:user/ada", "userName": "ada"}),
        ("appmesh/getMesh", {"name": "m"}, {"arn": "arn:aws:appmesh:us-east-1:123456789012:mesh/m"}),
        ("ram/getResourceShare", {"name": "s", "resourceOwner": "SELF"}, {"owningAccountId": "123456789012"}),
        ("vpn/getConnection", {"vpnConnectionId": "vpn-1"}, {"vpnConnectionId": "vpn-1"}),
    ],
)
def test_a_thing_of_others_is_what_it_would_be_here(
    inventory: Inventory, function: str, arguments: dict[str, Any], expected: dict[str, Any]
) -> None:
    given = ask(inventory, function, **arguments)
    assert {name: given[name] for name in expected} == expected


def test_what_is_made_here_is_found_by_its_id(inventory: Inventory) -> None:
    for identity in ("us-east-1_A", "us-east-1_B"):
        make(inventory, "cognito/userPool:UserPool", identity, name=identity.lower())
    assert ask(inventory, "cognito/getUserPool", userPoolId="us-east-1_B")["name"] == "us-east-1_b"


def test_filters_take_wildcards_and_tags(inventory: Inventory) -> None:
    for name in ("app-private-1", "app-private-2", "app-public-1"):
        make(inventory, "ec2/subnet:Subnet", f"subnet-{name}", vpcId="vpc-1", tags={"Name": name})
    filters = [{"name": "tag:Name", "values": ["app-private-*"]}, {"name": "vpc-id", "values": ["vpc-1"]}]
    assert ask(inventory, "ec2/getSubnets", filters=filters)["ids"] == ["subnet-app-private-1", "subnet-app-private-2"]


def test_subnets_of_the_default_vpc_can_be_chosen_by_zone_and_a_made_vpc_has_only_its_own(inventory: Inventory) -> None:
    chosen = [{"name": "availability-zone", "values": ["us-east-1a", "us-east-1b"]}]
    assert len(ask(inventory, "ec2/getSubnets", filters=chosen)["ids"]) == 2
    make(inventory, "ec2/vpc:Vpc", "vpc-1", cidrBlock="10.0.0.0/16")
    assert ask(inventory, "ec2/getSubnets", filters=[{"name": "vpc-id", "values": ["vpc-1"]}])["ids"] == []


def test_every_vpc_has_a_main_route_table_and_a_default_group(inventory: Inventory) -> None:
    default, other = ask(inventory, "ec2/getVpc", default=True), {"vpcId": "vpc-of-others"}
    assert ask(inventory, "ec2/getRouteTables", vpcId=default["id"])["ids"] == [default["mainRouteTableId"]]
    assert len(ask(inventory, "ec2/getRouteTables", **other)["ids"]) == 1
    of_subnet = [{"name": "association.subnet-id", "values": ["subnet-of-others"]}]
    assert len(ask(inventory, "ec2/getRouteTables", filters=of_subnet)["ids"]) == 1
    make(inventory, "ec2/vpc:Vpc", "vpc-1", mainRouteTableId="rtb-main", defaultSecurityGroupId="sg-default")
    make(inventory, "ec2/routeTable:RouteTable", "rtb-1", vpcId="vpc-1", tags={"Name": "app"})
    assert ask(inventory, "ec2/getRouteTables", vpcId="vpc-1")["ids"] == ["rtb-1", "rtb-main"]
    assert ask(inventory, "ec2/getRouteTables", vpcId="vpc-1", tags={"Name": "app"})["ids"] == ["rtb-1"]
    ours = [{"name": "vpc-id", "values": ["vpc-1"]}]
    assert ask(inventory, "ec2/getSecurityGroups", filters=ours)["ids"] == ["sg-default"]


def test_a_vpc_that_a_program_made_is_never_the_default_one(inventory: Inventory) -> None:
    make(inventory, "ec2/vpc:Vpc", "vpc-1", cidrBlock="10.0.0.0/16")

    assert ask(inventory, "ec2/getVpc", default=True)["id"] != "vpc-1"


def test_a_vpc_that_is_described_is_not_the_default_one(inventory: Inventory) -> None:
    default = ask(inventory, "ec2/getVpc", default=True)
    tagged = ask(inventory, "ec2/getVpc", tags={"Name": "prod"})
    filtered = ask(inventory, "ec2/getVpc", filters=[{"name": "tag:Name", "values": ["prod"]}])
    assert len({default["id"], tagged["id"], filtered["id"]}) == 3
    assert (tagged["default"], tagged["tags"], filtered["tags"]) == (False, {"Name": "prod"}, {"Name": "prod"})
    assert ask(inventory, "ec2/getVpc", id=default["id"])["default"] is True


def test_a_subnet_s_route_table_is_its_own_else_the_vpc_s_main_one(inventory: Inventory) -> None:
    make(inventory, "ec2/vpc:Vpc", "vpc-1", mainRouteTableId="rtb-main")
    for subnet in ("subnet-1", "subnet-2"):
        make(inventory, "ec2/subnet:Subnet", subnet, vpcId="vpc-1")
    make(inventory, "ec2/routeTable:RouteTable", "rtb-other", vpcId="vpc-1")
    make(inventory, "ec2/routeTable:RouteTable", "rtb-1", vpcId="vpc-1")
    association = "ec2/routeTableAssociation:RouteTableAssociation"
    make(inventory, association, "rtbassoc-1", subnetId="subnet-1", routeTableId="rtb-1")
    assert ask(inventory, "ec2/getRouteTable", subnetId="subnet-1")["routeTableId"] == "rtb-1"
    assert ask(inventory, "ec2/getRouteTable", subnetId="subnet-2")["routeTableId"] == "rtb-main"


def test_lists_hold_what_was_made_and_nothing_else(inventory: Inventory) -> None:
    assert ask(inventory, "iam/getRoles")["names"] == []
    make(inventory, "iam/role:Role", "app", name="app", arn="arn:app", path="/")
    make(inventory, "iam/role:Role", "job", name="job", arn="arn:job", path="/batch/")
    assert ask(inventory, "iam/getRoles", pathPrefix="/batch/")["arns"] == ["arn:job"]
    assert ask(inventory, "iam/getRoles", nameRegex="^a")["names"] == ["app"]
    make(inventory, "sqs/queue:Queue", "https://q/app", name="app", url="https://q/app")
    assert ask(inventory, "sqs/getQueues", queueNamePrefix="a")["queueUrls"] == ["https://q/app"]


def test_a_list_is_known_by_its_plural(inventory: Inventory) -> None:
    assert ask(inventory, "imagebuilder/getComponents")["arns"] == []
    make(inventory, "imagebuilder/component:Component", "arn:c", name="c", arn="arn:c")
    assert ask(inventory, "imagebuilder/getComponents")["arns"] == ["arn:c"]
    assert ask(inventory, "networkmanager/getConnections", globalNetworkId="n")["ids"] == []
    assert ask(inventory, "lakeformation/getDataLakeSettings")["admins"] == []


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("emr/getReleaseLabels", {"filters": {"prefix": "emr-6"}}, {"releaseLabels": ["emr-6.15.0"]}),
        ("servicequotas/getService", {"serviceName": "Amazon S3"}, {"serviceCode": "s3"}),
        ("iam/getPrincipalPolicySimulation", {"actionNames": ["s3:GetObject"]}, {"allAllowed": True}),
        ("resourcegroupstaggingapi/getResources", {}, {"resourceTagMappingLists": []}),
    ],
)
def test_what_aws_offers_to_everybody_is_told(
    inventory: Inventory, function: str, arguments: dict[str, Any], expected: dict[str, Any]
) -> None:
    given = ask(inventory, function, **arguments)
    assert {name: given[name] for name in expected} == expected


def test_catalogues_are_not_empty(inventory: Inventory) -> None:
    assert ask(inventory, "eks/getClusterVersions", defaultOnly=True)["clusterVersions"][0]["clusterVersion"]
    models = ask(inventory, "bedrockfoundation/getModels", byProvider="amazon")["modelSummaries"]
    assert [model["providerName"] for model in models] == ["Amazon"]
    assert {region["regionName"] for region in ask(inventory, "account/getRegions")["regions"]} >= {"eu-west-1"}


def test_a_zone_that_cannot_be_one_is_refused(inventory: Inventory) -> None:
    with pytest.raises(CloudError, match="found 'here', expected the name of a zone such as 'us-east-1a'"):
        ask(inventory, "index/getAvailabilityZone", name="here")


def test_a_database_can_be_ordered_as_the_program_prefers(inventory: Inventory) -> None:
    engine = ask(inventory, "rds/getEngineVersion", engine="postgres", version="17")
    assert (engine["versionActual"], engine["parameterGroupFamily"]) == ("17.2", "postgres17")
    old = ask(inventory, "rds/getEngineVersion", engine="mysql", preferredVersions=["5.7.44", "8.0"])
    assert (old["version"], old["parameterGroupFamily"]) == ("5.7.44", "mysql5.7")
    asked = {"engine": "oracle-ee", "preferredInstanceClasses": ["db.r5.xlarge", "db.r5.large"]}
    order = ask(inventory, "rds/getOrderableDbInstance", **asked, storageType="gp2")
    assert (order["instanceClass"], order["storageType"]) == ("db.r5.xlarge", "gp2")
    assert order["licenseModel"] == "bring-your-own-license"


@pytest.mark.parametrize(
    ("name", "cpus", "memory", "architecture"),
    [
        ("t3.micro", 2, 1024, "x86_64"),
        ("m7g.large", 2, 8192, "arm64"),
        ("c5.2xlarge", 8, 16384, "x86_64"),
        ("r6i.4xlarge", 16, 131072, "x86_64"),
        ("g5.12xlarge", 48, 196608, "x86_64"),
    ],
)
def test_an_instance_type_s_name_tells_its_size(
    inventory: Inventory, name: str, cpus: int, memory: int, architecture: str
) -> None:
    found = ask(inventory, "ec2/getInstanceType", instanceType=name)
    assert (found["defaultVcpus"], found["memorySize"]) == (cpus, memory)
    assert found["supportedArchitectures"] == [architecture]
    assert [gpu["count"] for gpu in found["gpuses"]] == ([4] if name.startswith("g5.") else [])


def test_offerings_pair_each_type_with_each_zone(inventory: Inventory) -> None:
    filters = [{"name": "instance-type", "values": ["g5.xlarge"]}]
    found = ask(inventory, "ec2/getInstanceTypeOfferings", filters=filters, locationType="availability-zone")
    assert found["instanceTypes"] == ["g5.xlarge"] * 6
    assert found["locations"] == [f"us-east-1{letter}" for letter in "abcdef"]
    with pytest.raises(CloudError, match="found 'huge', expected the name of an instance type"):
        ask(inventory, "ec2/getInstanceType", instanceType="huge")


def test_an_arn_is_taken_apart_and_put_together(inventory: Inventory) -> None:
    arn = "arn:aws:iam::123456789012:role/team/app"
    parts = ask(inventory, "index/arnParse", arn=arn)
    assert (parts["service"], parts["accountId"], parts["resource"]) == ("iam", "123456789012", "role/team/app")
    assert ask(inventory, "index/arnBuild", **parts) == {"result": arn}
    trimmed = {"result": "arn:aws:iam::123456789012:role/app"}
    assert ask(inventory, "index/trimIamRolePath", arn=arn) == trimmed
    with pytest.raises(CloudError, match="found 'role/app', expected arn:"):
        ask(inventory, "index/arnParse", arn="role/app")


def test_a_session_is_traced_to_its_role(inventory: Inventory) -> None:
    arn = "arn:aws:sts::123456789012:assumed-role/deployer/ci"
    found = ask(inventory, "iam/getSessionContext", arn=arn)
    assert (found["issuerName"], found["sessionName"]) == ("deployer", "ci")
    assert found["issuerArn"] == "arn:aws:iam::123456789012:role/deployer"


def test_a_lifecycle_policy_is_rendered_as_ecr_reads_it(inventory: Inventory) -> None:
    selection = {"tagStatus": "tagged", "tagPrefixLists": ["v"], "countType": "imageCountMoreThan", "countNumber": 3}
    given = ask(inventory, "ecr/getLifecyclePolicyDocument", rules=[{"priority": 1, "selection": selection}])
    assert given["json"] == (
        '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"tagged","tagPrefixList":["v"],'
        '"countType":"imageCountMoreThan","countNumber":3},"action":{"type":"expire"}}]}'
    )
