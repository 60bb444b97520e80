"""The rehearsal's Azure subscription: ids that nobody owns, and the spelling of locations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
TENANT = "11111111-1111-1111-1111-111111111111"
CLIENT = "22222222-2222-2222-2222-222222222222"
OBJECT = "33333333-3333-3333-3333-333333333333"


def subscription_of(config: Mapping[str, Any]) -> str:
    given = config.get("subscriptionId")
    return given if isinstance(given, str) and given else SUBSCRIPTION


def location_of(config: Mapping[str, Any]) -> str | None:
    given = config.get("location")
    return given if isinstance(given, str) and given else None


def compact(location: Any) -> str:
    """Returns a location as addresses spell it: `West Europe` → `westeurope`."""
    return location.replace(" ", "").lower() if isinstance(location, str) and location else "westeurope"
