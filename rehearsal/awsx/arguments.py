"""Rules for arguments that several components share."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha1
from typing import Any


def at_most_one(arguments: Mapping[str, Any] | None, *names: str) -> None:
    """Raises ValueError if more than one of the properties is given."""
    given = [name for name in names if arguments and arguments.get(name) is not None]
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)} are both given, but at most one of {', '.join(names)} may be")


def exactly_one(arguments: Mapping[str, Any], *names: str) -> None:
    """Raises ValueError if none or more than one of the properties is given."""
    at_most_one(arguments, *names)
    if all(arguments.get(name) is None for name in names):
        raise ValueError(f"found none of {', '.join(names)}, expected exactly one of them")


def without(arguments: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if key not in names}


def short_hash(text: str) -> str:
    """Returns the first eight hexadecimal digits of the SHA-1, which awsx uses in names (not for security)."""
    return sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]
