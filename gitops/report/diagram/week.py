"""The scaling bounds over a week, before and after, as shapes of a picture: pure geometry of the `scaling` outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from gitops.records import RunRecord

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = 7 * 24 * 60
"""Minutes."""
MONDAY = datetime(2026, 1, 5)
"""Begins a week of standard time on the northern half, in which schedules of several time zones are compared."""
WIDTH, HEIGHT = 700, 150
LEAST_GAP = 15
"""Between two values beside the picture, so that neither is written over the other."""
MOST_TICKS = 5


class WeekSpan(NamedTuple):
    """Bounds that hold from a minute of the week on. Also the bounds of a stack without schedules, from 0 on."""

    start: int
    low: int
    high: int


@dataclass(frozen=True)
class WeekPicture:
    """`before` and `after` are SVG paths around the area between fewest and most; `ticks` are values with their y."""

    target: str
    zone: str
    before: str
    after: str
    ticks: tuple[tuple[int, float], ...]
    label: str


def draw_weeks(records: Sequence[RunRecord]) -> tuple[WeekPicture, ...]:
    """A picture of each target whose bounds move over the week and are not what they were at some hour of it."""
    return tuple(picture for record in records if (picture := draw_week(record)))


def draw_week(record: RunRecord) -> WeekPicture | None:
    scalings = [scaling for scaling in (record.scaling_before, record.scaling_after) if scaling]
    zone = common_zone(scalings)
    weeks = [spread(scaling, zone) for scaling in scalings]
    if len(weeks) < 2 or not all(weeks) or weeks[0] == weeks[1] or max(map(len, weeks)) == 1:
        return None
    top = max(span.high for week in weeks for span in week) or 1
    values = sorted({bound for span in weeks[1] for bound in span[1:]}, reverse=True)[:MOST_TICKS]
    label = " → ".join(tell(week) for week in weeks)
    before, after = (outline(week, top) for week in weeks)
    return WeekPicture(record.target, zone, before, after, space_out([(v, level(v, top)) for v in values]), label)


def space_out(ticks: Sequence[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    """The highest and the lowest, and of those between them, from above, each that has room."""
    *above, lowest = ticks
    kept: list[tuple[int, float]] = []
    for value, y in above:
        if not kept or min(y - kept[-1][1], lowest[1] - y) >= LEAST_GAP:
            kept.append((value, y))
    return (*kept, lowest)


def common_zone(scalings: Sequence[Mapping[str, Any]]) -> str:
    """The time zone of all schedules; UTC where they differ."""
    zones = {str(schedule.get("timezone") or "UTC") for scaling in scalings for schedule in schedules_of(scaling)}
    return zones.pop() if len(zones) == 1 else "UTC"


def schedules_of(scaling: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    schedules = scaling.get("schedules")
    listed = schedules.values() if isinstance(schedules, Mapping) else ()
    return [schedule for schedule in listed if isinstance(schedule, Mapping)]


def spread(scaling: Mapping[str, Any], zone: str) -> tuple[WeekSpan, ...]:
    """The week as spans from minute 0 on; empty where the output cannot be read as one."""
    try:
        spans = sorted(span for schedule in schedules_of(scaling) for span in starts(schedule, zone))
        first = WeekSpan(0, *(spans[-1][1:] if spans else (int(scaling["min"]), int(scaling["max"]))))
    except (KeyError, TypeError, ValueError, OSError):
        return ()
    merged = [first]
    for span in spans:
        if span[1:] != merged[-1][1:]:
            merged.append(span)
    return tuple(span for span, later in zip(merged, [*merged[1:], None], strict=True) if not later or later.start > 0)


def starts(schedule: Mapping[str, Any], zone: str) -> Iterator[WeekSpan]:
    """When a schedule sets its bounds, in minutes of the week in `zone`. Raises KeyError, TypeError, ValueError."""
    hour, minute = map(int, str(schedule["at"]).split(":"))
    own = str(schedule.get("timezone") or "UTC")
    for day in schedule["days"]:
        moment = MONDAY + timedelta(days=DAYS.index(day), hours=hour, minutes=minute)
        if own != zone:
            moment = moment.replace(tzinfo=ZoneInfo(own)).astimezone(UTC).replace(tzinfo=None)
        start = int((moment - MONDAY).total_seconds() // 60) % WEEK
        yield WeekSpan(start, int(schedule["min"]), int(schedule["max"]))


def level(value: int, top: int) -> float:
    return round(HEIGHT - value / top * HEIGHT, 1)


def outline(week: Sequence[WeekSpan], top: int) -> str:
    """A path along the most, left to right, and back along the fewest."""
    edges = [*(round(span.start / WEEK * WIDTH, 1) for span in week), WIDTH]
    sides = list(zip(week, edges[:-1], edges[1:], strict=True))
    upper = [f"{x:g},{level(span.high, top):g}" for span, *ends in sides for x in ends]
    lower = [f"{x:g},{level(span.low, top):g}" for span, *ends in sides for x in ends]
    return f"M{' '.join([*upper, *lower[::-1]])}Z"


def tell(week: Sequence[WeekSpan]) -> str:
    """`mon 07:45 6–24, mon 19:00 3–24`, for who cannot see the picture."""
    if len(week) == 1:
        return f"{week[0].low}–{week[0].high}"
    return ", ".join(f"{format_minute(span.start)} {span.low}–{span.high}" for span in week)


def format_minute(minute: int) -> str:
    """`mon 07:45`."""
    day, rest = divmod(minute, 24 * 60)
    return f"{DAYS[day]} {rest // 60:02}:{rest % 60:02}"
