"""Security groups and their rules: protocols, ports, texts and peers."""

from __future__ import annotations

import re
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


@rule(GROUP, source=f"{_REFERENCE}/API_CreateSecurityGroup.html")
def texts_of_a_security_group(it: Resource) -> Found:
    texts = [("description", it.text("description"))]
    texts += [(f"{path}.description", one.text("description")) for side in _SIDES for path, one in it.blocks(side)]
    for path, text in texts:
        if not re.fullmatch(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*", text):
            yield path, f"{_INVALID}: Invalid security group description. Valid descriptions are strings less than"
        elif len(text) > 255:
            yield path, f"{_INVALID}: a description has at most 255 characters"


def _port_rules(it: Resource) -> list[tuple[str, Resource]]:
    if it.type != GROUP:
        return [("", it)]
    return [(f"{path}.", one) for side in _SIDES for path, one in it.blocks(side)]


@rule(
    GROUP,
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    source=f"{_REFERENCE}/API_IpPermission.html",
)
def ports_of_a_rule(it: Resource) -> Found:
    for path, one in _port_rules(it):
        protocol = str(one.get("protocol", one.get("ipProtocol", "")))
        low, high = one.number("fromPort"), one.number("toPort")
        if protocol.lower() in ("http", "https", "ssh", "tls", "any"):
            message = f"{_INVALID}: Invalid value '{protocol}' for IP protocol. Unknown protocol."
            yield f"{path}{'ipProtocol' if 'ipProtocol' in one.inputs else 'protocol'}", message
        if protocol.lower() in ("tcp", "udp", "6", "17") and low is not None and high is not None:
            if low > high:
                yield f"{path}fromPort", f"{_INVALID}: Invalid TCP/UDP port range ({low:g}:{high:g})"
            elif not 0 <= low <= 65535 or not 0 <= high <= 65535:
                yield f"{path}toPort", f"{_INVALID}: Invalid TCP/UDP port range ({low:g}:{high:g})"
        if it.type in (GROUP, "aws:ec2/securityGroupRule:SecurityGroupRule") and protocol in ("-1", "all"):
            if (low, high) not in ((0, 0), (None, None), (-1, -1), (0, None), (None, 0)) and None not in (low, high):
                message = "from_port and to_port must both be 0 to use the 'ALL' '-1' protocol"
                yield f"{path}fromPort", f"{message}: found {low:g} and {high:g}"


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
            count = sum(len(one.list(family)) + len(one.list("securityGroups")) for _, one in it.blocks(side))
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
