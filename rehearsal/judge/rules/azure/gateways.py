"""Gateways: required security rules of their subnet, and public IP addresses that do not match each other."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.networks import RULE, SECURITY, SUBNET
from rehearsal.values import UNKNOWN

ADDRESS = "azure-native:network:PublicIPAddress"
_FIRST, _LAST = 65_200, 65_535
_ANYBODY = {"*", "any", "internet", "gatewaymanager", "0.0.0.0/0"}


@rule(
    "azure-native:network:ApplicationGateway",
    source="https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure#network-security-groups",
)
def security_group_of_a_gateway(it: Resource, program: Program) -> Found:
    version_two = it.text("sku.tier") in ("Standard_v2", "WAF_v2")
    for path, _ in it.blocks("gatewayIPConfigurations") if version_two else ():
        subnet = program.refer(it, f"{path}.subnet.id", SUBNET)
        # A network-isolated gateway, whose subnet is delegated, needs no such rule.
        group = program.refer(subnet, "networkSecurityGroup.id", SECURITY) if subnet else None
        if subnet is None or group is None or subnet.get("delegations") is not None:
            continue
        apart = program.referring(group, "networkSecurityGroupName", RULE)
        rules = [*(one for _, one in group.blocks("securityRules")), *apart]
        if group.get("securityRules") is not UNKNOWN and not any(_lets_the_manager_in(one) for one in rules):
            message = "ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup: Network security group"
            told = f"{message} {group.name} blocks incoming internet traffic on ports {_FIRST} - {_LAST} to subnet"
            yield f"{path}.subnet", f"{told} {subnet.name}: allow them from GatewayManager"


def _lets_the_manager_in(one: Resource) -> bool:
    """Whether a security rule allows, or may allow, GatewayManager to reach the management ports."""
    if UNKNOWN in (one.get("access"), one.get("direction")):
        return True
    sources = [one.get("sourceAddressPrefix"), *one.list("sourceAddressPrefixes")]
    ports = [one.get("destinationPortRange"), *one.list("destinationPortRanges")]
    anybody = any(source is UNKNOWN or str(source).lower() in _ANYBODY for source in sources)
    return (
        one.get("access") == "Allow"
        and one.get("direction") == "Inbound"
        and anybody
        and any(port is UNKNOWN or _covers(str(port)) for port in ports)
    )


def _covers(ports: str) -> bool:
    first, _, last = ports.partition("-")
    return ports == "*" or (first.isdigit() and last.isdigit() and int(first) <= _FIRST and int(last) >= _LAST)


@rule(
    "azure-native:network:VirtualNetworkGateway",
    source="https://github.com/Azure/terraform-azurerm-caf-enterprise-scale/issues/940",
)
def addresses_of_a_gateway(it: Resource, program: Program) -> Found:
    sources = it.sources.get("ipConfigurations", ()) if it.get("activeActive") is True else ()
    made = [program.by_urn[urn] for urn in sources if urn in program.by_urn and program.by_urn[urn].type == ADDRESS]
    for one, other in pairwise(made):
        # In most regions an address without `zones` is in all zones, so a missing value is not compared.
        for name in ("sku.name", "zones"):
            mine, theirs = (_sorted(each.get(name, UNKNOWN)) for each in (one, other))
            if UNKNOWN not in (mine, theirs) and mine != theirs:
                message = "ActiveActiveGatewayPublicIPAddressesDiffersInSkuOrZones: the addresses have different"
                yield "ipConfigurations", f"{message} {name}: {mine} and {theirs}"


def _sorted(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list) else value
