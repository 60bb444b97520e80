"""How callers reach a workspace that has no public address: a private link in a network that they peer with."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from component import Component
from foundation import Foundation
from pulumi_azure_native import network, privatedns
from settings import Workspace
from workspace.workspace import MLWorkspace

# https://learn.microsoft.com/azure/machine-learning/how-to-custom-dns
ZONES = {"api": "privatelink.api.azureml.ms", "notebooks": "privatelink.notebooks.azure.net"}


class PrivateAccess(Component):
    """A network, the link to the workspace (and so to its endpoints) in it, and the names that lead there."""

    network_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        base: Foundation,
        settings: Workspace,
        workspace: MLWorkspace,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._base = name, base
        reach = network.VirtualNetwork(
            f"{name}-network",
            resource_group_name=base.group,
            location=base.location,
            address_space={"address_prefixes": [settings.network_cidr]},
            opts=self.child(),
        )
        subnet = network.Subnet(
            f"{name}-links",
            subnet_name="links",
            resource_group_name=base.group,
            virtual_network_name=reach.name,
            address_prefix=settings.network_cidr,
            # nothing in it may open connections of its own
            default_outbound_access=False,
            private_endpoint_network_policies="Enabled",
            opts=self.child(),
        )
        self._link(workspace, subnet, self._zones(settings, reach))
        self.network_id = reach.id
        self.register_outputs({"network_id": self.network_id})

    def _link(self, workspace: MLWorkspace, subnet: network.Subnet, zones: Mapping[str, pulumi.Input[str]]) -> None:
        """The way to the workspace, and the names by which it and its endpoints are found there."""
        link = network.PrivateEndpoint(
            f"{self._name}-link",
            resource_group_name=self._base.group,
            location=self._base.location,
            subnet={"id": subnet.id},
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

    def _zones(self, settings: Workspace, reach: network.VirtualNetwork) -> Mapping[str, pulumi.Input[str]]:
        """Ids by key: those that the config names, else zones of the stack's own, linked to its network alone."""
        if settings.dns_zones:
            return settings.dns_zones.model_dump()
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
