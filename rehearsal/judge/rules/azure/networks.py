"""Azure networks: address spaces, security rules, private endpoints and their DNS, public addresses."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

_NET = "azure-native:network"
NETWORK, SUBNET, SECURITY = f"{_NET}:VirtualNetwork", f"{_NET}:Subnet", f"{_NET}:NetworkSecurityGroup"
RULE, ENDPOINT, ADDRESS = f"{_NET}:SecurityRule", f"{_NET}:PrivateEndpoint", f"{_NET}:PublicIPAddress"
ZONES = ("azure-native:privatedns:PrivateZone",)
LINKS = ("azure-native:privatedns:VirtualNetworkLink",)
_LEARN = "https://learn.microsoft.com/azure"


def _networks(texts: list[Any]) -> list[Any] | None:
    """The networks; None if one of them is not known, or is not a network."""
    try:
        return [ip_network(text) for text in texts]
    except (ValueError, TypeError):
        return None


def _prefixes(subnet: Resource) -> list[Any] | None:
    single = subnet.get("addressPrefix")
    return _networks([single] if single is not None else subnet.list("addressPrefixes"))


def _subnets(network: Resource, program: Program) -> Iterator[tuple[Resource, str, Resource]]:
    """The subnets of a network: who declares each, at which path, and its properties."""
    for path, one in network.blocks("subnets"):
        yield network, f"{path}.", one
    for one in program.of(SUBNET):
        if program.refer(one, "virtualNetworkName", NETWORK) is network:
            yield one, "", one


@rule(NETWORK, SUBNET, source=f"{_LEARN}/virtual-network/virtual-network-vnet-plan-design-arm")
def subnets_of_a_network(it: Resource, program: Program) -> Found:
    network = it if it.type == NETWORK else program.refer(it, "virtualNetworkName", NETWORK)
    space = _networks(network.list("addressSpace.addressPrefixes")) if network else None
    if network is None or not space:
        return
    subnets = list(_subnets(network, program))
    for position, (owner, path, subnet) in enumerate(subnets):
        mine = _prefixes(subnet)
        if owner is not it or not mine:
            continue
        where = f"{path}{'addressPrefix' if subnet.get('addressPrefix') is not None else 'addressPrefixes'}"
        if not all(any(a.version == b.version and a.subnet_of(b) for b in space) for a in mine):
            message = f"NetcfgInvalidSubnet: Subnet '{subnet.text('name') or subnet.name}' is not valid in virtual"
            yield where, f"{message} network '{network.name}': {mine[0]} is outside {', '.join(map(str, space))}"
        for _, _, other in subnets[:position]:
            theirs = _prefixes(other) or []
            if any(a.version == b.version and a.overlaps(b) for a in mine for b in theirs):
                message = f"NetcfgSubnetRangesOverlap: Subnet '{subnet.text('name') or subnet.name}' is not valid because its IP"
                yield where, f"{message} address range overlaps with that of an existing subnet: {theirs[0]}"


@rule(NETWORK, SUBNET, source=f"{_LEARN}/virtual-network/virtual-network-vnet-plan-design-arm")
def prefixes_are_networks(it: Resource) -> Found:
    texts = [("addressPrefix", it.get("addressPrefix"))]
    for name in ("addressPrefixes", "addressSpace.addressPrefixes"):
        texts += [(f"{name}[{index}]", text) for index, text in enumerate(it.list(name))]
    for path, text in texts:
        if isinstance(text, str) and ("/" not in text or _networks([text]) is None):
            yield path, f"InvalidCIDRNotation: The address prefix {text} has an invalid CIDR notation"


def _itself_or_inside(it: Resource, kind: str, path: str) -> list[tuple[str, Resource]]:
    """The resource if it has this type, else those that it declares at a path, each with the prefix of its properties'
    paths."""
    return [("", it)] if it.type == kind else [(f"{at}.", one) for at, one in it.blocks(path)]


@rule(NETWORK, SUBNET, source=f"{_LEARN}/bastion/configuration-settings#subnet")
def subnets_with_a_meaning(it: Resource) -> Found:
    least = {"AzureBastionSubnet": 26, "AzureFirewallSubnet": 26, "GatewaySubnet": 29}
    for path, subnet in _itself_or_inside(it, SUBNET, "subnets"):
        name = subnet.text("name") or subnet.text("subnetName")
        prefixes = _prefixes(subnet)
        if name in least and prefixes and prefixes[0].prefixlen > least[name]:
            message = f"BadRequest: the subnet {name} must be /{least[name]} or larger, found"
            yield f"{path}addressPrefix", f"{message} {prefixes[0]}"
        if name == "GatewaySubnet" and subnet.get("networkSecurityGroup") is not None:
            message = "NetworkSecurityGroupCannotBeAttachedToGatewaySubnet"
            yield f"{path}networkSecurityGroup", f"{message}: it can not be associated to the GatewaySubnet"


@rule(SECURITY, source=f"{_LEARN}/virtual-network/network-security-groups-overview")
def priorities_of_a_security_group(it: Resource, program: Program) -> Found:
    seen: dict[tuple[Any, Any], str] = {}
    inline = [(f"{path}.priority", one) for path, one in it.blocks("securityRules")]
    apart = [("securityRules", one) for one in program.referring(it, "networkSecurityGroupName", RULE)]
    for path, one in [*inline, *apart]:
        key = (one.get("direction"), one.number("priority"))
        if None not in key and UNKNOWN not in key:
            if key in seen:
                message = f"SecurityRuleConflict: Security rule {one.get('name')} conflicts with rule {seen[key]}. Rules cannot"
                yield path, f"{message} have the same Priority and Direction: {key[1]:g}, {key[0]}"
            seen.setdefault(key, str(one.get("name")))


@rule(SECURITY, RULE, source=f"{_LEARN}/virtual-network/network-security-groups-overview")
def peers_of_a_security_rule(it: Resource) -> Found:
    for path, one in _itself_or_inside(it, RULE, "securityRules"):
        for side in ("source", "destination"):
            for single in ("AddressPrefix", "PortRange"):
                plural = f"{side}{single}{'es' if single == 'AddressPrefix' else 's'}"
                both = one.get(f"{side}{single}"), one.get(plural)
                group = one.get(f"{side}ApplicationSecurityGroups") if single == "AddressPrefix" else None
                if both[0] and both[1]:
                    message = "SecurityRuleParameterConflict"
                    yield f"{path}{plural}", f"{message}: {side}{single} and {plural} cannot be given at once"
                if not both[0] and not both[1] and not group:
                    yield f"{path}{side}{single}", f"SecurityRuleInvalid{single}: it must be specified"


@rule(ADDRESS, source=f"{_LEARN}/virtual-network/ip-services/public-ip-addresses")
def kind_of_a_public_address(it: Resource) -> Found:
    sku, how = it.get("sku.name"), it.get("publicIPAllocationMethod")
    if sku == "Standard" and how in (None, "Dynamic"):
        message = "PublicIPAllocationMethodNotSupported: Standard sku publicIp must have AllocationMethod set to Static"
        yield "publicIPAllocationMethod", f"{message}, found {how or 'nothing'}"
    if sku == "Basic" and it.get("zones") is not None:
        yield "zones", "ZonesNotAllowed: a public address of SKU Basic has no zones"


@rule(f"{_NET}:NatGateway", source=f"{_LEARN}/nat-gateway/nat-gateway-resource")
def addresses_of_a_nat_gateway(it: Resource, program: Program) -> Found:
    for index, _ in enumerate(it.list("publicIpAddresses")):
        address = program.refer(it, f"publicIpAddresses[{index}].id", ADDRESS)
        if address and address.get("sku.name", "Basic") == "Basic":
            message = "NatGatewaySkuMismatch: a NAT gateway takes public addresses of SKU Standard"
            yield f"publicIpAddresses[{index}]", f"{message}: {address.name!r} is Basic"


@rule(f"{_NET}:LoadBalancer", source=f"{_LEARN}/load-balancer/skus")
def addresses_of_a_balancer(it: Resource, program: Program) -> Found:
    for path, front in it.blocks("frontendIPConfigurations"):
        if front.get("zones") is not None and front.get("publicIPAddress") is not None:
            message = "LoadBalancerFrontendIPConfigCannotHaveZoneWhenReferencingPublicIPAddress"
            yield f"{path}.zones", f"{message}: the address has the zones"
    own = it.text("sku.name")
    for index, _ in enumerate(it.list("frontendIPConfigurations")):
        path = f"frontendIPConfigurations[{index}].publicIPAddress.id"
        address = program.refer(it, path, ADDRESS)
        theirs = address.text("sku.name") if address else ""
        if {own, theirs} == {"Basic", "Standard"}:
            message = (
                f"PublicIPAndLBSkuDoNotMatch: {own} sku load balancer {it.name} cannot reference {theirs} sku publicIP"
            )
            yield path, f"{message} {address.name if address else ''}"
