"""Azure ML's limits for one online endpoint, and checks for configs that could never use what they request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pydantic import Field

from shared.block import Block
from shared.scaling import Metric, Scaling
from shared.settings import Check, Contradiction


class Limits(Block):
    """Azure's default limits for one endpoint; after Azure has raised one, change it here.

    https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas#azure-machine-learning-online-endpoints-and-batch-endpoints
    """

    requests_per_second: int = Field(
        500, ge=1, description="requests a second that Azure allows for all slots together; others get 429"
    )
    connections: int = Field(500, ge=1, description="open connections that Azure allows for all slots together")
    instances: int = Field(50, ge=1, description="instances that one slot may have")


class Concurrent(Protocol):
    """A block that says how many requests one instance works on."""

    @property
    def concurrency(self) -> int: ...


def instances_are_within_the_limit(scaling: Scaling, limits: Limits) -> Iterator[Contradiction]:
    for key, maximum in scaling.maxima.items():
        if maximum > limits.instances:
            yield Contradiction(key, maximum, f"at most limits.instances ({limits.instances})", "Azure adds no more")


def every_instance_can_be_needed(scaling: Scaling, limits: Limits) -> Iterator[Contradiction]:
    """More requests than the endpoint's limit never arrive: a target above its share is never reached."""
    target = scaling.targets.get(Metric.REQUESTS_PER_MINUTE)
    if target is None:
        return
    key = "scaling.target" if scaling.metric is Metric.REQUESTS_PER_MINUTE else "scaling.also.requests_per_minute"
    highest, maximum = max(scaling.maxima.items(), key=lambda each: each[1])
    share = limits.requests_per_second * 60 / maximum
    if target > share:
        expected = (
            f"at most {share:g}, limits.requests_per_second ({limits.requests_per_second}) over {highest} ({maximum})"
        )
        yield Contradiction(key, target, expected, "Azure answers 429 before the last instance is needed")


def connections_reach_every_instance(scaling: Scaling, release: Concurrent, limits: Limits) -> Iterator[Contradiction]:
    highest, maximum = max(scaling.maxima.items(), key=lambda each: each[1])
    busy = release.concurrency * maximum
    if busy > limits.connections:
        expected = f"at most {limits.connections // release.concurrency}, limits.connections ({limits.connections})"
        yield Contradiction(
            highest, maximum, f"{expected} over release.concurrency ({release.concurrency})", "the rest stays idle"
        )


ONLINE: tuple[Check, ...] = (
    instances_are_within_the_limit,
    every_instance_can_be_needed,
    connections_reach_every_instance,
)
