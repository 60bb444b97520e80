"""Azure networks: address spaces, and the priorities of security rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

_NET = "azure-native:network"
NETWORK, SUBNET, SECURITY = f"{_NET}:VirtualNetwork", f"{_NET}:Subnet", f"{_NET}:NetworkSecurityGroup"
RULE = f"{_NET}:SecurityRule"
_LEARN = "https://learn.microsoft.com/azure"


def read_networks(texts: list[Any]) -> list[Any] | None:
    """The texts as networks; None if one of them is unknown or not a CIDR block."""
    try:
        return [ip_network(text) for text in texts]
    except (ValueError, TypeError):
        return None


def read_prefixes(subnet: Resource) -> list[Any] | None:
    """The address ranges of a subnet; None if one of them is unknown."""
    single = subnet.get("addressPrefix")
    return read_networks([single] if single is not None else subnet.list("addressPrefixes"))


def _subnets(network: Resource, program: Program) -> Iterator[tuple[Resource, str, Resource]]:
    """Yields the subnets of a network: the resource that declares it, the path prefix, and its properties."""
    for path, subnet in network.blocks("subnets"):
        yield network, f"{path}.", subnet
    for subnet in program.of(SUBNET):
        if program.refer(subnet, "virtualNetworkName", NETWORK) is network:
            yield subnet, "", subnet


@rule(NETWORK, SUBNET, source=f"{_LEARN}/virtual-network/virtual-network-vnet-plan-design-arm")
def subnets_of_a_network(it: Resource, program: Program) -> Found:
    network = it if it.type == NETWORK else program.refer(it, "virtualNetworkName", NETWORK)
    space = read_networks(network.list("addressSpace.addressPrefixes")) if network else None
    if network is None or not space:
        return
    subnets = list(_subnets(network, program))
    for position, (owner, path, subnet) in enumerate(subnets):
        mine = read_prefixes(subnet)
        if owner is not it or not mine:
            continue
        where = f"{path}{'addressPrefix' if subnet.get('addressPrefix') is not None else 'addressPrefixes'}"
        if not all(any(a.version == b.version and a.subnet_of(b) for b in space) for a in mine):
            message = f"NetcfgInvalidSubnet: Subnet '{subnet.text('name') or subnet.name}' is not valid in virtual"
            yield where, f"{message} network '{network.name}': {mine[0]} is outside {', '.join(map(str, space))}"
        for _, _, other in subnets[:position]:
            theirs = read_prefixes(other) or []
            if any(a.version == b.version and a.overlaps(b) for a in mine for b in theirs):
                message = f"NetcfgSubnetRangesOverlap: Subnet '{subnet.text('name') or subnet.name}' is not valid because its IP"
                yield where, f"{message} address range overlaps with that of an existing subnet: {theirs[0]}"


@rule(NETWORK, SUBNET, source=f"{_LEARN}/virtual-network/virtual-network-vnet-plan-design-arm")
def prefixes_are_networks(it: Resource) -> Found:
    texts = [("addressPrefix", it.get("addressPrefix"))]
    for name in ("addressPrefixes", "addressSpace.addressPrefixes"):
        texts += [(f"{name}[{index}]", text) for index, text in enumerate(it.list(name))]
    for path, text in texts:
        if isinstance(text, str) and ("/" not in text or read_networks([text]) is None):
            yield path, f"InvalidCIDRNotation: The address prefix {text} has an invalid CIDR notation"


@rule(SECURITY, source=f"{_LEARN}/virtual-network/network-security-groups-overview")
def priorities_of_a_security_group(it: Resource, program: Program) -> Found:
    seen: dict[tuple[Any, Any], str] = {}
    inline = [(f"{path}.priority", security_rule) for path, security_rule in it.blocks("securityRules")]
    apart = [
        ("securityRules", security_rule) for security_rule in program.referring(it, "networkSecurityGroupName", RULE)
    ]
    for path, one in [*inline, *apart]:
        key = (one.get("direction"), one.number("priority"))
        if None not in key and UNKNOWN not in key:
            if key in seen:
                message = f"SecurityRuleConflict: Security rule {one.get('name')} conflicts with rule {seen[key]}. Rules cannot"
                yield path, f"{message} have the same Priority and Direction: {key[1]:g}, {key[0]}"
            seen.setdefault(key, str(one.get("name")))


@rule(SECURITY, RULE, source="https://github.com/microsoft/azure_arc/issues/850")
def prefixes_of_security_rules(it: Resource) -> Found:
    """Whether what looks like an address is one; a name may be any service tag."""
    rules = it.blocks("securityRules") if it.type == SECURITY else [("", it)]
    for path, security_rule in rules:
        for name in ("sourceAddressPrefix", "destinationAddressPrefix"):
            for each in (name, f"{name}es"):
                value = security_rule.get(each)
                for text in value if isinstance(value, list) else [value]:
                    if isinstance(text, str) and re.fullmatch(r"[\d.]+(/.*)?", text) and not _is_address(text):
                        message = "SecurityRuleInvalidAddressPrefix: the security rule has an invalid Address prefix."
                        yield f"{path}.{each}".lstrip("."), f"{message} Value provided: {text}"


def _is_address(text: str) -> bool:
    try:
        return bool(ip_network(text, strict=False))
    except ValueError:
        return False
