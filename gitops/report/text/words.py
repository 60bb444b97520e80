"""English for counts and lists, in one place so that every format says the same thing the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from gitops.checkout import environments


def plural(count: int, noun: str) -> str:
    """`1 update`, `3 updates`, `2 policies`, `1,000 aliases`."""
    if count == 1:
        return f"1 {noun}"
    if noun.endswith("y") and not noun.endswith(("ay", "ey", "oy")):
        return f"{count:,} {noun[:-1]}ies"
    return f"{count:,} {noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{count:,} {noun}s"


def listing(words: Sequence[str], limit: int = 0) -> str:
    """`dev`, `dev and prod`, `dev, staging and prod`; with a limit, `a, b and 7 more`."""
    words = list(words)
    if limit and len(words) > limit:
        return f"{', '.join(words[:limit])} and {len(words) - limit:,} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def environment_rank(environment: str) -> tuple[int, str]:
    """Sort key: deployment order first, then strangers by name."""
    order = deployment_order()
    return order.index(environment) if environment in order else len(order), environment


@cache
def deployment_order() -> tuple[str, ...]:
    """The environments of the checkout that the command stands in."""
    return environments.names(environments.find_checkout(Path.cwd()) or Path.cwd())


def in_environments(environments: Iterable[str]) -> str:
    """` in dev and prod`, nothing for no environment."""
    ordered = sorted(set(environments), key=environment_rank)
    return f" in {listing(ordered, limit=4)}" if ordered else ""


def add_environments(what: str, environments: Iterable[str]) -> str:
    """`ecs_service in dev and prod`."""
    return f"{what}{in_environments(environments)}"


def join_arrow(before: str, after: str) -> str:
    """`a → b`; the one that is known where the other is not, or where both are the same."""
    return f"{before} → {after}" if before and after and before != after else after or before


def common_start(texts: Sequence[str]) -> str:
    """What all of `texts` begin with: the first and the last of them in order differ the earliest."""
    first, last = min(texts), max(texts)
    return first[: next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def shorten(text: str, limit: int) -> str:
    """`text`, its middle taken out if it is longer than `limit` characters: both ends of a name carry meaning."""
    if len(text) <= limit:
        return text
    head = (limit - 1) * 2 // 3
    return f"{text[:head]}…{text[len(text) - (limit - 1 - head) :]}"
