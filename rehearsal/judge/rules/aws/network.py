"""VPCs: resources of one VPC must not refer to another VPC, and gateways must exist."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
_REFERENCE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
_ERRORS = f"{_REFERENCE}/errors-overview.html"
_INVALID = "InvalidParameterValue"


def vpc_of(it: Resource | None, program: Program) -> Resource | None:
    """Returns the program's VPC that contains a resource; None if the VPC is unknown or not of this program."""
    return program.refer(it, "vpcId", VPC) if it else None


def other_vpc(one: Resource, other: Resource, program: Program) -> bool:
    """Whether both resources lie in known VPCs that differ."""
    mine, theirs = vpc_of(one, program), vpc_of(other, program)
    if mine and theirs:
        return mine.urn != theirs.urn
    known = one.text("vpcId"), other.text("vpcId")
    if all(known):
        return known[0] != known[1]
    # A VPC that does not exist yet is neither one that is named by its id nor the default VPC.
    new, elsewhere = (mine, other) if mine else (theirs, one)
    default = elsewhere.type == GROUP and elsewhere.get("vpcId") is None
    return bool(new and new.new and (default or elsewhere.text("vpcId").startswith("vpc-")))


def two_vpcs(resources: list[Resource], program: Program) -> tuple[Resource, Resource] | None:
    """Returns two resources that lie in different VPCs; None if there are no such two."""
    for index, resource in enumerate(resources):
        for other in resources[:index]:
            if other_vpc(resource, other, program):
                return other, resource
    return None


def zone_of(subnet: Resource) -> str:
    return subnet.text("availabilityZone") or subnet.text("availabilityZoneId")


@rule("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", source=f"{_REFERENCE}/API_CreateVpcPeeringConnection.html")
def peers_do_not_overlap(it: Resource, program: Program) -> Found:
    vpcs = program.refer(it, "vpcId", VPC), program.refer(it, "peerVpcId", VPC)
    ranges = [read_network(vpc.text("cidrBlock")) for vpc in vpcs if vpc]
    if len(ranges) == 2 and all(ranges) and ranges[0].overlaps(ranges[1]):
        message = "VpcPeeringConnection failed: Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"
        yield "peerVpcId", f"{message}: {ranges[0]} and {ranges[1]}"


@rule(SUBNET, source=f"{_REFERENCE}/API_CreateSubnet.html")
def subnets_do_not_overlap(it: Resource, program: Program) -> Found:
    mine, vpc = read_network(it.text("cidrBlock")), vpc_of(it, program)
    for other in program.of(SUBNET) if mine and vpc else ():
        theirs = read_network(other.text("cidrBlock"))
        if other.urn < it.urn and theirs and vpc_of(other, program) is vpc and mine.overlaps(theirs):
            message = f"InvalidSubnet.Conflict: The CIDR '{mine}' conflicts with another subnet"
            yield "cidrBlock", f"{message}: {other.name!r} has {theirs}"


@rule(ROUTE, TABLE, source=_ERRORS)
def route_and_gateway_in_one_network(it: Resource, program: Program) -> Found:
    table = it if it.type == TABLE else program.refer(it, "routeTableId", TABLE)
    paths = ["gatewayId"] if it.type == ROUTE else [f"routes[{i}].gatewayId" for i, _ in enumerate(it.list("routes"))]
    for path in paths:
        gateway = program.refer(it, path, GATEWAY, "aws:ec2/vpnGateway:VpnGateway")
        if table and gateway and other_vpc(table, gateway, program):
            message = f"{_INVALID}: route table {table.name} and network gateway {gateway.name} belong to"
            yield path, f"{message} different networks"


@rule("aws:ec2/routeTableAssociation:RouteTableAssociation", source=_ERRORS)
def table_and_subnet_in_one_network(it: Resource, program: Program) -> Found:
    table, subnet = program.refer(it, "routeTableId", TABLE), program.refer(it, "subnetId", SUBNET)
    if table and subnet and other_vpc(table, subnet, program):
        yield "subnetId", f"{_INVALID}: Route table {table.name} and subnet {subnet.name} belong to different networks"


@rule("aws:ec2/natGateway:NatGateway", source=_ERRORS)
def nat_gateway_has_a_way_out(it: Resource, program: Program) -> Found:
    # No dependency is required: a gateway created at the same time is attached before the NAT gateway needs it.
    subnet = program.refer(it, "subnetId", SUBNET)
    vpc = vpc_of(subnet, program)
    if it.get("connectivityType") != "private" and vpc and vpc.new and not any(True for _ in gateways_of(vpc, program)):
        yield "subnetId", f"Gateway.NotAttached: Network {vpc.name} has no Internet gateway attached"


def gateways_of(vpc: Resource, program: Program) -> Iterator[Resource]:
    """Yields the internet gateways of a VPC, including separately attached ones and those with an unknown VPC."""
    for resource in program.of(GATEWAY, "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"):
        if vpc_of(resource, program) in (vpc, None):
            yield resource


def read_network(text: str) -> Any:
    """The network in CIDR notation; None if the text is none."""
    try:
        return ip_network(text)
    except ValueError:
        return None
