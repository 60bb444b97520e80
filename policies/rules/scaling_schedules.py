"""Application Auto Scaling schedules: bounds by time of day."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule
from .application_autoscaling import GUIDE, SEPARATE_INSTANCES, TARGET, serves_a_queue

SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"


@rule(
    SCHEDULED,
    category="autoscaling",
    severity="high",
    reference=f"{GUIDE}/application-auto-scaling-scheduled-scaling.html",
    fix="Raise the schedule's min in scaling.schedules to 2 or more, with max no lower.",
    config_key="scaling.schedules",
)
def scaling_schedule_keeps_two(schedule: Resource, stack: Stack) -> Iterator[str]:
    """A schedule never goes below two instances.

    A schedule replaces the target's own minimum. One that says 1 for the night makes the night as fragile as having no
    minimum at all.
    """
    low = schedule.number("scalableTargetAction.minCapacity")
    if schedule.text("scalableDimension") not in SEPARATE_INSTANCES or low is None or low >= 2:
        return
    if not any(serves_a_queue(target, stack) for target in stack.referred(schedule, "resourceId", TARGET)):
        yield f"scalableTargetAction.minCapacity is {low:g}, wanted 2 or more"


@rule(
    SCHEDULED,
    category="autoscaling",
    severity="high",
    reference=f"{GUIDE}/application-auto-scaling-scheduled-scaling.html",
    fix="Give the schedule a max above its min in scaling.schedules.",
    config_key="scaling.schedules",
)
def scaling_schedule_has_room(schedule: Resource) -> Iterator[str]:
    """A schedule leaves room to grow.

    A schedule that pins the number turns autoscaling off for its hours, which are the ones somebody thought mattered.
    """
    low = schedule.number("scalableTargetAction.minCapacity")
    high = schedule.number("scalableTargetAction.maxCapacity")
    if low is not None and high is not None and high <= low:
        yield f"the schedule's maxCapacity is {high:g} and its minCapacity {low:g}, wanted the first above the second"
