"""One deployment behind the endpoint: a model, and instances whose number belongs to autoscaling."""

from __future__ import annotations

import pulumi
from component import Component
from foundation import Foundation
from pulumi_azure_native import machinelearningservices as ml
from settings import Endpoint, Settings, Slot
from workspace.workspace import MLWorkspace

from endpoint.assets import Assets, Packed, Registered
from shared.scaling import Scaling

SCRIPT = "score.py"
# fewer than three, and a platform update of one leaves a single instance
STARTS_WITH = 3


class DeploymentSlot(Component):
    """`deployment` is the resource, `id` what autoscaling moves."""

    deployment: ml.OnlineDeployment
    id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        slot: Slot,
        base: Foundation,
        workspace: MLWorkspace,
        endpoint: ml.OnlineEndpoint,
        settings: Settings,
        package: Packed,
        assets: Assets,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self.deployment = ml.OnlineDeployment(
            f"{name}-deployment",
            deployment_name=slot,
            endpoint_name=endpoint.name,
            resource_group_name=base.group,
            workspace_name=workspace.name,
            location=base.location,
            kind="Managed",
            sku={"name": "Default", "capacity": first_capacity(settings.scaling)},
            properties=deployment_properties(settings.endpoint, package, assets.registered[package.registered_version]),
            # Azure refuses to delete a slot that has traffic, and deletes it with the endpoint
            opts=self.child(ignore_changes=["sku.capacity"], deleted_with=endpoint, depends_on=workspace.network_ready),
        )
        self.id = self.deployment.id
        self.register_outputs({"id": self.id})


def first_capacity(scaling: Scaling) -> int:
    """How many instances a new slot starts with; from then on autoscaling owns the number."""
    return min(max(scaling.min, STARTS_WITH), scaling.max)


def deployment_properties(endpoint: Endpoint, package: Packed, ids: Registered) -> ml.ManagedOnlineDeploymentArgs:
    return ml.ManagedOnlineDeploymentArgs(
        endpoint_compute_type="Managed",
        description=f"model {package.model_version}",
        model=ids.model,
        environment_id=ids.environment,
        code_configuration=ml.CodeConfigurationArgs(code_id=ids.code, scoring_script=SCRIPT) if ids.code else None,
        environment_variables={
            # the scoring script starts with no other file
            "MODEL_SHA256": package.artefact_digest.removeprefix("sha256:"),
            # the server starts one worker unless told otherwise; requests beside the first would wait, and the CPU
            # never reach its target (https://learn.microsoft.com/azure/machine-learning/how-to-inference-server-http)
            "WORKER_COUNT": str(package.concurrency),
            # by default every answer's body is copied to the traces
            "APP_INSIGHTS_LOG_RESPONSE_ENABLED": "false",
        },
        instance_type=package.instance_type,
        app_insights_enabled=True,
        request_settings=ml.OnlineRequestSettingsArgs(
            request_timeout=f"PT{endpoint.timeout_seconds}S", max_concurrent_requests_per_instance=package.concurrency
        ),
        liveness_probe=probe(endpoint.startup_seconds, failures=3),
        readiness_probe=probe(10, failures=30),
        scale_settings=ml.DefaultScaleSettingsArgs(scale_type="Default"),
    )


def probe(delay_seconds: int, *, failures: int) -> ml.ProbeSettingsArgs:
    """Asked every ten seconds from `delay_seconds` on; `failures` in a row count."""
    return ml.ProbeSettingsArgs(
        initial_delay=f"PT{delay_seconds}S",
        period="PT10S",
        timeout="PT5S",
        failure_threshold=failures,
        success_threshold=1,
    )
