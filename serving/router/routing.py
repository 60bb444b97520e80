"""Which endpoint to ask, in which order: this region, this region once more, then the peer region."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from serving.router.runtime import Endpoint, Failure, Reply

BACKOFF_SECONDS = (0.05, 0.15)
NEEDED_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Routed:
    """`reply` is None when nobody answered; `region` answered, or was asked last; `failures` says what went before."""

    reply: Reply | None
    region: str
    failures: tuple[str, ...]


def route(
    local: Endpoint,
    peer: Endpoint | None,
    call: Callable[[Endpoint], Reply],
    remaining_seconds: Callable[[], float],
    sleep: Callable[[float], None] = time.sleep,
) -> Routed:
    """Ask until one answers, within the function's remaining time.

    The retry waits a random moment (50 to 150 ms) so that routers that failed together do not come back together.
    """
    failures: list[str] = []
    given_up: set[str] = set()
    asked = local.region
    for endpoint in (local, local, *([peer] if peer else [])):
        if endpoint.region in given_up or remaining_seconds() < NEEDED_SECONDS:
            continue
        if failures and endpoint.region == asked:
            sleep(random.uniform(*BACKOFF_SECONDS))  # noqa: S311 (jitter, not a secret)
        asked = endpoint.region
        try:
            return Routed(call(endpoint), asked, tuple(failures))
        except Failure as failure:
            failures.append(f"{asked}: {failure}")
            if not failure.retry_here:
                given_up.add(asked)
    return Routed(None, asked, tuple(failures))
