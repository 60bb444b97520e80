"""Contradictions that Azure Monitor, Log Analytics and the regions make; a stack on Azure adds its service's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from shared.availability import Availability
from shared.ownership import Logs
from shared.problem import did_you_mean
from shared.scaling import Scaling
from shared.settings import Check, Contradiction

# locations without availability zones: https://learn.microsoft.com/azure/reliability/regions-list
ZONELESS = frozenset(
    {"canadaeast", "jioindiawest", "northcentralus", "southindia", "ukwest", "westcentralus", "westus"}
)
RETENTION = (30, 730)
WINDOWS: dict[str, str] = tomllib.loads(Path(__file__).with_name("time_zones.toml").read_text(encoding="utf-8"))
"""Azure Monitor's name of a time zone by its IANA name."""


def cooldowns_are_minutes(scaling: Scaling) -> Iterator[Contradiction]:
    for key in ("scale_in", "scale_out"):
        seconds = getattr(scaling.cooldowns, key)
        if seconds < 60:
            yield Contradiction(
                f"scaling.cooldowns.{key}", seconds, "at least 60", "Azure Monitor decides once a minute"
            )


def schedules_have_windows_names(scaling: Scaling) -> Iterator[Contradiction]:
    for name, schedule in scaling.schedules.items():
        if schedule.timezone not in WINDOWS:
            yield Contradiction(
                f"scaling.schedules.{name}.timezone",
                schedule.timezone,
                "a zone in shared/azure/time_zones.toml",
                did_you_mean(schedule.timezone, WINDOWS) or "Azure Monitor expects Windows names; add the row",
            )


def zones_exist(availability: Availability) -> Iterator[Contradiction]:
    zones, location = availability.zones, availability.regions[0]
    if zones > 3:
        yield Contradiction("availability.zones", zones, "at most 3", "no Azure region has more")
    if zones > 1 and location in ZONELESS:
        yield Contradiction("availability.zones", zones, "1", f"{location} has no availability zones")


def logs_fit_the_workspace(logs: Logs) -> Iterator[Contradiction]:
    low, high = RETENTION
    if not low <= logs.retention_days <= high:
        expected = f"{low} to {high}"
        yield Contradiction("logs.retention_days", logs.retention_days, expected, "Log Analytics keeps no other time")


AZURE: tuple[Check, ...] = (cooldowns_are_minutes, schedules_have_windows_names, zones_exist, logs_fit_the_workspace)
