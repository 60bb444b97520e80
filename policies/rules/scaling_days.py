"""Schedules that belong together: one clock for all of them, and evenings on the days of the mornings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..resources import Resource, Stack
from ..rule import cost
from .application_autoscaling import GUIDE, SCHEDULED, TARGET
from .auto_scaling_groups import FLEET, SCHEDULE

# what is scaled → its schedules, and their properties: what they scale, when, by which clock, and the least they keep
READ = {
    TARGET: (SCHEDULED, "resourceId", "schedule", "timezone", "scalableTargetAction.minCapacity"),
    FLEET: (SCHEDULE, "autoscalingGroupName", "recurrence", "timeZone", "minSize"),
}
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True)
class Time:
    """When a schedule acts each week, as far as its expression is plain: days from Sunday, and minutes of the day."""

    of: Resource
    days: frozenset[int]
    minute: int


FAR = timedelta(hours=6)


@cost.medium(
    TARGET,
    FLEET,
    reference=f"{GUIDE}/scheduled-scaling-using-cron-expressions.html",
    fix="Give the schedules one time zone, and the one that lowers the minimum the days of the one that raises it.",
    config_key="scaling.schedules",
)
def scaling_schedules_fit_together(scaled: Resource, stack: Stack) -> Iterator[str]:
    """The schedules of a target go by one clock, and lower on the days on which they raise.

    With two time zones, the fleet grows hours after the morning or shrinks before the evening. If mornings are at the
    weekend and evenings on weekdays, most of the actions set what is set already. It is advice, because a fleet can
    serve two continents. (Left out are time zones within six hours, and days that alternate as a week goes on.)
    """
    type_, path, when, clock, least = READ[scaled.type]
    schedules = [each for each in stack.referring(scaled, type_, path) if each.text_if_known(when)]
    own = scaled.text_if_known("scalableDimension")
    mine = [each for each in schedules if each.text_if_known("scalableDimension") == own]
    zones = {each.text(clock) or "" for each in mine if each.known(clock) and each.has(clock) and _recurs(each, when)}
    if len({_read_clock(zone) for zone in zones}) > 1 and _are_far_apart(zones):
        yield f"the schedules go by {' and '.join(sorted(zones))}, wanted one time zone"
    times = [time for each in mine if (time := read_time(each, when))]
    lows = [each.number(least) for each in mine if each.known(least)]
    if len(times) == len(mine) == len(lows) and None not in lows and -1 not in lows and _miss_each_other(times, least):
        yield "those that raise the minimum are on other days than those that lower it, wanted the same days"


def _recurs(schedule: Resource, when: str) -> bool:
    return not (schedule.text(when) or "").startswith(("at(", "rate("))


def _are_far_apart(zones: set[str]) -> bool:
    """Whether the clocks differ by hours: a morning in New York and an evening in Los Angeles are one country's day."""
    offsets = [clock[0] for clock in map(_read_clock, zones)]
    known = [offset for offset in offsets if isinstance(offset, timedelta)]
    return len(known) == len(offsets) and max(known) - min(known) >= FAR


def _read_clock(zone: str) -> tuple[object, ...]:
    """What a zone's clock shows in winter and in summer; its name where this machine does not know it."""
    try:
        return tuple(datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7))
    except (KeyError, ValueError, OSError):
        return (zone,)


def read_time(schedule: Resource, when: str) -> Time | None:
    """When a cron expression acts; None for any that names days of the month, months, steps or several hours."""
    text = schedule.text(when) or ""
    inner = re.fullmatch(r"cron\((.*)\)", text)
    fields = (inner[1] if inner else text).split()
    if len(fields) != (6 if inner else 5) or not (fields[0].isdigit() and fields[1].isdigit()):
        return None
    days = _read_days(fields[4], 1 if inner else 0)
    plain = fields[2] in "*?" and {*fields[3:4], *fields[5:]} == {"*"}
    return Time(schedule, days, 60 * int(fields[1]) + int(fields[0])) if plain and days else None


def _read_days(field: str, first: int) -> frozenset[int]:
    """The days of `MON,WED-FRI` or `1-5`, of which `first` is Sunday; none where it is anything else."""
    if field in ("*", "?"):
        return frozenset(range(7))
    found = set[int]()
    for part in field.split(","):
        ends = [_read_day(end, first) for end in part.split("-")]
        if len(ends) > 2 or None in ends:
            return frozenset()
        start, end = ends[0] or 0, ends[-1] or 0
        found |= {day % 7 for day in range(start, (end if end >= start else end + 7) + 1)}
    return frozenset(found)


def _read_day(text: str, first: int) -> int | None:
    if text.upper() in DAYS:
        return DAYS.index(text.upper())
    return (int(text) - first) % 7 if re.fullmatch(r"[0-7]", text) else None


def _miss_each_other(times: list[Time], least: str) -> bool:
    """Whether no day has both, and on some days what is raised is raised again and what is lowered lowered again."""
    low = min((time.of.number(least) or 0 for time in times), default=0)
    raised = {time.of.urn: (time.of.number(least) or 0) > low for time in times}
    days = {way: {day for time in times if raised[time.of.urn] is way for day in time.days} for way in (True, False)}
    week = sorted((day, time.minute, raised[time.of.urn]) for time in times for day in time.days)
    ways = [way for _, _, way in week]
    again = {way for way, following in zip(ways, ways[1:] + ways[:1], strict=True) if way is following}
    return bool(days[True] and days[False]) and not days[True] & days[False] and len(again) == 2
