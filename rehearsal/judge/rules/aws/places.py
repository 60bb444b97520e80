"""Where resources are: their subnets, security groups, zones and addresses belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.network import GATEWAY, GROUP, ROUTE, SUBNET, TABLE, other_vpc, two_vpcs, vpc_of, zone_of
from rehearsal.tables import read_table

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference"
_FURTHER = "aws:vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation"
_SUBNET_GROUPS = (
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:docdb/subnetGroup:SubnetGroup",
    "aws:neptune/subnetGroup:SubnetGroup",
    "aws:memorydb/subnetGroup:SubnetGroup",
)

_USES = read_table(Path(__file__).with_name("places.toml"))
_ELSEWHERE = (
    "launchTemplate",
    "networkInterfaces",
    "primaryNetworkInterface",
    "replicateSourceDb",
    "replicationSourceIdentifier",
    "restoreToPointInTime",
    "snapshotIdentifier",
)
"""Properties that may name the subnet in place of the one in the table."""


def _subnets(it: Resource, path: str, program: Program) -> Iterator[Resource]:
    for subnet in program.refers(it, path, SUBNET, *_SUBNET_GROUPS) if path else ():
        yield from [subnet] if subnet.type == SUBNET else program.refers(subnet, "subnetIds", SUBNET)


@rule(*_USES, source=f"{_API}/errors-overview.html")
def subnets_and_groups_in_one_network(it: Resource, program: Program) -> Found:
    use = _USES[it.type]
    message, subnets_at, groups_at = use["message"], use["subnets"], use.get("groups", "")
    subnets, groups = list(_subnets(it, subnets_at, program)), _groups(it, groups_at, program)
    if pair := two_vpcs([*subnets, *groups], program):
        yield groups_at or subnets_at, f"{message} {pair[0].name!r} and {pair[1].name!r}"
    if not use.get("default") or any(it.get(path) is not None for path in (subnets_at, *_ELSEWHERE)):
        return
    for group in groups:
        vpc = vpc_of(group, program)
        if vpc and vpc.new:
            told = f"{message} {group.name!r} is in {vpc.name!r}; without {subnets_at} it is the default VPC"
            yield groups_at, told


def _groups(it: Resource, path: str, program: Program) -> list[Resource]:
    """The security groups at a path, without those that are associated with further VPCs."""
    groups = program.refers(it, path, GROUP) if path else []
    return [group for group in groups if not any(program.referring(group, "securityGroupId", _FURTHER))]


@rule("aws:ec2/vpcEndpoint:VpcEndpoint", source=f"{_API}/API_CreateVpcEndpoint.html")
def groups_of_an_endpoint(it: Resource, program: Program) -> Found:
    for group in _groups(it, "securityGroupIds", program):
        if other_vpc(it, group, program):
            yield (
                "securityGroupIds",
                f"InvalidParameter: Security group {group.name!r} is not in the VPC of the endpoint",
            )


_ZONE = re.compile(r"[a-z]{2}(-[a-z]+)+-\d[a-z]")


@rule(
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:docdb/subnetGroup:SubnetGroup",
    "aws:neptune/subnetGroup:SubnetGroup",
    "aws:eks/cluster:Cluster",
    source=f"{_RDS}/API_CreateDBSubnetGroup.html",
)
def subnets_cover_two_zones(it: Resource, program: Program) -> Found:
    path = "vpcConfig.subnetIds" if it.type.startswith("aws:eks/") else "subnetIds"
    listed, subnets = it.list(path), program.refers(it, path, SUBNET)
    zones = {zone_of(subnet) for subnet in subnets}
    if len(subnets) == len(listed) and len(zones) == 1 and _ZONE.fullmatch(min(zones)):
        message = "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage"
        told = f"{message} requirement. Current AZ coverage: {min(zones)}. Add subnets to cover at least 2 AZs."
        if it.type.startswith("aws:eks/"):
            told = "InvalidParameterException: Subnets specified must be in at least two different AZs"
        yield path, told


@rule("aws:efs/mountTarget:MountTarget", source="https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html")
def mount_targets_in_one_network(it: Resource, program: Program) -> Found:
    system, mine = (
        program.refer(it, "fileSystemId", "aws:efs/fileSystem:FileSystem"),
        program.refer(it, "subnetId", SUBNET),
    )
    for other in program.referring(system, "fileSystemId", it.type) if system and mine else ():
        theirs = program.refer(other, "subnetId", SUBNET)
        if other.urn < it.urn and mine and theirs and other_vpc(mine, theirs, program):
            message = "MountTargetConflict: the mount targets of a file system are in one VPC"
            yield "subnetId", f"{message}: {other.name!r} is in another"


@rule(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
)
def endpoints_do_not_share_a_table(it: Resource, program: Program) -> Found:
    mine, service = _tables(it, program), it.text("serviceName")
    for other in program.of(it.type) if mine and service else ():
        shared = mine & _tables(other, program)
        if other.urn < it.urn and shared and other.text("serviceName") == service:
            message = (
                f"RouteAlreadyExists: route table {min(shared)} already has a route with destination-prefix-list-id of"
            )
            yield "routeTableIds", f"{message} {service}: {other.name!r}"


def _tables(it: Resource, program: Program) -> set[str]:
    known = {route_table_id for route_table_id in it.list("routeTableIds") if isinstance(route_table_id, str)}
    return known | {table.name for table in program.refers(it, "routeTableIds", TABLE)}


@rule("aws:ec2transitgateway/vpcAttachment:VpcAttachment", source=f"{_API}/API_CreateTransitGatewayVpcAttachment.html")
def zones_of_an_attachment_differ(it: Resource, program: Program) -> Found:
    for zone in list_repeated(filter(None, map(zone_of, program.refers(it, "subnetIds", SUBNET)))):
        yield "subnetIds", f"DuplicateSubnetsInSameZone: Duplicate Subnets for same AZ: {zone}"


@rule("aws:ec2transitgateway/vpcAttachment:VpcAttachment", source=f"{_API}/API_CreateTransitGatewayVpcAttachment.html")
def attachment_lies_in_its_network(it: Resource, program: Program) -> Found:
    for subnet in program.refers(it, "subnetIds", SUBNET):
        if other_vpc(it, subnet, program):
            yield (
                "subnetIds",
                f"InvalidSubnetID.NotFound: the subnet {subnet.name!r} is not in the VPC of the attachment",
            )


_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"


@rule(
    "aws:eks/fargateProfile:FargateProfile",
    source="https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html",
)
def fargate_runs_in_private_subnets(it: Resource, program: Program) -> Found:
    for subnet in program.refers(it, "subnetIds", SUBNET):
        if is_public(subnet, program):
            message = (
                f"InvalidParameterException: Subnet {subnet.name} provided in Fargate Profile is not a private subnet"
            )
            yield "subnetIds", message


def is_public(subnet: Resource, program: Program) -> bool:
    """Whether a route table of the program that is associated with the subnet leads to an internet gateway."""
    return any(_is_public(one, program) for one in program.referring(subnet, "subnetId", _ASSOCIATION))


@rule(
    "aws:sagemaker/domain:Domain",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateDomain.html",
)
def subnets_in_the_network_of_a_domain(it: Resource, program: Program) -> Found:
    for subnet in program.refers(it, "subnetIds", SUBNET):
        if other_vpc(it, subnet, program):
            yield "subnetIds", f"ValidationException: the subnet {subnet.name!r} is not in the VPC of the domain"


def _is_public(association: Resource, program: Program) -> bool:
    """Whether the associated route table has a route to an internet gateway."""
    table = program.refer(association, "routeTableId", TABLE)
    if table is None:
        return False
    inside = [
        program.refer(table, f"routes[{index}].gatewayId", GATEWAY) for index, _ in enumerate(table.list("routes"))
    ]
    routes = program.referring(table, "routeTableId", ROUTE)
    return any(inside) or any(program.refer(route, "gatewayId", GATEWAY) for route in routes)
