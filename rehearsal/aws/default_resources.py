"""Default resources of every AWS account: the default network of each region, and AWS managed policies.

A program may read them with `.get(...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.aws import account, default_vpc
from rehearsal.inventory import Entry


def _vpc(region: str, identity: str) -> dict[str, Any] | None:
    vpc = default_vpc.vpc(region)
    return vpc if vpc["id"] == identity else None


def _subnet(region: str, identity: str) -> dict[str, Any] | None:
    return next((subnet for subnet in default_vpc.subnets(region) if subnet["id"] == identity), None)


def _part(prefix: str, kind: str) -> Callable[[str, str], dict[str, Any] | None]:
    """Returns a function that describes a part of the default VPC (security group, route table, network ACL)."""

    def describe(region: str, identity: str) -> dict[str, Any] | None:
        if identity != default_vpc.identifier(prefix, region):
            return None
        arn = f"arn:{account.partition(region)}:ec2:{region}:{account.ACCOUNT}:{kind}/{identity}"
        described = {"name": "default", "description": "default VPC security group"} if prefix == "sg" else {}
        vpc = default_vpc.identifier("vpc", region)
        return {**described, "arn": arn, "ownerId": account.ACCOUNT, "vpcId": vpc, "region": region, "tags": {}}

    return describe


def _policy(region: str, identity: str) -> dict[str, Any] | None:
    """Describes an AWS managed policy (`arn:aws:iam::aws:policy/…`), which every account may attach."""
    if not identity.startswith(f"arn:{account.partition(account.DEFAULT_REGION)}:iam::aws:policy/"):
        return None
    path, _, name = identity.partition(":policy")[2].rpartition("/")
    return {"arn": identity, "name": name, "path": f"{path}/", "policy": "{}", "attachmentCount": 0, "tags": {}}


_DEFAULTS: Mapping[str, Callable[[str, str], dict[str, Any] | None]] = {
    "aws:ec2/networkAcl:NetworkAcl": _part("acl", "network-acl"),
    "aws:ec2/routeTable:RouteTable": _part("rtb", "route-table"),
    "aws:ec2/securityGroup:SecurityGroup": _part("sg", "security-group"),
    "aws:ec2/subnet:Subnet": _subnet,
    "aws:ec2/vpc:Vpc": _vpc,
    "aws:iam/policy:Policy": _policy,
}


def find_default(token: str, scope: str, identity: str) -> Entry | None:
    """Returns an inventory entry for a default resource, or None. `scope` is the resource's region."""
    outputs = _DEFAULTS[token](scope, identity) if token in _DEFAULTS else None
    return Entry(token, scope, identity, "", "", {}, outputs) if outputs is not None else None
