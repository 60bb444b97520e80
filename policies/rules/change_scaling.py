"""Changes: what scales goes on scaling, at the hours that it did."""

from __future__ import annotations

from collections.abc import Iterator

from ..replacement import differs
from ..resources import Resource, Stack
from ..rule import autoscaling
from ..serving import SCALABLE
from .application_autoscaling import POLICY, SCHEDULED
from .change_capacity import SETTING
from .change_guards import is_taken_away

GROUP_SCHEDULE, GROUP_POLICY = "aws:autoscaling/schedule:Schedule", "aws:autoscaling/policy:Policy"
RELIABILITY = "https://docs.aws.amazon.com/wellarchitected/latest/framework"
# type → what says that it scales, and the value that says so
SCALING = {
    SCALABLE: (
        ("suspendedState.dynamicScalingInSuspended", "false"),
        ("suspendedState.dynamicScalingOutSuspended", "false"),
        ("suspendedState.scheduledScalingSuspended", "false"),
    ),
    SETTING: (("enabled", "true"),),
    "aws:ecs/capacityProvider:CapacityProvider": (("autoScalingGroupProvider.managedScaling.status", '"ENABLED"'),),
    "azure-native:containerservice:AgentPool": (("enableAutoScaling", "true"),),
}
WHEN = {
    SCHEDULED: ("schedule", "timezone"),
    GROUP_SCHEDULE: ("recurrence", "timeZone"),
}


@autoscaling.high(
    *SCALING,
    POLICY,
    GROUP_POLICY,
    reference=f"{RELIABILITY}/rel_adapt_to_changes_autoscale_adapt.html",
    fix="Leave scaling on, or say in the pull request who changes the number from now on.",
)
def change_keeps_scaling_on(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not switch scaling off, nor remove one policy of several.

    The number stays what it is at that moment, until a peak or a bill shows it. With one policy of two gone, the load
    that it alone saw (requests that wait while the processor idles) no longer adds anything.
    """
    if was.type in (POLICY, GROUP_POLICY) and is_taken_away(was, now, stack):
        yield f"{was} is deleted, wanted it kept"
    for path, on in SCALING.get(was.type, ()) if now else ():
        if now and now.known(path) and now.has(path) and now.show(path) != on and was.show(path) in (on, "not set"):
            yield f"{path} is {now.show(path)} and was {was.show(path)}, wanted scaling on"


@autoscaling.medium(
    *WHEN,
    reference="https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html",
    fix="Keep the schedule, or change every schedule of the target with it.",
    config_key="scaling.schedules",
)
def change_keeps_schedules(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not move or remove one schedule of a target unnoticed.

    Schedules work in pairs: one raises what the other lowers. If one of them goes, or runs on other days, before the
    other or in another time zone, the night's number meets the day's load, or the day's is paid for all night.
    """
    if is_taken_away(was, now, stack):
        yield f"{was} is deleted, wanted it kept"
    for path in WHEN[was.type] if now else ():
        if now and differs(was, now, path):
            yield f"{path} is {now.show(path)} and was {was.show(path)}, wanted it kept, or each schedule changed"
