"""Peerings of virtual networks: their gateways, and address spaces that overlap."""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.networks import NETWORK, SUBNET, read_networks

PEERING = "azure-native:network:VirtualNetworkPeering"
_GATEWAYS = ("azure-native:network:VirtualNetworkGateway", "azure-native:network:VirtualHub")


@rule(PEERING, source="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering")
def gateway_of_a_peering(it: Resource, program: Program) -> Found:
    mine, theirs = (program.refer(it, path, NETWORK) for path in ("virtualNetworkName", "remoteVirtualNetwork.id"))
    if it.get("useRemoteGateways") is not True or theirs is None:
        return
    gateways = list(program.of(*_GATEWAYS))
    meant = any(subnet.text("subnetName") == "GatewaySubnet" for subnet in program.of(SUBNET))
    if theirs.new and not gateways and not meant:
        message = (
            "RemoteVnetHasNoGateways: Peering cannot have UseRemoteGateway flag set to true because remote virtual"
        )
        yield (
            "useRemoteGateways",
            f"{message} network {theirs.name} referenced by the peering does not have any gateways",
        )
    for gateway in program.of(*_GATEWAYS[:1]):
        subnet = program.refer(gateway, "ipConfigurations[0].subnet.id", SUBNET)
        home = program.refer(subnet, "virtualNetworkName", NETWORK) if subnet else None
        if home is theirs and gateway.new and it.new and not program.waits_for(it, gateway):
            message = (
                "RemoteVnetHasNoGateways: Peering cannot have UseRemoteGateway flag set to true because remote virtual"
            )
            yield (
                "useRemoteGateways",
                f"{message} network {theirs.name} does not have any gateways yet: depend on {gateway.name!r}",
            )
    for back in program.referring(theirs, "virtualNetworkName", PEERING):
        one_pair = mine and program.refer(back, "remoteVirtualNetwork.id", NETWORK) is mine
        if one_pair and back.get("allowGatewayTransit") in (None, False):
            message = "Peering cannot have UseRemoteGateways flag set to true, because corresponding remote peering has"
            yield "useRemoteGateways", f"{message} AllowGatewayTransit flag set to false: {back.name!r}"


@rule(PEERING, source="https://github.com/Azure/ResourceModules/issues/731")
def spaces_of_a_peering(it: Resource, program: Program) -> Found:
    mine, theirs = (program.refer(it, path, NETWORK) for path in ("virtualNetworkName", "remoteVirtualNetwork.id"))
    # A peering of single subnets compares only those.
    if mine is None or theirs is None or it.get("peerCompleteVnets") is not None:
        return
    if mine is theirs or _overlap(mine, theirs):
        message = "VnetAddressSpacesOverlap: the networks cannot be peered because their address spaces overlap"
        yield "remoteVirtualNetwork", f"{message}: {mine.name!r} and {theirs.name!r}"
        return
    for other in sorted(_list_peers(theirs, program), key=lambda one: one.urn):
        if other is not mine and other.urn < mine.urn and _overlap(mine, other):
            message = f"VnetAddressSpaceOverlapsWithAlreadyPeeredVnet: the address space of {mine.name!r} overlaps with"
            yield "virtualNetworkName", f"{message} {other.name!r} already peered with {theirs.name!r}"


def _list_peers(network: Resource, program: Program) -> Iterator[Resource]:
    for peering in program.referring(network, "remoteVirtualNetwork.id", PEERING):
        found = program.refer(peering, "virtualNetworkName", NETWORK)
        if found and peering.get("peerCompleteVnets") is None:
            yield found


def _overlap(one: Resource, other: Resource) -> bool:
    mine, theirs = (read_networks(each.list("addressSpace.addressPrefixes")) or [] for each in (one, other))
    return any(a.version == b.version and a.overlaps(b) for a in mine for b in theirs)
