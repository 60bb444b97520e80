"""Whether this region's model answers, asked at most once per `ttl` although every balancer node checks by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from serving.contract import CONTENT_TYPE
from serving.description import DESCRIBED
from serving.router.runtime import Endpoint, Failure


@dataclass(frozen=True, slots=True)
class Health:
    healthy: bool
    reason: str
    checked_at: float


@dataclass
class HealthCheck:
    """Asks `endpoint` only: the peer region has a health check of its own, and DNS chooses between the two."""

    endpoint: Endpoint
    ttl: float
    clock: Callable[[], float] = time.monotonic
    _last: Health | None = field(default=None, init=False)

    def check(self) -> Health:
        now = self.clock()
        if self._last is None or now - self._last.checked_at >= self.ttl:
            self._last = self._ask(now)
        return self._last

    def _ask(self, now: float) -> Health:
        try:
            reply = self.endpoint.invoke(CONTENT_TYPE, DESCRIBED.canary_request, "health-check")
        except Failure as failure:
            return Health(False, str(failure), now)
        return Health(reply.status == 200, f"model answered {reply.status}", now)
