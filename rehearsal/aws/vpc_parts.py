"""Default parts of VPCs, which lists contain although no program created them.

An external VPC is assumed to have the same parts as the default VPC.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws import default_vpc
from rehearsal.cloud import Call
from rehearsal.inventory import Entry
from rehearsal.provider.answers import passes

_VPC = "aws:ec2/vpc:Vpc"
# For each type of default part, the prefix of its ids and the VPC's output with the part's id.
_WITH_EVERY_VPC: Mapping[str, tuple[str, str]] = {
    "aws:ec2/networkAcl:NetworkAcl": ("acl", "defaultNetworkAclId"),
    "aws:ec2/routeTable:RouteTable": ("rtb", "mainRouteTableId"),
    "aws:ec2/securityGroup:SecurityGroup": ("sg", "defaultSecurityGroupId"),
}


def find_default_ids(call: Call, sought: str, created: list[str]) -> list[str]:
    """Returns the ids of default parts to list in addition to `created`, the ids of created resources."""
    if sought == _VPC:
        return [] if created else [default_vpc.vpc(call.scope)["id"]]
    if sought == "aws:ec2/subnet:Subnet":
        return [] if created else _default_subnets(call)
    if sought in _WITH_EVERY_VPC:
        return [default for default in _own(call, sought, created) if default not in created]
    return []


def _own(call: Call, sought: str, listed: list[str]) -> list[str]:
    """The main route table, default security group or default network ACL of each requested VPC. A default part has no
    tags, so that a request by tags does not find it."""
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
    filters = [
        criterion
        for criterion in _filters(call)
        if not _names_vpcs(criterion) and not str(criterion.get("name")).startswith("tag")
    ]
    return [s["id"] for s in default_vpc.subnets(call.scope) if all(passes(criterion, s) for criterion in filters)]


def _filters(call: Call) -> list[Mapping[str, Any]]:
    return list(call.arguments.get("filters") or ())


def _names_vpcs(one: Mapping[str, Any]) -> bool:
    return one.get("name") == "vpc-id"


def _vpcs(call: Call) -> list[str]:
    """The ids of the requested VPCs, from the argument or the filters."""
    given = call.arguments.get("vpcId")
    filtered = [
        value for criterion in _filters(call) if _names_vpcs(criterion) for value in criterion.get("values") or ()
    ]
    return [given, *filtered] if isinstance(given, str) else filtered


def _list_created_vpcs(call: Call) -> dict[str, Entry]:
    return {entry.id: entry for entry in call.inventory.of_type(_VPC)}
