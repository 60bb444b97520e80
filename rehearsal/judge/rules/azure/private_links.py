"""Private endpoints and private DNS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.networks import ENDPOINT, LINKS, NETWORK, SUBNET, ZONES
from rehearsal.tables import read_table

_LEARN = "https://learn.microsoft.com/azure"


_GROUPS: Mapping[str, Sequence[str]] = read_table(Path(__file__).with_name("private_links.toml"))
_LINK = f"{_LEARN}/private-link/private-endpoint-overview#private-link-resource"


@rule(ENDPOINT, source=_LINK)
def groups_of_a_private_endpoint(it: Resource, program: Program) -> Found:
    for name in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections"):
        for path, one in it.blocks(name):
            groups = one.list("groupIds")
            if len(groups) > 1:
                message = (
                    "OnlyOneGroupIdPermitted: Only one group Id is permitted when connecting to a first-party resource"
                )
                yield f"{path}.groupIds", f"{message}, found {len(groups)}"
            target = program.refer(it, f"{path}.privateLinkServiceId", *_GROUPS)
            offered = _GROUPS[target.type] if target else ()
            known = {group.lower() for group in offered}
            called = target.type.partition(":")[2] if target else ""
            for group in (group for group in groups if called and isinstance(group, str)):
                if group.lower() not in known and not group.startswith("sites-"):
                    message = (
                        f"PrivateEndpointInvalidGroupId: Call to {called} failed. The group id '{group}' is invalid"
                    )
                    yield f"{path}.groupIds", f"{message}, expected one of {', '.join(sorted(offered))}"
            basic = target and target.type == "azure-native:containerregistry:Registry" and target.text("sku.name")
            if target and basic in ("Basic", "Standard"):
                message = f"PrivateLinkNotSupported: private endpoints need a registry of SKU Premium, {target.name!r} is {basic}"
                yield f"{path}.privateLinkServiceId", message
            if target and target.type == "azure-native:cognitiveservices:Account":
                if target.get("properties.customSubDomainName") is None:
                    message = "PrivateEndpointsNotSupportedWithoutCustomSubDomain: set customSubDomainName on"
                    yield f"{path}.privateLinkServiceId", f"{message} {target.name!r}"


@rule(ENDPOINT, source=f"{_LEARN}/private-link/private-endpoint-overview")
def endpoint_lies_with_its_network(it: Resource, program: Program) -> Found:
    subnet = program.refer(it, "subnet.id", SUBNET)
    network = (
        program.refer(subnet, "virtualNetworkName", NETWORK) if subnet else program.refer(it, "subnet.id", NETWORK)
    )
    if network and it.text("location") and network.text("location"):
        mine, theirs = (one.text("location").replace(" ", "").lower() for one in (it, network))
        if mine != theirs:
            message = "InvalidResourceReference: Please make sure that both resources are in the same region, endpoint and network"
            yield "location", f"{message}: {theirs}, found {mine}"
    if subnet and subnet.list("delegations"):
        kind = [one.get("serviceName") for one in subnet.list("delegations") if isinstance(one, Mapping)]
        message = "PrivateEndpointCreationNotAllowedAsSubnetIsDelegated: Private endpoint cannot be created as subnet"
        yield "subnet", f"{message} {subnet.name!r} is delegated to {kind[0] if kind else 'a service'}."


@rule(*ZONES, *LINKS, source=f"{_LEARN}/dns/private-dns-overview")
def private_zones_are_global(it: Resource) -> Found:
    location = it.text("location")
    if location and location.lower() != "global":
        message = (
            f"LocationNotAvailableForResourceType: The provided location '{location}' is not available for private"
        )
        yield "location", f"{message} DNS: 'global' is expected"


@rule(*LINKS, source=f"{_LEARN}/dns/private-dns-virtual-network-links")
def links_of_a_network(it: Resource, program: Program) -> Found:
    network, zone = program.refer(it, "virtualNetwork.id", NETWORK), program.refer(it, "privateZoneName", *ZONES)
    for other in program.of(*LINKS) if network else ():
        if other.urn >= it.urn or program.refer(other, "virtualNetwork.id", NETWORK) is not network:
            continue
        theirs = program.refer(other, "privateZoneName", *ZONES)
        names = [one.text("privateZoneName") for one in (zone, theirs) if one]
        if zone and theirs and (zone is theirs or (len(set(names)) == 1 < len(names) and names[0])):
            message = "BadRequest: A virtual network cannot be linked to multiple zones with overlapping namespaces"
            yield "virtualNetwork", f"{message}: {other.name!r} links it already"
        if it.get("registrationEnabled") is other.get("registrationEnabled") is True:
            yield "registrationEnabled", "BadRequest: a virtual network registers its machines in one zone only"
