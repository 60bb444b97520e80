"""What refers to a part of a network must be in its region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.containers import CLUSTER, GROUP, SUBNET
from rehearsal.judge.rules.azure.containers import ENVIRONMENT as APPS
from rehearsal.judge.rules.azure.networks import ADDRESS, NETWORK, SECURITY

_NET = "azure-native:network"
TABLE, NAT = f"{_NET}:RouteTable", f"{_NET}:NatGateway"
# Each property by its list, if it is in one, and its path inside.
_PARTS: Mapping[str, Sequence[tuple[str, str]]] = {
    f"{_NET}:NetworkInterface": (
        ("", "networkSecurityGroup.id"),
        ("ipConfigurations", "subnet.id"),
        ("ipConfigurations", "publicIPAddress.id"),
    ),
    f"{_NET}:ApplicationGateway": (
        ("gatewayIPConfigurations", "subnet.id"),
        ("frontendIPConfigurations", "publicIPAddress.id"),
    ),
    f"{_NET}:LoadBalancer": (("frontendIPConfigurations", "subnet.id"),),
    NAT: (("publicIpAddresses", "id"),),
    SUBNET: (("", "networkSecurityGroup.id"), ("", "routeTable.id"), ("", "natGateway.id")),
    CLUSTER: (("agentPoolProfiles", "vnetSubnetID"),),
    APPS: (("", "vnetConfiguration.infrastructureSubnetId"),),
    GROUP: (("subnetIds", "id"),),
    "azure-native:apimanagement:ApiManagementService": (("", "virtualNetworkConfiguration.subnetResourceId"),),
}


def _paths(it: Resource) -> Iterator[str]:
    for outer, inner in _PARTS[it.type]:
        yield from [f"{outer}[{index}].{inner}" for index, _ in enumerate(it.list(outer))] if outer else [inner]


def _region(one: Resource | None, program: Program) -> str:
    """The region's name without blanks; of a subnet it is its network's. Empty if it is not known."""
    owner = program.refer(one, "virtualNetworkName", NETWORK) if one and one.type == SUBNET else one
    return owner.text("location").replace(" ", "").lower() if owner else ""


@rule(
    *_PARTS, source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors"
)
def parts_of_one_region(it: Resource, program: Program) -> Found:
    mine = _region(it, program)
    for path in _paths(it) if mine else ():
        other = program.refer(it, path, SUBNET, SECURITY, ADDRESS, TABLE, NAT)
        theirs = _region(other, program)
        if other and theirs and mine != theirs:
            message = (
                f"InvalidResourceReference: Resource {other.name} was not found. Please make sure that the referenced"
            )
            yield (
                path,
                f"{message} resource exists, and that both resources are in the same region: {theirs}, not {mine}",
            )
