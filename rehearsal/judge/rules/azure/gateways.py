"""Gateways: required security rules of their subnet, addresses that do not match, and listeners of one port."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations, pairwise
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.networks import RULE, SECURITY, SUBNET
from rehearsal.values import UNKNOWN

ADDRESS = "azure-native:network:PublicIPAddress"
_FIRST, _LAST = 65_200, 65_535
_TABLE, _ROUTE = "azure-native:network:RouteTable", "azure-native:network:Route"
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
        rules = _rules_of(group, program)
        if group.get("securityRules") is not UNKNOWN and not any(
            _lets_the_manager_in(security_rule) for security_rule in rules
        ):
            message = "ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup: Network security group"
            told = f"{message} {group.name} blocks incoming internet traffic on ports {_FIRST} - {_LAST} to subnet"
            yield f"{path}.subnet", f"{told} {subnet.name}: allow them from GatewayManager"


def _lets_the_manager_in(one: Resource) -> bool:
    """Whether a security rule allows, or may allow, GatewayManager to reach the management ports."""
    return _allows(one, "Inbound", "source", _ANYBODY, _FIRST, _LAST)


def _allows(one: Resource, direction: str, side: str, partners: Collection[str], first: int, last: int) -> bool:
    """Whether a security rule allows, or may allow, one of the partners at all of these ports."""
    if UNKNOWN in (one.get("access"), one.get("direction")):
        return True
    named = [one.get(f"{side}AddressPrefix"), *one.list(f"{side}AddressPrefixes")]
    ports = [one.get("destinationPortRange"), *one.list("destinationPortRanges")]
    return (
        one.get("access") == "Allow"
        and one.get("direction") == direction
        and any(name is UNKNOWN or _covers_partner(str(name).lower(), side, partners) for name in named)
        and any(port is UNKNOWN or _covers(str(port), first, last) for port in ports)
    )


def _covers_partner(name: str, side: str, partners: Collection[str]) -> bool:
    """Whether a prefix is one of the partners, a region's part of a service tag, or an own range of the network."""
    return name in partners or name.partition(".")[0] in partners or (side == "destination" and "/" in name)


def _covers(ports: str, first: int, last: int) -> bool:
    start, _, end = ports.partition("-")
    end = end or start
    return ports == "*" or (start.isdigit() and end.isdigit() and int(start) <= first and int(end) >= last)


# What a bastion host's subnet must allow: the direction, whose prefix counts, the prefixes, any of these ports, the
# meaning. The service looks for rules; that the default rules already allow the traffic does not count.
_BASTION = (
    ("Inbound", "source", _ANYBODY, (443,), "GatewayManager to port 443"),
    ("Outbound", "destination", {"*", "any", "virtualnetwork"}, (22, 3389), "ports 22 and 3389 of VirtualNetwork"),
    ("Outbound", "destination", {"*", "any", "internet", "azurecloud"}, (443,), "port 443 of AzureCloud"),
)


@rule(SUBNET, source="https://github.com/MicrosoftDocs/azure-docs/issues/80806")
def security_group_of_a_bastion(it: Resource, program: Program) -> Found:
    bastion = it.text("subnetName") == "AzureBastionSubnet"
    group = program.refer(it, "networkSecurityGroup.id", SECURITY) if bastion else None
    rules = list(_rules_of(group, program)) if group else []
    known = group is not None and group.get("securityRules") is not UNKNOWN
    for direction, side, partners, ports, meaning in _BASTION if known else ():
        if not any(
            _allows(security_rule, direction, side, partners, port, port) for security_rule in rules for port in ports
        ):
            message = "NetworkSecurityGroupNotCompliantForAzureBastionSubnet: Network security group"
            told = f"{message} {group.name if group else ''} does not have necessary rules for Azure Bastion Subnet"
            yield "networkSecurityGroup", f"{told} AzureBastionSubnet: {direction.lower()}, {meaning}"
            return


def _rules_of(group: Resource, program: Program) -> Iterator[Resource]:
    yield from (security_rule for _, security_rule in group.blocks("securityRules"))
    yield from program.referring(group, "networkSecurityGroupName", RULE)


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


