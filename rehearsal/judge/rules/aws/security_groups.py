"""Security groups and their rules: protocols, ports, texts and peers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.quotas import advise, quota
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.network import GROUP, other_vpc
from rehearsal.values import UNKNOWN

_REFERENCE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
_ERRORS = f"{_REFERENCE}/errors-overview.html"
_SIDES = ("ingress", "egress")
_INVALID = "InvalidParameterValue"


@rule(GROUP, source=_ERRORS)
def rules_of_a_group_differ(it: Resource) -> Found:
    for side in _SIDES:
        seen: dict[tuple[Any, ...], int] = {}
        for index, one in enumerate(it.list(side)):
            for block in one.get("cidrBlocks") or () if isinstance(one, Mapping) else ():
                key = (str(one.get("protocol")), one.get("fromPort"), one.get("toPort"), block)
                if UNKNOWN in key or (key in seen and one == it.list(side)[seen[key]]):
                    continue
                if key in seen:
                    yield f"{side}[{index}]", f"InvalidPermission.Duplicate: the specified rule {block} already exists"
                seen[key] = index


@rule(
    GROUP, source="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups"
)
def rules_of_a_group_are_few(it: Resource) -> Found:
    name = "aws-rules-per-security-group"
    for side in _SIDES:
        # AWS counts IPv4 and IPv6 rules separately; a rule that names another group counts as both.
        for family in ("cidrBlocks", "ipv6CidrBlocks"):
            count = sum(len(block.list(family)) + len(block.list("securityGroups")) for _, block in it.blocks(side))
            if count > quota(name):
                message = f"RulesPerSecurityGroupLimitExceeded: found {count} rules, expected at most {quota(name)}"
                yield side, f"{message} {advise(name)}"


@rule(
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    source=_ERRORS,
)
def peers_in_one_network(it: Resource, program: Program) -> Found:
    own = program.refer(it, "securityGroupId", GROUP)
    for path in ("sourceSecurityGroupId", "referencedSecurityGroupId"):
        peer = program.refer(it, path, GROUP)
        if (
            own
            and peer
            and other_vpc(own, peer, program)
            and not list(program.of("aws:ec2/vpcPeeringConnection:VpcPeeringConnection"))
        ):
            yield path, "InvalidGroup.NotFound: You have specified two resources that belong to different networks."
