"""From the common `release` block to SageMaker's deployment guardrails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.aws.sagemaker.settings import LONGEST_SECONDS, START_SECONDS, Hosting, waits
from shared.release import Release, Strategy

TRAFFIC = {
    Strategy.ALL_AT_ONCE: "ALL_AT_ONCE",
    Strategy.BLUE_GREEN: "ALL_AT_ONCE",
    Strategy.CANARY: "CANARY",
    Strategy.LINEAR: "LINEAR",
}
STEP = {Strategy.CANARY: "canary_size", Strategy.LINEAR: "linear_step_size"}


def deployment_config(release: Release, hosting: Hosting, rollback_alarms: Sequence[str]) -> dict[str, Any]:
    """`deployment_config` of an endpoint: the strategy's steps, and the alarms that turn it back."""
    rollback = {"alarms": [{"alarm_name": name} for name in rollback_alarms]}
    size = {"type": "CAPACITY_PERCENT", "value": release.steps.percent}
    if release.strategy is Strategy.ROLLING:
        rolling = {
            "maximum_batch_size": size,
            "wait_interval_in_seconds": release.steps.wait,
            # the way back may be quicker: the old version is known to work
            "rollback_maximum_batch_size": {"type": "CAPACITY_PERCENT", "value": 100},
            "maximum_execution_timeout_in_seconds": longest_deployment(release, hosting),
        }
        return {"auto_rollback_configuration": rollback, "rolling_update_policy": rolling}
    routing = {"type": TRAFFIC[release.strategy], "wait_interval_in_seconds": release.steps.wait}
    if release.strategy in STEP:
        routing[STEP[release.strategy]] = size
    blue_green = {
        "traffic_routing_configuration": routing,
        "termination_wait_in_seconds": release.steps.bake,
        "maximum_execution_timeout_in_seconds": longest_deployment(release, hosting),
    }
    return {"auto_rollback_configuration": rollback, "blue_green_update_policy": blue_green}


def longest_deployment(release: Release, hosting: Hosting) -> int:
    """Seconds after which SageMaker gives up and rolls back: all waits, and twice the time that instances may take."""
    steps = waits(release)
    starting = hosting.download_seconds + hosting.startup_seconds + START_SECONDS
    batches = steps if release.strategy is Strategy.ROLLING else 1
    return min(LONGEST_SECONDS, steps * release.steps.wait + release.steps.bake + (batches + 1) * starting)
