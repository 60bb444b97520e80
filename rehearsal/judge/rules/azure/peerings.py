"""Peerings of virtual networks."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.networks import NETWORK, SUBNET

PEERING = "azure-native:network:VirtualNetworkPeering"
_GATEWAYS = ("azure-native:network:VirtualNetworkGateway", "azure-native:network:VirtualHub")


@rule(PEERING, source="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering")
def gateway_of_a_peering(it: Resource, program: Program) -> Found:
    mine, theirs = (program.refer(it, path, NETWORK) for path in ("virtualNetworkName", "remoteVirtualNetwork.id"))
    if it.get("useRemoteGateways") is not True or theirs is None:
        return
    gateways = list(program.of(*_GATEWAYS))
    meant = any(one.text("subnetName") == "GatewaySubnet" for one in program.of(SUBNET))
    if theirs.new and not gateways and not meant:
        message = (
            "RemoteVnetHasNoGateways: Peering cannot have UseRemoteGateway flag set to true because remote virtual"
        )
        yield (
            "useRemoteGateways",
            f"{message} network {theirs.name} referenced by the peering does not have any gateways",
        )
    for back in program.referring(theirs, "virtualNetworkName", PEERING):
        one_pair = mine and program.refer(back, "remoteVirtualNetwork.id", NETWORK) is mine
        if one_pair and back.get("allowGatewayTransit") in (None, False):
            message = "Peering cannot have UseRemoteGateways flag set to true, because corresponding remote peering has"
            yield "useRemoteGateways", f"{message} AllowGatewayTransit flag set to false: {back.name!r}"
