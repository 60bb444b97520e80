"""The address callers hold, the slots behind it, and how requests are split between them."""

from __future__ import annotations

import pulumi
from assets import Assets, PackedModel
from component import Component
from foundation import Foundation
from identities import Identity
from ml_workspace import MLWorkspace
from pulumi_azure_native import machinelearningservices as ml
from settings import Settings, Slot
from slot import DeploymentSlot
from traffic import TrafficSplit

from shared.stack import Stack


class ManagedEndpoint(Component):
    """`scoring_uri` is where requests go; `slots` are the deployments by name."""

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    scoring_uri: pulumi.Output[str]
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
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        settings = stack.settings
        endpoint = ml.OnlineEndpoint(
            f"{name}-endpoint",
            endpoint_name=settings.endpoint.name,
            resource_group_name=base.group,
            workspace_name=workspace.name,
            location=base.location,
            kind="Managed",
            identity={"type": "UserAssigned", "user_assigned_identities": [identity.id]},
            properties={
                "auth_mode": "AADToken",
                "public_network_access": "Disabled",
                "description": settings.tags.model,
            },
            # made once, without traffic, which cannot name slots that do not exist yet; after that TrafficSplit sends
            # it whole, because an update from here would take all traffic away
            # (docs/adr/0006-azure-traffic-by-template.md)
            opts=self.child(depends_on=identity.granted, ignore_changes=["properties", "identity", "tags"]),
        )
        self.id, self.name = endpoint.id, endpoint.name
        self.scoring_uri = endpoint.properties.scoring_uri
        self.slots = {
            slot: DeploymentSlot(
                f"{name}-{slot}",
                slot=slot,
                base=base,
                workspace=workspace,
                endpoint=endpoint,
                settings=settings,
                model=model,
                assets=assets,
                opts=self.child(),
            )
            for slot, model in served(settings).items()
        }
        TrafficSplit(
            f"{name}-traffic",
            base=base,
            settings=settings,
            workspace=workspace,
            identity=identity,
            endpoint=endpoint,
            tags=stack.tags,
            opts=self.child(depends_on=[slot.deployment for slot in self.slots.values()]),
        )
        self.register_outputs({"scoring_uri": self.scoring_uri})


def served(settings: Settings) -> dict[Slot, PackedModel]:
    """What each slot serves; one slot when nothing is on standby."""
    rollout = settings.rollout
    other: Slot = "green" if rollout.slot == "blue" else "blue"
    models: dict[Slot, PackedModel] = {rollout.slot: settings.release}
    if rollout.standby:
        models[other] = rollout.standby
    return dict(sorted(models.items()))
