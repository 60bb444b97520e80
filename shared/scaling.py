"""How many instances a backend runs and what moves that number: the same block in every stack's YAML."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import available_timezones

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
    if name not in available_timezones():
        raise ValueError("an IANA time zone such as Europe/London")
    return name


Timezone = Annotated[str, AfterValidator(_known_timezone)]


class Cooldowns(Block):
    """Seconds the autoscaler waits after a change before the next one in the same direction."""

    scale_in: int = Field(ge=0, le=3600, description="seconds to wait after removing instances")
    scale_out: int = Field(ge=0, le=3600, description="seconds to wait after adding instances")


class Schedule(Block):
    """New bounds from a time of day on, until another schedule sets others."""

    days: tuple[Day, ...] = Field(min_length=1, description="days of the week")
    at: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="time of day, HH:MM")
    timezone: Timezone = Field("UTC", description="IANA time zone of `at`")
    min: int = Field(ge=0, le=1000, description="fewest instances from then on")
    max: int = Field(ge=1, le=1000, description="most instances from then on")


class Scaling(Block):
    """Bounds, the metric that is held at a target, and how fast the number may move."""

    min: int = Field(ge=0, le=1000, description="fewest instances the autoscaler keeps")
    max: int = Field(ge=1, le=1000, description="most instances the autoscaler adds")
    metric: Metric = Field(description="what is held at `target`")
    target: float = Field(gt=0, description="the value of `metric` per instance that the autoscaler holds")
    also: Mapping[Metric, float] = Field({}, description="further metrics and targets: out on any of them, in on all")
    cooldowns: Cooldowns = Field(description="seconds between two changes")
    schedules: Mapping[str, Schedule] = Field({}, description="bounds by time of day, by name")

    @property
    def targets(self) -> dict[Metric, float]:
        """Every metric with its target, the main one first."""
        return {self.metric: self.target, **self.also}

    def plain(self) -> dict[str, object]:
        """The block as numbers and strings, for the stack's `scaling` output."""
        return self.model_dump(mode="json")
