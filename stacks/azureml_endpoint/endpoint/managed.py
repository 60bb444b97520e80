"""The address callers hold, the slots behind it, and how requests are split between them."""

from __future__ import annotations

import pulumi
from access.identities import Identity
from component import Component
from foundation import Foundation
from pulumi_azure_native import machinelearningservices as ml
from settings import Settings, Slot
from workspace.workspace import MLWorkspace

from endpoint.assets import Assets, Packed
from endpoint.slot import DeploymentSlot
from endpoint.traffic import TrafficSplit
from shared.outputs import Invoke
from shared.stack import Stack


class ManagedEndpoint(Component):
    """`scoring_uri` is where requests go, `invoke` how; `slots` are the deployments by name."""

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    scoring_uri: pulumi.Output[str]
    invoke: Invoke
    slots: dict[Slot, DeploymentSlot]

    def __init__(
        self,
        name: str,
        *,
        base: Foundation,
        stack: Stack[Settings],
        workspace: MLWorkspace,
        identity: Identity,
        assets: Assets,
    ) -> None:
        super().__init__(name)
        self._name, self._base, self._workspace, self._identity = name, base, workspace, identity
        endpoint = self._endpoint(stack.settings)
        self.id, self.name = endpoint.id, endpoint.name
        self.scoring_uri = endpoint.properties.scoring_uri
        self.invoke = Invoke(url=self.scoring_uri, auth="aad_token")
        self.slots = self._slots(stack.settings, endpoint, assets)
        TrafficSplit(
            f"{name}-traffic",
            base=base,
            settings=stack.settings,
            workspace=workspace,
            identity=identity,
            endpoint=endpoint,
            invoke=self.invoke,
            tags=stack.tags,
            opts=self.child(depends_on=[slot.deployment for slot in self.slots.values()]),
        )
        self.register_outputs({"scoring_uri": self.scoring_uri})

    def _endpoint(self, settings: Settings) -> ml.OnlineEndpoint:
        """Made once, without traffic, which cannot name slots that do not exist yet.

        After that TrafficSplit sends it whole: an update from here would take all traffic away
        (docs/adr/0006-azure-traffic-by-template.md).
        """
        return ml.OnlineEndpoint(
            f"{self._name}-endpoint",
            endpoint_name=settings.endpoint.name,
            resource_group_name=self._base.group,
            workspace_name=self._workspace.name,
            location=self._base.location,
            kind="Managed",
            identity={"type": "UserAssigned", "user_assigned_identities": [self._identity.id]},
            properties={
                "auth_mode": "AADToken",
                "public_network_access": "Disabled",
                "description": settings.tags.model,
            },
            opts=self.child(depends_on=self._identity.granted, ignore_changes=["properties", "identity", "tags"]),
        )

    def _slots(self, settings: Settings, endpoint: ml.OnlineEndpoint, assets: Assets) -> dict[Slot, DeploymentSlot]:
        return {
            slot: DeploymentSlot(
                f"{self._name}-{slot}",
                slot=slot,
                base=self._base,
                workspace=self._workspace,
                endpoint=endpoint,
                settings=settings,
                package=package,
                assets=assets,
                opts=self.child(),
            )
            for slot, package in choose_packages(settings).items()
        }


def choose_packages(settings: Settings) -> dict[Slot, Packed]:
    """What each slot serves; one slot when nothing is on standby."""
    rollout = settings.rollout
    other: Slot = "green" if rollout.slot == "blue" else "blue"
    packages: dict[Slot, Packed] = {rollout.slot: settings.release}
    if rollout.standby:
        packages[other] = rollout.standby
    return dict(sorted(packages.items()))
