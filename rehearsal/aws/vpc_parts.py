"""Parts of VPCs that lists contain although no program created them: the default VPC's, and those of every VPC.

Another VPC than the rehearsal's is assumed to have parts like the default one's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws import default_vpc
from rehearsal.cloud import Call
from rehearsal.inventory import Entry
from rehearsal.provider.answers import passes

_VPC = "aws:ec2/vpc:Vpc"
# What its ids begin with, and the output of a VPC that names its own.
_WITH_EVERY_VPC: Mapping[str, tuple[str, str]] = {
    "aws:ec2/networkAcl:NetworkAcl": ("acl", "defaultNetworkAclId"),
    "aws:ec2/routeTable:RouteTable": ("rtb", "mainRouteTableId"),
    "aws:ec2/securityGroup:SecurityGroup": ("sg", "defaultSecurityGroupId"),
}


def find_default_ids(call: Call, sought: str, created: list[str]) -> list[str]:
    """Ids to list beside `created`, which the rehearsal made."""
    if sought == _VPC:
        return [] if created else [default_vpc.vpc(call.scope)["id"]]
    if sought == "aws:ec2/subnet:Subnet":
        return [] if created else _default_subnets(call)
    if sought in _WITH_EVERY_VPC:
        return [default for default in _own(call, sought, created) if default not in created]
    return []


def _own(call: Call, sought: str, listed: list[str]) -> list[str]:
    """The main route table, default security group or default network ACL of each requested VPC. Those with tags are
    not default."""
    prefix, output = _WITH_EVERY_VPC[sought]
    default, created, vpcs = default_vpc.identifier(prefix, call.scope), _list_created_vpcs(call), _vpcs(call)
    if not vpcs:
        return [] if listed else [default]
    described = bool(call.arguments.get("tags")) or len(_filters(call)) > sum(map(_names_vpcs, _filters(call)))
    own = [str(created[vpc].outputs.get(output)) if vpc in created else default for vpc in vpcs]
    ours = any(vpc in created for vpc in vpcs)
    return [] if described and (listed or ours) else list(dict.fromkeys(own))


def _default_subnets(call: Call) -> list[str]:
    """The default VPC's subnets that match the filters."""
    if any(vpc in _list_created_vpcs(call) for vpc in _vpcs(call)):
        return []
    filters = [one for one in _filters(call) if not _names_vpcs(one) and not str(one.get("name")).startswith("tag")]
    return [s["id"] for s in default_vpc.subnets(call.scope) if all(passes(one, s) for one in filters)]


def _filters(call: Call) -> list[Mapping[str, Any]]:
    return list(call.arguments.get("filters") or ())


def _names_vpcs(one: Mapping[str, Any]) -> bool:
    return one.get("name") == "vpc-id"


def _vpcs(call: Call) -> list[str]:
    """The requested VPCs, by argument or filter."""
    given = call.arguments.get("vpcId")
    filtered = [value for one in _filters(call) if _names_vpcs(one) for value in one.get("values") or ()]
    return [given, *filtered] if isinstance(given, str) else filtered


def _list_created_vpcs(call: Call) -> dict[str, Entry]:
    return {entry.id: entry for entry in call.inventory.of_type(_VPC)}
