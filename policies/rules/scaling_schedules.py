"""Application Auto Scaling schedules: bounds by time of day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, cost
from .application_autoscaling import (
    GUIDE,
    POLICY,
    SCHEDULED,
    SEPARATE_INSTANCES,
    TARGET,
    scales_serving,
    serves_a_queue,
)

# hours and minutes of `cron(30 7 ? * MON-FRI *)`
AT_AN_HOUR = re.compile(r"cron\(\s*[\d,]+\s+[\d,\-]+\s.*\)")
CRON_AT_AN_HOUR = re.compile(r"[\d,]+\s+[\d,\-]+\s.*")
GROUP_SCHEDULE = "aws:autoscaling/schedule:Schedule"


@autoscaling.high(
    SCHEDULED,
    reference=f"{GUIDE}/application-auto-scaling-scheduled-scaling.html",
    fix="Raise min_capacity of the scalable target action to 2 or more, with max_capacity no lower.",
    config_key="scaling.schedules",
)
def scaling_schedule_keeps_two(schedule: Resource, stack: Stack, *, least: int = 2) -> Iterator[str]:
    """A schedule keeps at least two instances.

    A schedule replaces the target's own minimum. One that says 1 for the night leaves a single instance all night.
    """
    low = schedule.number("scalableTargetAction.minCapacity")
    if schedule.text("scalableDimension") not in SEPARATE_INSTANCES or low is None or low >= least:
        return
    if not scales_serving(schedule, stack):
        return
    if not any(serves_a_queue(target, stack) for target in stack.follow(schedule, "resourceId", TARGET)):
        yield f"scalableTargetAction.minCapacity is {low:g}, wanted {least} or more"


@autoscaling.high(
    SCHEDULED,
    reference=f"{GUIDE}/application-auto-scaling-scheduled-scaling.html",
    fix="Give the scalable target action a max_capacity above its min_capacity.",
    config_key="scaling.schedules",
)
def scaling_schedule_has_room(schedule: Resource, stack: Stack) -> Iterator[str]:
    """A schedule leaves room to grow.

    A schedule with equal bounds turns autoscaling off for its hours, which somebody considered important. If a
    schedule only raises the minimum, there must be a maximum above it, the target's or another schedule's. (Left
    out are workers that no caller reaches and asynchronous endpoints, whose requests wait in a queue.)
    """
    queued = any(serves_a_queue(target, stack) for target in stack.follow(schedule, "resourceId", TARGET))
    if queued or not scales_serving(schedule, stack):
        return
    low = schedule.number("scalableTargetAction.minCapacity")
    high = schedule.number("scalableTargetAction.maxCapacity")
    if low is not None and high is not None and high <= low:
        yield f"the schedule's maxCapacity is {high:g} and its minCapacity {low:g}, wanted a maximum above it"
    if low is None or high is not None:
        return
    for target in stack.follow(schedule, "resourceId", TARGET):
        schedules = stack.referring(target, SCHEDULED, "resourceId")
        maxima = [target.number("maxCapacity"), *(s.number("scalableTargetAction.maxCapacity") for s in schedules)]
        if low >= (most := max((maximum for maximum in maxima if maximum is not None), default=low + 1)):
            yield f"the schedule's minCapacity is {low:g} and no maxCapacity is above {most:g}, wanted one above it"


@autoscaling.high(
    TARGET,
    reference=f"{GUIDE}/scheduled-scaling-policy-overview.html",
    fix="Leave max_capacity out of a schedule that should keep the target's, or lower the target's.",
    config_key="scaling.schedules",
)
def scaling_schedules_reach_the_maximum(target: Resource, stack: Stack) -> Iterator[str]:
    """At least one schedule allows the target's maximum.

    A schedule overwrites the target's maximum until another schedule does. If all of them set a lower one, the
    target's own applies only from a deployment to the next schedule, and not at the peak that it was raised for.
    (Targets whose schedules set no maximum are left out,
    and workers whose number the clock alone sets.)
    """
    if not scales_serving(target, stack) and not stack.referring(target, POLICY, "resourceId"):
        return
    maxima = _list_set(target, "maxCapacity", stack)
    own = target.number("maxCapacity")
    if own is not None and maxima and max(maxima) < own:
        yield f"maxCapacity is {own:g} and no schedule sets more than {max(maxima):g}, wanted one that sets {own:g}"


def _list_set(target: Resource, bound: str, stack: Stack) -> list[float]:
    """What the schedules of a target set one of its bounds to."""
    schedules = stack.referring(target, SCHEDULED, "resourceId")
    mine = [other for other in schedules if other.text("scalableDimension") == target.text("scalableDimension")]
    return [value for other in mine if (value := other.number(f"scalableTargetAction.{bound}")) is not None]


@cost.medium(
    TARGET,
    reference=f"{GUIDE}/scheduled-scaling-policy-overview.html",
    fix="Add a schedule that sets the lower minimum again, or raise the target's own.",
    config_key="scaling.schedules",
)
def scaling_schedules_return_to_the_minimum(target: Resource, stack: Stack) -> Iterator[str]:
    """At least one schedule allows the target's minimum again.

    A schedule overwrites the target's minimum until another schedule does. If all of them raise it, the fleet of the
    morning is paid for all night and all weekend. (Targets whose schedules set no minimum are left out.)
    """
    minima = _list_set(target, "minCapacity", stack)
    own = target.number("minCapacity")
    if own is not None and minima and min(minima) > own:
        yield f"minCapacity is {own:g} and every schedule sets {min(minima):g} or more, wanted one that sets {own:g}"


@cost.low(
    SCHEDULED,
    GROUP_SCHEDULE,
    reference=f"{GUIDE}/scheduled-scaling-using-cron-expressions.html",
    fix="Set timezone to that of the people whose day the schedule follows (or to UTC, to say that it is meant).",
    config_key="scaling.schedules",
)
def scaling_schedule_sets_its_time_zone(schedule: Resource) -> Iterator[str]:
    """A schedule at an hour of the day sets its time zone.

    The default is UTC: capacity for the morning comes hours early or late, and moves by an hour twice a year
    (github.com/aws/aws-cdk/issues/27754).
    """
    if CRON_AT_AN_HOUR.fullmatch(schedule.text("recurrence") or "") and not schedule.has("timeZone"):
        yield f"timeZone is not set for {schedule.show('recurrence')}, wanted one"
    if AT_AN_HOUR.fullmatch(schedule.text("schedule") or "") and not schedule.has("timezone"):
        yield f"timezone is not set for {schedule.show('schedule')}, wanted one"
