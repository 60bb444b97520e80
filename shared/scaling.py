"""How many instances a backend runs and what moves that number: the same block in every stack's YAML."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from shared.block import Block

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Metric(StrEnum):
    """What the autoscaler watches, in words that hold for every backend; each maps it to its own metric."""

    REQUESTS_PER_MINUTE = "requests_per_minute"  # per instance
    CONCURRENCY = "concurrency"  # requests in flight per instance
    CPU = "cpu"  # percent of an instance
    UTILIZATION = "utilization"  # percent of the provisioned concurrency in use


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)  # `available_timezones` would read each of its twelve hundred files
    except (LookupError, ValueError, OSError):  # OSError: the name of a folder (`Europe`)
        raise ValueError("an IANA time zone such as Europe/London") from None
    return name


Timezone = Annotated[str, AfterValidator(_known_timezone)]


class Cooldowns(Block):
    """Seconds the autoscaler waits after a change before the next one in the same direction."""

    scale_in: int = Field(ge=0, le=3600, description="seconds to wait after removing instances")
    scale_out: int = Field(ge=0, le=3600, description="seconds to wait after adding instances")


class Bounds(NamedTuple):
    """Fewest and most instances, as they are sent to the cloud."""

    min: int
    max: int


class Schedule(Block):
    """New bounds from a time of day on, until another schedule sets others; a bound left out is the block's own."""

    days: tuple[Day, ...] = Field(min_length=1, description="days of the week")
    at: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="time of day, HH:MM")
    timezone: Timezone = Field("UTC", description="IANA time zone of `at`")
    min: int | None = Field(None, ge=0, le=1000, description="fewest instances from then on; `scaling.min` without it")
    max: int | None = Field(None, ge=1, le=1000, description="most instances from then on; `scaling.max` without it")


class Scaling(Block):
    """Bounds, the metric that is held at a target, and how fast the number may move."""

    min: int = Field(ge=0, le=1000, description="fewest instances the autoscaler keeps")
    max: int = Field(ge=1, le=1000, description="most instances the autoscaler adds")
    metric: Metric = Field(description="what is held at `target`")
    target: float = Field(gt=0, description="the value of `metric` per instance that the autoscaler aims at")
    also: Mapping[Metric, float] = Field(
        {}, description="further metrics and targets: one of them is enough to scale out, all must agree to scale in"
    )
    cooldowns: Cooldowns = Field(description="seconds between two changes")
    schedules: Mapping[str, Schedule] = Field({}, description="bounds by time of day, by name")

    @property
    def targets(self) -> dict[Metric, float]:
        """Every metric with its target, the main one first."""
        return {self.metric: self.target, **self.also}

    @property
    def minima(self) -> dict[str, int]:
        """Every `min` that is written, by its key: the block's own and the schedules'."""
        by_name = {name: schedule.min for name, schedule in self.schedules.items()}
        return {"scaling.min": self.min, **_list_written("min", by_name)}

    @property
    def maxima(self) -> dict[str, int]:
        """Every `max` that is written, by its key: the block's own and the schedules'."""
        by_name = {name: schedule.max for name, schedule in self.schedules.items()}
        return {"scaling.max": self.max, **_list_written("max", by_name)}

    def bounds(self, schedule: Schedule) -> Bounds:
        """What the schedule sets. Always both: AWS leaves one that is not sent as the schedule before it set it.

        https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-policy-overview.html
        """
        return Bounds(
            self.min if schedule.min is None else schedule.min,
            self.max if schedule.max is None else schedule.max,
        )

    def plain(self) -> dict[str, object]:
        """The block as numbers and strings, for the stack's `scaling` output; schedules with the bounds they set."""
        schedules = {
            name: {**schedule.model_dump(mode="json"), **self.bounds(schedule)._asdict()}
            for name, schedule in self.schedules.items()
        }
        return {**self.model_dump(mode="json"), "schedules": schedules}


def _list_written(bound: str, by_name: Mapping[str, int | None]) -> dict[str, int]:
    return {f"scaling.schedules.{name}.{bound}": value for name, value in by_name.items() if value is not None}
