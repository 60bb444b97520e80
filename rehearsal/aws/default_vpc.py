"""The default VPC, which every AWS account has in every region, and its subnets, one per zone.

https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
"""

from __future__ import annotations

import hashlib
from typing import Any

from rehearsal.aws import account
from rehearsal.cloud import Call


def identifier(prefix: str, region: str, part: str = "") -> str:
    return f"{prefix}-{hashlib.sha256(f'default {prefix} {region} {part}'.encode()).hexdigest()[:17]}"


def vpc(region: str) -> dict[str, Any]:
    identity = identifier("vpc", region)
    return {
        "id": identity,
        "arn": f"arn:{account.partition(region)}:ec2:{region}:{account.ACCOUNT}:vpc/{identity}",
        "cidrBlock": "172.31.0.0/16",
        "default": True,
        "dhcpOptionsId": identifier("dopt", region),
        "enableDnsHostnames": True,
        "enableDnsSupport": True,
        "instanceTenancy": "default",
        "mainRouteTableId": identifier("rtb", region),
        "ownerId": account.ACCOUNT,
        "region": region,
        "state": "available",
        "tags": {},
    }


def subnets(region: str) -> list[dict[str, Any]]:
    return [_subnet(region, position, zone) for position, zone in enumerate(account.zones(region))]


def _subnet(region: str, position: int, zone: str) -> dict[str, Any]:
    identity = identifier("subnet", region, zone)
    return {
        "id": identity,
        "arn": f"arn:{account.partition(region)}:ec2:{region}:{account.ACCOUNT}:subnet/{identity}",
        "availabilityZone": zone,
        "availabilityZoneId": account.zone_id(zone),
        "availableIpAddressCount": 4091,
        "cidrBlock": f"172.31.{position * 16}.0/20",
        "defaultForAz": True,
        "mapPublicIpOnLaunch": True,
        "ownerId": account.ACCOUNT,
        "region": region,
        "state": "available",
        "tags": {},
        "vpcId": identifier("vpc", region),
    }


def subnet_ids(call: Call) -> list[str]:
    return [str(subnet["id"]) for subnet in subnets(call.scope)]
