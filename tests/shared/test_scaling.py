"""A schedule without a bound of its own has the block's: one number, stated once, wherever it is sent or checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.scaling import Cooldowns, Metric, Scaling, Schedule
from tests.shared.configs import Config
from tests.shared.test_contradictions import found
from tests.stacks.configs import STACKS


def scaling(low: int = 3, high: int = 24, **schedules: Schedule) -> Scaling:
    return Scaling(
        min=low,
        max=high,
        metric=Metric.CPU,
        target=60,
        also={},
        cooldowns=Cooldowns(scale_in=300, scale_out=60),
        schedules=schedules,
    )


def schedule(low: int | None = None, high: int | None = None) -> Schedule:
    return Schedule(days=("mon",), at="07:45", timezone="UTC", min=low, max=high)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(None, None, (3, 24)), (6, None, (6, 24)), (None, 8, (3, 8)), (6, 8, (6, 8)), (0, None, (0, 24))],
)
def test_a_bound_left_out_is_the_blocks(low: int | None, high: int | None, expected: tuple[int, int]) -> None:
    assert scaling().bounds(schedule(low, high)) == expected


def test_the_output_says_what_each_schedule_sets() -> None:
    plain: Any = scaling(high=40, morning=schedule(6), evening=schedule(None, 8)).plain()

    assert {name: (each["min"], each["max"]) for name, each in plain["schedules"].items()} == {
        "morning": (6, 40),
        "evening": (3, 8),
    }


def test_only_bounds_that_are_written_have_a_key() -> None:
    block = scaling(morning=schedule(6), evening=schedule(None, 8))

    assert block.minima == {"scaling.min": 3, "scaling.schedules.morning.min": 6}
    assert block.maxima == {"scaling.max": 24, "scaling.schedules.evening.max": 8}


@pytest.mark.parametrize("stack", STACKS)
def test_in_prod_one_number_raises_the_maximum_for_every_hour(stack: str) -> None:
    """The fault this is about: schedules that repeated the old maximum took the new one back the next morning."""
    values = Config(stack).set(["scaling", "max"], 99).values[f"{stack}:scaling"]
    block = Scaling.model_validate({**values, "metric": Metric(values["metric"])}, strict=False)

    assert block.schedules
    assert {block.bounds(each).max for each in block.schedules.values()} == {99}


def test_a_fault_of_the_block_is_not_repeated_for_schedules_that_share_it(tmp_path: Path) -> None:
    assert found(Config("sagemaker_endpoint"), {"scaling.min": 2}, tmp_path).keys() == {"scaling.min"}
