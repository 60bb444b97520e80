"""Converts values to their declared types, as the real providers store them.

A program may give an object for JSON text, a number for text, or text for a number. An output must have its declared
type, because the SDK never resolves an output of another type and a program that awaits it hangs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.sdk.types import EnumOf, ListOf, MapOf, ObjectOf, OneOf, Property, Scalar, Type
from rehearsal.values import UNKNOWN, Secret, Unknown, is_known


def conform(value: Any, kind: Type) -> Any:
    """Converts `value` to the type `kind`; returns it unchanged if it cannot be converted."""
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, Secret):
        return Secret(conform(value.value, kind))
    match kind:
        case Scalar(name):
            return _scalar(value, name)
        case ListOf(item) if isinstance(value, list):
            return [conform(element, item) for element in value]
        case MapOf(ObjectOf()) if isinstance(value, list) and all(isinstance(key, str) for key in value):
            # Azure accepts a list of identities and returns a map with one object per identity.
            return {key: {} for key in value}
        case MapOf(ObjectOf()) if isinstance(value, list) and not is_known(value):
            return UNKNOWN  # the keys are known only when all identities are known
        case MapOf(item) if isinstance(value, dict):
            return {key: conform(element, item) for key, element in value.items()}
        case ObjectOf() if isinstance(value, dict):
            return conform_all(value, kind.properties)
        case EnumOf(_, values):
            return next((member for member in values if str(member).lower() == str(value).lower()), value)
        case OneOf(options):
            fitting = next((option for option in options if _natural(value, option)), None)
            return conform(value, fitting) if fitting else value
    return value


def conform_all(values: Mapping[str, Any], declared: Mapping[str, Property]) -> dict[str, Any]:
    """Converts each declared value to its type and keeps undeclared values unchanged."""
    return {k: conform(v, declared[k].type) if k in declared else v for k, v in values.items()}


def _scalar(value: Any, name: str) -> Any:
    if name == "string" and isinstance(value, dict | list) and is_known(value):
        return json.dumps(value, separators=(",", ":"), sort_keys=True)
    if name == "string" and isinstance(value, bool):
        return "true" if value else "false"
    if name == "string" and isinstance(value, int | float):
        return str(value)
    if name == "boolean" and value in ("true", "false"):
        return value == "true"
    if name in ("integer", "number") and isinstance(value, str):
        return _number(value)
    return value


def _number(text: str) -> Any:
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def _natural(value: Any, kind: Type) -> bool:
    """Whether the value already has this type."""
    match kind:
        case Scalar("string") | EnumOf():
            return isinstance(value, str)
        case Scalar("boolean"):
            return isinstance(value, bool)
        case Scalar():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ListOf():
            return isinstance(value, list)
        case ObjectOf() | MapOf():
            return isinstance(value, dict)
    return True
