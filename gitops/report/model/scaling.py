"""How a stack's scaling moves, in the few words of a table cell: bounds first, then every other key that changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MOST_MOVES = 4
BOUNDS = ("min", "max")


def format_scaling(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """`2–6`, `2–6 → 1–6`, `2–6, target 70 → 60, cooldowns.scale_in 300 → 60`, `new: 2–6, cpu 60`, `2–6 → none`."""
    if not before or not after:
        if after:
            return f"new: {', '.join([bounds(after), *aim(after)])}"
        return f"{bounds(before)} → none" if before else ""
    was, is_now = bounds(before), bounds(after)
    moves = list(moved(flat(before), flat(after)))
    more = [f"{len(moves) - MOST_MOVES} more changes"] if len(moves) > MOST_MOVES else []
    return ", ".join([was if was == is_now else f"{was} → {is_now}", *moves[:MOST_MOVES], *more])


def bounds(scaling: Mapping[str, Any]) -> str:
    return "–".join(plain(scaling.get(key)) for key in BOUNDS)


def aim(scaling: Mapping[str, Any]) -> list[str]:
    """What is measured, and the value that scaling keeps it at."""
    if scaling.get("metric") is None:
        return []
    return [f"{plain(scaling['metric'])} {plain(scaling.get('target'))}"]


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted((before.keys() | after.keys()) - set(BOUNDS)):
        if before.get(key) != after.get(key):
            yield f"{key} {plain(before.get(key))} → {plain(after.get(key))}"


def flat(scaling: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Nested blocks as dotted keys: `schedules.morning.min`."""
    found: dict[str, Any] = {}
    for key, value in scaling.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{path}{key}.")
        else:
            found[f"{path}{key}"] = value
    return found


def plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return "none" if value is None else str(value)
