"""The picture of the scaling bounds over a week: its spans, its shapes, and when there is one at all."""

from __future__ import annotations

from typing import Any

import pytest

from gitops.report.diagram.week import (
    HEIGHT,
    WEEK,
    WIDTH,
    WeekSpan,
    common_zone,
    draw_week,
    outline,
    space_out,
    spread,
    tell,
)
from gitops.report.formats import html
from gitops.report.model.context import Context
from gitops.report.model.report import build
from tests.report import factories

WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]
EIGHT, SEVEN_PM = 8 * 60, 19 * 60


def scaling(low: int = 2, high: int = 6, zone: str = "UTC", **schedules: Any) -> dict[str, Any]:
    told = {name: {"timezone": zone, "min": low, "max": high, **schedule} for name, schedule in schedules.items()}
    return {"min": low, "max": high, "schedules": told}


MORNING = {"days": WORKDAYS, "at": "08:00", "min": 4}
EVENING = {"days": WORKDAYS, "at": "19:00"}


def test_without_schedules_the_week_is_one_span() -> None:
    assert spread(scaling(), "UTC") == (WeekSpan(0, 2, 6),)


def test_the_week_begins_as_the_one_before_ended() -> None:
    spans = spread(scaling(morning={**MORNING, "days": ["sun"]}, evening={**EVENING, "days": ["wed"]}), "UTC")

    assert spans == (WeekSpan(0, 4, 6), WeekSpan(2 * 1440 + SEVEN_PM, 2, 6), WeekSpan(6 * 1440 + EIGHT, 4, 6))


def test_schedules_change_the_bounds_from_their_minute_on_and_only_if_they_change_them() -> None:
    spans = spread(scaling(morning=MORNING, evening=EVENING, noon={**MORNING, "at": "12:00"}), "UTC")

    assert spans[:3] == (WeekSpan(0, 2, 6), WeekSpan(EIGHT, 4, 6), WeekSpan(SEVEN_PM, 2, 6))
    assert len(spans) == 11


def test_schedules_of_several_zones_are_shown_in_utc() -> None:
    tokyo = {**MORNING, "days": ["mon"], "timezone": "Asia/Tokyo"}
    told = scaling(morning=tokyo, evening={**EVENING, "days": ["mon"], "timezone": "Europe/London"})

    assert common_zone([told]) == "UTC"
    assert common_zone([scaling(morning=tokyo)]) == "Asia/Tokyo"
    assert spread(told, "UTC") == (WeekSpan(0, 4, 6), WeekSpan(SEVEN_PM, 2, 6), WeekSpan(WEEK - 60, 4, 6))


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"min": "[known after apply]", "max": 3},
        scaling(morning={**MORNING, "at": "soon"}),
        scaling(morning={**MORNING, "days": ["someday"]}),
        scaling(a={**MORNING, "timezone": "Mars/Olympus"}, b=EVENING),
        scaling(a={**MORNING, "timezone": "America"}, b=EVENING),
    ],
)
def test_what_is_no_week_is_no_picture(odd: dict[str, Any]) -> None:
    assert spread(odd, common_zone([odd])) == ()


def test_the_outline_goes_along_the_most_and_back_along_the_fewest() -> None:
    path = outline((WeekSpan(0, 1, 2), WeekSpan(WEEK // 2, 2, 4)), 4)

    half, quarter = HEIGHT / 2, HEIGHT * 3 / 4
    assert path == (
        f"M0,{half:g} {WIDTH / 2:g},{half:g} {WIDTH / 2:g},0 {WIDTH},0 "
        f"{WIDTH},{half:g} {WIDTH / 2:g},{half:g} {WIDTH / 2:g},{quarter:g} 0,{quarter:g}Z"
    )


def test_it_is_told_in_words_too() -> None:
    assert tell((WeekSpan(0, 2, 6),)) == "2–6"
    assert tell((WeekSpan(0, 2, 6), WeekSpan(EIGHT, 4, 6))) == "mon 00:00 2–6, mon 08:00 4–6"


def record(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Any:
    return factories.record("ecs_service", "prod", scaling_before=before, scaling_after=after)


def test_there_is_a_picture_only_where_bounds_move() -> None:
    old, new = scaling(morning=MORNING, evening=EVENING), scaling(low=1, morning=MORNING, evening=EVENING)

    picture = draw_week(record(old, new))

    assert picture is not None
    assert (picture.target, picture.zone) == ("ecs_service/prod", "UTC")
    assert picture.ticks == ((6, 0.0), (4, round(HEIGHT / 3, 1)), (1, round(HEIGHT * 5 / 6, 1)))
    assert draw_week(record(old, {**old, "target": 9})) is None
    assert draw_week(record(None, new)) is None
    assert draw_week(record(scaling(), scaling(low=1))) is None


def test_what_was_more_before_still_fits_the_picture() -> None:
    """And nothing is drawn above it: both weeks have one scale."""
    old, new = scaling(high=12, morning=MORNING, evening=EVENING), scaling(high=6, morning=MORNING, evening=EVENING)

    picture = draw_week(record(old, new))

    assert picture is not None
    assert "-" not in picture.before
    assert picture.ticks[0] == (6, HEIGHT / 2)


def test_of_many_bounds_the_highest_are_named() -> None:
    days: dict[str, Any] = {f"day{n}": {**MORNING, "days": [day], "min": n} for n, day in enumerate(WORKDAYS, 1)}

    picture = draw_week(record(scaling(), scaling(low=1, high=9, **days)))

    assert picture is not None
    assert [value for value, _ in picture.ticks] == [9, 5, 4, 3, 2]


def test_no_value_is_written_over_another() -> None:
    ticks = [(30, 0.0), (20, 9.0), (10, 40.0), (6, 130.0), (3, 140.0)]

    assert space_out(ticks) == ((30, 0.0), (10, 40.0), (3, 140.0))
    assert space_out(ticks[:1]) == tuple(ticks[:1])


def test_the_page_draws_it() -> None:
    once = {**MORNING, "days": ["mon"]}
    page = html.render(
        build([record(scaling(), scaling(morning=once, evening={**once, "at": "19:00", "min": 2}))], Context())
    )

    assert page.count('<figure class="week">') == 1
    assert 'aria-label="2–6 → mon 00:00 2–6, mon 08:00 4–6, mon 19:00 2–6"' in page
