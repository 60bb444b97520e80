"""Durations as Azure writes them."""

from __future__ import annotations

import re


def minutes(duration: str | None) -> float:
    """Minutes of an ISO 8601 duration (`PT1H5M`, `P1DT2H`); 0 for what is none."""
    match = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", duration or "")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups()) if match else (0.0,) * 4
    return days * 1440 + hours * 60 + minutes + seconds / 60
