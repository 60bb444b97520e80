"""ISO 8601 durations, as Azure takes them."""

from __future__ import annotations

import re

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def seconds(text: str) -> float | None:
    """`PT5M` → 300; None for what is no duration."""
    match = _DURATION.fullmatch(text) if len(text) > 1 else None
    if match is None:
        return None
    return sum(float(part or 0) * unit for part, unit in zip(match.groups(), (86_400, 3600, 60, 1), strict=True))
