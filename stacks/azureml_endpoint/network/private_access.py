"""How callers reach a workspace that has no public address: a private link in their network, or in one beside it."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from component import Component
from foundation import Foundation
from pulumi_azure_native import network, privatedns
from settings import Workspace
from workspace.workspace import MLWorkspace

from shared.azure.workspace_settings import DnsZones

# https://learn.microsoft.com/azure/machine-learning/how-to-custom-dns
ZONES = {"api": "privatelink.api.azureml.ms", "notebooks": "privatelink.notebooks.azure.net"}


class PrivateAccess(Component):
    """The link to the workspace (and so to its endpoints) in a network, and the names that lead there."""

    def __init__(
        self,
        name: str,
        *,
        base: Foundation,
        settings: Workspace,
        workspace: MLWorkspace,
    ) -> None:
        super().__init__(name)
        self._name, self._base = name, base
        if settings.subnet_id and settings.dns_zones:
            self._link(workspace, settings.subnet_id, settings.dns_zones.model_dump())
        elif settings.network_cidr:
            self._make_network(settings.network_cidr, settings.dns_zones, workspace)
        self.register_outputs({})

    def _make_network(self, cidr: str, existing: DnsZones | None, workspace: MLWorkspace) -> None:
        reach = network.VirtualNetwork(
            f"{self._name}-network",
            resource_group_name=self._base.group,
            location=self._base.location,
            address_space={"address_prefixes": [cidr]},
            opts=self.child(),
        )
        subnet = network.Subnet(
            f"{self._name}-links",
            subnet_name="links",
            resource_group_name=self._base.group,
            virtual_network_name=reach.name,
            address_prefix=cidr,
            # nothing in it may open connections of its own
            default_outbound_access=False,
            private_endpoint_network_policies="Enabled",
            opts=self.child(),
        )
        self._link(workspace, subnet.id, self._zones(existing, reach))

    def _link(
        self, workspace: MLWorkspace, subnet_id: pulumi.Input[str], zones: Mapping[str, pulumi.Input[str]]
    ) -> None:
        """The way to the workspace, and the names by which it and its endpoints are found there."""
        link = network.PrivateEndpoint(
            f"{self._name}-link",
            resource_group_name=self._base.group,
            location=self._base.location,
            subnet={"id": subnet_id},
            private_link_service_connections=[
                {"name": "workspace", "private_link_service_id": workspace.id, "group_ids": ["amlworkspace"]}
            ],
            opts=self.child(),
        )
        network.PrivateDnsZoneGroup(
            f"{self._name}-names",
            resource_group_name=self._base.group,
            private_endpoint_name=link.name,
            private_dns_zone_group_name="default",
            private_dns_zone_configs=[{"name": key, "private_dns_zone_id": zone_id} for key, zone_id in zones.items()],
            opts=self.child(),
        )

    def _zones(self, existing: DnsZones | None, reach: network.VirtualNetwork) -> Mapping[str, pulumi.Input[str]]:
        """Ids by key: those that the config names, else zones of the stack's own, linked to its network alone."""
        if existing:
            return existing.model_dump()
        return {key: self._zone(key, name, reach).id for key, name in ZONES.items()}

    def _zone(self, key: str, zone_name: str, reach: network.VirtualNetwork) -> privatedns.PrivateZone:
        zone = privatedns.PrivateZone(
            f"{self._name}-{key}-zone",
            private_zone_name=zone_name,
            resource_group_name=self._base.group,
            location="Global",
            opts=self.child(),
        )
        privatedns.VirtualNetworkLink(
            f"{self._name}-{key}-zone-link",
            resource_group_name=self._base.group,
            private_zone_name=zone.name,
            location="Global",
            registration_enabled=False,
            virtual_network={"id": reach.id},
            opts=self.child(),
        )
        return zone
