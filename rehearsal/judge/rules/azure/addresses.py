"""Addresses: static ones outside of their subnet or given twice, and public ones that two resources use."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.networks import SUBNET, read_prefixes
from rehearsal.values import UNKNOWN

_NET = "azure-native:network"
PUBLIC = f"{_NET}:PublicIPAddress"
# Where a type has its addresses; a private endpoint has one subnet for all of them.
_FRONTENDS, _CONFIGURATIONS = "frontendIPConfigurations", "ipConfigurations"
_PRIVATE = {
    f"{_NET}:ApplicationGateway": _FRONTENDS,
    f"{_NET}:LoadBalancer": _FRONTENDS,
    f"{_NET}:NetworkInterface": _CONFIGURATIONS,
    f"{_NET}:PrivateEndpoint": _CONFIGURATIONS,
}
_USERS = {
    f"{_NET}:ApplicationGateway": (_FRONTENDS, "publicIPAddress.id"),
    f"{_NET}:AzureFirewall": (_CONFIGURATIONS, "publicIPAddress.id"),
    f"{_NET}:BastionHost": (_CONFIGURATIONS, "publicIPAddress.id"),
    f"{_NET}:LoadBalancer": (_FRONTENDS, "publicIPAddress.id"),
    f"{_NET}:NatGateway": ("publicIpAddresses", "id"),
    f"{_NET}:NetworkInterface": (_CONFIGURATIONS, "publicIPAddress.id"),
    f"{_NET}:VirtualNetworkGateway": (_CONFIGURATIONS, "publicIPAddress.id"),
}
_ERRORS = "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors"


@rule(*_PRIVATE, source=_ERRORS)
def static_addresses(it: Resource, program: Program) -> Found:
    for path, subnet, address in _list_static(it, program):
        prefixes = [prefix for prefix in read_prefixes(subnet) or [] if prefix.version == address.version]
        home = next((prefix for prefix in prefixes if address in prefix), None)
        if prefixes and home is None:
            message = f"PrivateIPAddressNotInSubnet: Private static IP address {address} does not belong to the range"
            yield path, f"{message} of subnet prefix {prefixes[0]}"
        elif home and home.version == 4 and (int(address) - int(home[0]) < 4 or address == home[-1]):
            message = f"PrivateIPAddressInReservedRange: Private static IP address {address} falls within the reserved"
            yield path, f"{message} range of subnet prefix {home}: Azure keeps its first four addresses and the last"


@rule(*_PRIVATE, source=_ERRORS)
def static_addresses_differ(it: Resource, program: Program) -> Found:
    mine = {(subnet.urn, address): path for path, subnet, address in _list_static(it, program)}
    earlier = (holder for holder in program.of(*_PRIVATE) if holder.urn < it.urn) if mine else ()
    for other in earlier:
        for _, subnet, address in _list_static(other, program):
            if (subnet.urn, address) in mine:
                message = (
                    f"PrivateIPAddressIsAllocated: the private IP address {address} is already allocated to resource"
                )
                yield mine[subnet.urn, address], f"{message} {other.name!r}"


def _list_static(it: Resource, program: Program) -> Iterator[tuple[str, Resource, Any]]:
    """Yields the path of each known private address, the subnet of this program that it is in, and the address."""
    for path, block in it.blocks(_PRIVATE[it.type]):
        endpoint = it.type.endswith(":PrivateEndpoint")
        fixed = endpoint or block.get("privateIPAllocationMethod") == "Static"
        text = block.text("privateIPAddress") if fixed else ""
        where = "subnet.id" if endpoint else f"{path}.subnet.id"
        subnet = program.refer(it, where, SUBNET) if text else None
        try:
            if subnet:
                yield f"{path}.privateIPAddress", subnet, ip_address(text)
        except ValueError:
            continue


@rule(*_USERS, source="https://github.com/MicrosoftDocs/azure-docs/pull/127962")
def public_addresses_are_used_once(it: Resource, program: Program) -> Found:
    address = _find_public(it, program)
    for other in program.of(*_USERS):
        if address and other.urn < it.urn and address is _find_public(other, program):
            message = f"PublicIPAddressInUse: {it.name!r} is referencing public IP address {address.name!r} that is"
            yield _USERS[it.type][0], f"{message} already allocated to resource {other.name!r}"


def _find_public(it: Resource, program: Program) -> Resource | None:
    """The only public address that a resource names; None if it could name others."""
    listed, inside = _USERS[it.type]
    named = [path for path, block in it.blocks(listed) if block.get(inside) is not None]
    certain = len(named) == 1 and UNKNOWN not in it.list(listed)
    return program.refer(it, f"{named[0]}.{inside}", PUBLIC) if certain else None
