"""Which slot answers how many requests: sent to the endpoint once its slots exist, in the same run.

Traffic cannot name a slot that is not there, and an endpoint is there before its slots. So the endpoint is made without
traffic, and a template sends it again, whole, after them. See docs/adr/0006-azure-traffic-by-template.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from access.identities import Identity
from component import Component
from foundation import Foundation
from pulumi_azure_native import machinelearningservices as ml
from pulumi_azure_native import resources
from settings import Rollout, Settings
from workspace.workspace import MLWorkspace

from endpoint.gate import ask_before
from shared.outputs import Invoke

TEMPLATE = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
# the version that the provider makes the endpoint with
API_VERSION = "2025-12-01"


class TrafficSplit(Component):
    """A template deployment; a change of the shares changes nothing else."""

    def __init__(
        self,
        name: str,
        *,
        base: Foundation,
        settings: Settings,
        workspace: MLWorkspace,
        identity: Identity,
        endpoint: ml.OnlineEndpoint,
        invoke: Invoke,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        seconds = settings.rollout.answers_within
        resources.Deployment(
            f"{name}-split",
            deployment_name="traffic",
            resource_group_name=base.group,
            properties=resources.DeploymentPropertiesArgs(
                mode=resources.DeploymentMode.INCREMENTAL,
                template=template(settings, tags, base.location, workspace.name, endpoint.name, identity.id),
            ),
            opts=self.child(hooks=ask_before(f"{name}-answers", invoke, seconds) if seconds else None),
        )
        self.register_outputs({})


def template(
    settings: Settings,
    tags: Mapping[str, str],
    location: str,
    workspace: pulumi.Output[str],
    endpoint: pulumi.Output[str],
    identity: pulumi.Output[str],
) -> dict[str, Any]:
    """The endpoint as a whole: what a template leaves out, Azure takes away."""
    return {
        "$schema": TEMPLATE,
        "contentVersion": "1.0.0.0",
        "resources": [
            {
                "type": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
                "apiVersion": API_VERSION,
                "name": pulumi.Output.concat(workspace, "/", endpoint),
                "location": location,
                "kind": "Managed",
                "tags": dict(tags),
                "identity": {"type": "UserAssigned", "userAssignedIdentities": identity.apply(lambda id_: {id_: {}})},
                "properties": {
                    "authMode": "AADToken",
                    "publicNetworkAccess": "Disabled",
                    "description": settings.tags.model,
                    "traffic": dict(sorted(settings.rollout.traffic.items())),
                    **mirror(settings.rollout),
                },
            }
        ],
    }


def mirror(rollout: Rollout) -> dict[str, dict[str, int]]:
    """The slot that hears a copy of the requests and whose answers are thrown away."""
    return {"mirrorTraffic": {rollout.idle: rollout.mirror_percent}} if rollout.idle and rollout.mirror_percent else {}
