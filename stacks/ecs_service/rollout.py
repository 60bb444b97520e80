"""From the common `release` block to what ECS calls a deployment configuration.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from settings import SHIFTING, START_SECONDS, pauses

from shared.release import Release, Strategy

SERVICE_TYPE = "aws:ecs/service:Service"


def rollout(release: Release, rollback_alarms: Sequence[str]) -> dict[str, Any]:
    """The arguments of a service that say how its tasks are replaced, and what turns that back."""
    common = {
        "deployment_minimum_healthy_percent": 100,
        "alarms": {"alarm_names": list(rollback_alarms), "enable": True, "rollback": True},
    }
    if release.strategy not in SHIFTING:
        return {
            **common,
            # said, because the provider sends nothing where it is taken away: a service would go on shifting
            "deployment_configuration": {"strategy": "ROLLING"},
            "deployment_maximum_percent": 100 + release.steps.percent,
            "deployment_circuit_breaker": {"enable": True, "rollback": True},
        }
    # the circuit breaker is for rolling updates alone; as many tasks again are started beside those that serve
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    return {**common, "deployment_maximum_percent": 200, "deployment_configuration": shift(release)}


def shift(release: Release) -> dict[str, Any]:
    percent, wait = float(release.steps.percent), str(release.steps.wait // 60)
    steps = {
        Strategy.CANARY: {"canary_configuration": {"canary_percent": percent, "canary_bake_time_in_minutes": wait}},
        Strategy.LINEAR: {"linear_configuration": {"step_percent": percent, "step_bake_time_in_minutes": wait}},
    }
    bake = str(release.steps.bake // 60)
    strategy = release.strategy.upper()
    return {"strategy": strategy, "bake_time_in_minutes": bake, **steps.get(release.strategy, {})}


def transform_service(release: Release) -> pulumi.ResourceTransform:
    """Options for the service inside awsx's component: those of the component do not reach its children.

    https://github.com/pulumi/pulumi-awsx/issues/856. The number of tasks is the autoscaler's, or every deployment would
    reset it. The provider waits until the old tasks are gone, 20 minutes where nothing else is said.
    """
    seconds = f"{START_SECONDS + pauses(release)}s"
    patience = pulumi.CustomTimeouts(create=seconds, update=seconds) if release.strategy in SHIFTING else None
    wanted = pulumi.ResourceOptions(ignore_changes=["desiredCount"], custom_timeouts=patience)

    def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != SERVICE_TYPE:
            return None
        return pulumi.ResourceTransformResult(props=args.props, opts=pulumi.ResourceOptions.merge(args.opts, wanted))

    return transform