@rule(
    "azure-native:network:ApplicationGateway",
    source="https://github.com/Azure/application-gateway-kubernetes-ingress/pull/692",
)
def listeners_differ(it: Resource) -> Found:
    for (_, listener), (path, other) in combinations(it.blocks("httpListeners"), 2):
        same = ("frontendPort.id", "frontendIPConfiguration.id", "hostName", "hostNames")
        mine, theirs = ([each.get(name) for name in same] for each in (listener, other))
        if mine == theirs and UNKNOWN not in mine and mine[0] is not None:
            message = "ApplicationGatewayHttpListenersUsingSameFrontendPort: Two Http Listeners of Application Gateway"
            yield (
                path,
                f"{message} are using the same Frontend Port and host: {listener.get('name')} and {other.get('name')}",
            )


@rule(
    "azure-native:network:ApplicationGateway",
    source="https://github.com/Azure/terraform-azurerm-avm-ptn-aiml-landing-zone/issues/28",
)
def routes_of_a_gateway(it: Resource, program: Program) -> Found:
    for path, _ in it.blocks("gatewayIPConfigurations") if it.text("sku.tier").endswith("_v2") else ():
        subnet = program.refer(it, f"{path}.subnet.id", SUBNET)
        table = program.refer(subnet, "routeTable.id", _TABLE) if subnet and subnet.get("delegations") is None else None
        apart = program.referring(table, "routeTableName", _ROUTE) if table else ()
        for route in [*(route for _, route in table.blocks("routes")), *apart] if table else ():
            if route.get("addressPrefix") == "0.0.0.0/0" and route.get("nextHopType") == "VirtualAppliance":
                message = "ApplicationGatewaySubnetUserDefinedRouteNotAllowed: Route Table"
                told = f"{message} {table.name if table else ''} is associated to the subnet of a V2 SKU Application Gateway"
                yield path, f"{told}, its route 0.0.0.0/0 must not lead to a virtual appliance"


_OUTSIDE = {"*", "any", "internet", "0.0.0.0/0"}


@rule(
    "azure-native:network:ApplicationGateway",
    source="https://github.com/Azure-Terraform/terraform-azurerm-virtual-network/pull/20",
)
def way_out_of_a_gateway(it: Resource, program: Program) -> Found:
    for path, _ in it.blocks("gatewayIPConfigurations") if it.text("sku.tier").endswith("_v2") else ():
        subnet = program.refer(it, f"{path}.subnet.id", SUBNET)
        group = program.refer(subnet, "networkSecurityGroup.id", SECURITY) if subnet else None
        if subnet is None or group is None or subnet.get("delegations") is not None:
            continue
        rules = [one for one in _rules_of(group, program) if one.get("direction") in ("Outbound", UNKNOWN)]
        allowed = [one for one in rules if one.get("access") != "Deny" and _leads_outside(one)]
        for denied in (one for one in rules if _blocks_outside(one)):
            first = min((one.number("priority") or 0 for one in allowed), default=5000)
            if first > (denied.number("priority") or 0):
                message = "ApplicationGatewaySubnetOutboundTrafficBlockedByNetworkSecurityGroup: Network security group"
                told = f"{message} {group.name} blocks outgoing internet traffic on subnet {subnet.name}"
                yield f"{path}.subnet", f"{told}: by its rule {denied.get('name')}"


def _leads_outside(one: Resource) -> bool:
    """Whether a security rule is, or may be, about destinations outside of the network."""
    named = [one.get("destinationAddressPrefix"), *one.list("destinationAddressPrefixes")]
    return any(name is UNKNOWN or str(name).lower() in (*_OUTSIDE, "azurecloud") for name in named)


def _blocks_outside(one: Resource) -> bool:
    every = ("destinationAddressPrefix", _OUTSIDE), ("sourceAddressPrefix", {*_OUTSIDE, "virtualnetwork"})
    whole = all(str(one.get(name)).lower() in names for name, names in every)
    open_ = all(one.get(name) == "*" for name in ("protocol", "destinationPortRange", "sourcePortRange"))
    return one.get("access") == "Deny" and one.get("direction") == "Outbound" and whole and open_
