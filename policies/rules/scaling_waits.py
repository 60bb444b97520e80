"""How long scaling waits: hours of cooldown or warm-up are a slip of a unit, and pay for the last peak."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource
from ..rule import cost
from .application_autoscaling import POLICY
from .auto_scaling_groups import FLEET
from .auto_scaling_groups import SCALING as FLEET_POLICY

# the waits of each type, in seconds
WAITS = {
    POLICY: ("targetTrackingScalingPolicyConfiguration.scaleInCooldown", "stepScalingPolicyConfiguration.cooldown"),
    FLEET_POLICY: ("cooldown", "estimatedInstanceWarmup"),
    FLEET: ("defaultCooldown", "defaultInstanceWarmup"),
}


@cost.medium(
    POLICY,
    FLEET_POLICY,
    FLEET,
    reference="https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html",
    fix="Set the cooldown or warm-up to the seconds that a new instance needs, an hour or two at most.",
    config_key="scaling.cooldowns.scale_in",
)
def scaling_cooldown_is_short(waiting: Resource, *, longest: int = 7200) -> Iterator[str]:
    """Scaling waits no more than two hours between two steps.

    The numbers are seconds. While a cooldown lasts, no further instance is removed, so that one of days keeps and
    pays the fleet of the last peak; a step policy's cooldown and a warm-up also hold back what would be added. The
    defaults are five minutes.
    """
    for path in WAITS[waiting.type]:
        seconds = waiting.number(path) if waiting.known(path) else None
        if seconds is not None and seconds > longest:
            yield f"{path} is {seconds:.10g} s, wanted {longest} or less"
