"""Physical names: readable, within the service's limit, and without the underscores that cloud APIs refuse."""

from __future__ import annotations

from hashlib import sha256

HASH_LENGTH = 6


def physical_name(*parts: str, limit: int) -> str:
    """The parts joined by hyphens, at most `limit` characters.

    A name that is too long keeps its beginning and ends in a hash of the whole, so that two long names stay apart.
    Raises ValueError when `limit` leaves no room for a readable part.
    """
    if limit < HASH_LENGTH + 4:
        raise ValueError(f"limit is {limit}, expected at least {HASH_LENGTH + 4}")
    name = "-".join(parts).replace("_", "-").replace(".", "-").lower()
    if len(name) <= limit:
        return name
    digest = sha256(name.encode()).hexdigest()[:HASH_LENGTH]
    return f"{name[: limit - HASH_LENGTH - 1].rstrip('-')}-{digest}"
