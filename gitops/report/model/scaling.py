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
            return f"new: {', '.join([format_bounds(after), *format_aim(after)])}"
        return f"{format_bounds(before)} → none" if before else ""
    was, is_now = format_bounds(before), format_bounds(after)
    moves = list(list_moves(flatten(before), flatten(after)))
    more = [f"{len(moves) - MOST_MOVES} more changes"] if len(moves) > MOST_MOVES else []
    return ", ".join([was if was == is_now else f"{was} → {is_now}", *moves[:MOST_MOVES], *more])


def format_bounds(scaling: Mapping[str, Any]) -> str:
    return "–".join(format_value(scaling.get(key)) for key in BOUNDS)


def format_aim(scaling: Mapping[str, Any]) -> list[str]:
    """What is measured, and the value that scaling keeps it at."""
    if scaling.get("metric") is None:
        return []
    return [f"{format_value(scaling['metric'])} {format_value(scaling.get('target'))}"]


def list_moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted((before.keys() | after.keys()) - set(BOUNDS)):
        if before.get(key) != after.get(key):
            yield f"{key} {format_value(before.get(key))} → {format_value(after.get(key))}"


def flatten(scaling: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Nested blocks as dotted keys: `schedules.morning.min`."""
    flat: dict[str, Any] = {}
    for key, value in scaling.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{path}{key}.")
        else:
            flat[f"{path}{key}"] = value
    return flat


def format_value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return "none" if value is None else str(value)
