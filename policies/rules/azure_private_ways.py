"""Private endpoints on Azure: what is closed to the internet has one, and its name leads to it."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability

ENDPOINT = "azure-native:network:PrivateEndpoint"
ZONE_GROUP = "azure-native:network:PrivateDnsZoneGroup"
RECORD = "azure-native:privatedns:PrivateRecordSet"
NETWORK = "azure-native:network:VirtualNetwork"
OWN_SERVICE = "azure-native:network:PrivateLinkService"
CLUSTER_ZONE = ".azmk8s.io"  # AKS links such a zone by itself: learn.microsoft.com/en-us/azure/aks/private-clusters
ZONE, LINK = "azure-native:privatedns:PrivateZone", "azure-native:privatedns:VirtualNetworkLink"
WORKSPACE = "azure-native:machinelearningservices:Workspace"
# type → where it says whether the internet reaches it
CLOSED = {
    WORKSPACE: "publicNetworkAccess",
    "azure-native:containerregistry:Registry": "publicNetworkAccess",
    "azure-native:keyvault:Vault": "properties.publicNetworkAccess",
    "azure-native:storage:StorageAccount": "publicNetworkAccess",
    "azure-native:cognitiveservices:Account": "properties.publicNetworkAccess",
}
# where a private endpoint names what it leads to; `manual` waits until the owner approves
CONNECTIONS = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
DNS = "https://learn.microsoft.com/en-us/azure/private-link/private-endpoint-dns"


@availability.high(
    *CLOSED,
    reference="https://learn.microsoft.com/en-us/azure/private-link/private-endpoint-overview",
    fix="Add a private endpoint for it, or set public_network_access.",
)
def azure_private_service_has_a_private_endpoint(service: Resource, stack: Stack) -> Iterator[str]:
    """What is closed to the internet is reached through a private endpoint.

    Closed, and without one, it answers only services that Azure trusts: models are not loaded and images not pulled by
    whatever starts next. Judged in programs that make private endpoints. It is advice: the endpoint may be another
    stack's, and a workspace with a managed network makes those of its own parts.
    """
    made = [workspace for workspace in stack.of(WORKSPACE) if workspace.has("managedNetwork.isolationMode")]
    path = CLOSED[service.type]
    if made and service.type != WORKSPACE:
        return
    lonely = stack.of(ENDPOINT) and not any(stack.referring(service, ENDPOINT, way) for way in CONNECTIONS)
    if lonely and (service.text(path) or "").lower() == "disabled":
        yield f"{path} is {service.show(path)} and no private endpoint leads to it, wanted one"


@availability.medium(
    ENDPOINT,
    reference=DNS,
    fix="Add a PrivateDnsZoneGroup for the private endpoint.",
)
def azure_private_endpoint_is_in_dns(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """A private endpoint is in DNS.

    Clients know the service's public name. Without a zone group it goes on resolving to the public address, which is
    closed. Judged in programs that make private zones and no records of their own: elsewhere a policy of the landing
    zone registers endpoints. A private link service of one's own has no public name.
    """
    if not stack.of(ZONE) or stack.of(RECORD):
        return
    if stack.follow(endpoint, "privateLinkServiceConnections", OWN_SERVICE):
        return
    groups = stack.referring(endpoint, ZONE_GROUP, "privateEndpointName")
    if not groups:
        yield "no PrivateDnsZoneGroup is for this private endpoint, wanted one"
    elif not any(_has_zones(group) for group in groups):
        yield "privateDnsZoneConfigs of its PrivateDnsZoneGroup is empty, wanted the zone of the service"


def _has_zones(group: Resource) -> bool:
    """What is not known yet comes from a zone; so does a list that the engine knows a source of."""
    path = "privateDnsZoneConfigs"
    return bool(group.list_sources(path)) or not group.known(path) or group.count(path) > 0


@availability.high(
    ZONE,
    reference=DNS,
    fix="Add a VirtualNetworkLink from the zone to the network that asks.",
)
def azure_private_dns_zone_is_linked(zone: Resource, stack: Stack) -> Iterator[str]:
    """A private DNS zone is linked to a network.

    A zone that no network is linked to is asked by nobody: names resolve as if it were not there. Judged in programs
    that make networks, links or endpoints; elsewhere another program links zones. AKS links the zone of its API server.
    """
    if not stack.of(NETWORK, LINK, ENDPOINT) or (zone.text_if_known("privateZoneName") or "").endswith(CLUSTER_ZONE):
        return
    if not stack.referring(zone, LINK, "privateZoneName"):
        yield "no VirtualNetworkLink is for this zone, wanted one"
