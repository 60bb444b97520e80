"""Addresses and ranges inside a network; volumes and instances."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.network import SUBNET, VPC, read_network

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
_ADDRESSES = {
    "aws:ec2/instance:Instance": "privateIp",
    "aws:ec2/networkInterface:NetworkInterface": "privateIps",
    "aws:ec2/natGateway:NatGateway": "privateIp",
    "aws:efs/mountTarget:MountTarget": "ipAddress",
}


@rule(*_ADDRESSES, source="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html")
def address_lies_in_its_subnet(it: Resource, program: Program) -> Found:
    path, subnet = _ADDRESSES[it.type], program.refer(it, "subnetId", SUBNET)
    block = read_network(subnet.text("cidrBlock")) if subnet else None
    given = it.get(path)
    for text in given if isinstance(given, list) else [given]:
        address = _address(text)
        if block is None or address is None or address.version != block.version:
            continue
        if address not in block:
            yield (
                path,
                f"InvalidParameterValue: Address {address} does not fall within the subnet's address range {block}",
            )
        elif int(address) - int(block[0]) < 4 or address == block[-1]:
            yield path, f"InvalidParameterValue: Address {address} is in subnet's reserved address range"


def _address(text: object) -> Any:
    try:
        return ip_address(text) if isinstance(text, str) else None
    except ValueError:
        return None


_MORE = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
_PRIVATE = [ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
_VPC_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"


@rule(_MORE, source=f"{_VPC_GUIDE}/vpc-cidr-blocks.html#add-cidr-block-restrictions")
def further_range_of_a_network(it: Resource, program: Program) -> Found:
    vpc = program.refer(it, "vpcId", VPC)
    first, more = (read_network(one.text("cidrBlock")) if one else None for one in (vpc, it))
    if first is None or more is None:
        return
    homes = [[space for space in _PRIVATE if one.subnet_of(space)] for one in (first, more)]
    if all(homes) and homes[0] != homes[1]:
        message = (
            f"InvalidVpc.Range: The CIDR '{more}' is restricted. Use a CIDR from the same private address range as"
        )
        yield "cidrBlock", f"{message} the current VPC CIDR {first}, or use a publicly-routable CIDR"
    if first.overlaps(more):
        yield "cidrBlock", f"InvalidVpc.Range: The CIDR '{more}' conflicts with another CIDR block of the VPC, {first}"


@rule(SUBNET, source=f"{_VPC_GUIDE}/vpc-cidr-blocks.html")
def subnet_waits_for_its_range(it: Resource, program: Program) -> Found:
    vpc, mine = program.refer(it, "vpcId", VPC), read_network(it.text("cidrBlock"))
    first = read_network(vpc.text("cidrBlock")) if vpc else None
    if vpc is None or mine is None or first is None or mine.overlaps(first):
        return
    for association in program.referring(vpc, "vpcId", _MORE):
        block = read_network(association.text("cidrBlock"))
        if block and mine.subnet_of(block) and association.new and not program.waits_for(it, association):
            message = f"InvalidSubnet.Range: The CIDR '{mine}' is invalid: the VPC does not have {block} yet"
            yield "cidrBlock", f"{message}: depend on {association.name!r}, or take its vpcId"


@rule("aws:ec2/instance:Instance", source=f"{_API}/API_RunInstances.html")
def profile_is_no_role(it: Resource, program: Program) -> Found:
    path = "iamInstanceProfile"
    roles = [program.by_urn[urn] for urn in it.sources.get(path, ()) if urn in program.by_urn]
    if len(roles) != 1 or roles[0].type != "aws:iam/role:Role":
        return
    profiles = list(program.of("aws:iam/instanceProfile:InstanceProfile"))
    namesakes = [profile for profile in profiles if roles[0].urn in profile.sources.get("name", ())]
    if not namesakes and all(
        profile.text("name") != roles[0].text("name") or not profile.text("name") for profile in profiles
    ):
        message = "InvalidParameterValue: Invalid IAM Instance Profile name"
        yield path, f"{message}: {roles[0].name!r} is a role, make an instance profile with it"


_MOST_IOPS = {"gp3": 500, "io1": 50, "io2": 1000}
"""The most IOPS for each GiB, by type of volume."""


@rule("aws:ebs/volume:Volume", source="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html")
def rates_of_a_volume(it: Resource) -> Found:
    yield from _rates("", it, it.text("type"), it.number("size"))


_BLOCKS = {
    "aws:ec2/instance:Instance": ("rootBlockDevice", "ebsBlockDevices"),
    "aws:ec2/launchTemplate:LaunchTemplate": ("blockDeviceMappings",),
}


@rule(*_BLOCKS, source="https://github.com/aws/aws-parallelcluster/pull/2301")
def rates_of_block_devices(it: Resource) -> Found:
    for path in _BLOCKS[it.type]:
        single = isinstance(it.get(path), Mapping)
        for place, block in it.blocks(path):
            ebs = next(iter(block.blocks("ebs")), None)
            at = path if single else place
            at, volume = (f"{at}.ebs", ebs[1]) if ebs else (at, block)
            kind, size = volume.text("volumeType"), volume.number("volumeSize")
            yield from _rates(f"{at}.", volume, kind, size)
            if kind in ("st1", "sc1") and size and size < 125:
                message = f"InvalidBlockDeviceMapping: Volume of size {size:g}GB is smaller than the smallest of type"
                yield f"{at}.volumeSize", f"{message} {kind}, 125GiB"


def _rates(at: str, volume: Resource, kind: str, size: float | None) -> Found:
    iops, throughput, most = volume.number("iops"), volume.number("throughput"), _MOST_IOPS.get(kind)
    # A gp3 volume has 3,000 IOPS whatever its size.
    if most and size and iops and iops > max(size * most, 3000 if kind == "gp3" else 0):
        message = f"InvalidParameterValue: Iops to volume size ratio of {iops / size:g} is too high"
        yield f"{at}iops", f"{message}; maximum is {most}"
    if kind == "gp3" and throughput and throughput > (iops or 3000) / 4:
        message = (
            f"InvalidParameterValue: Throughput (MiBps) to iops ratio of {throughput / (iops or 3000):g} is too high"
        )
        yield f"{at}throughput", f"{message}; maximum is 0.25"
