"""From what was measured to the `target` values of the stacks' scaling blocks, each rule with its source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

# AWS's factor for scaling on invocations: half of what an instance can do is left for the minutes until the next one
# serves (https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html).
SAFETY = 0.5
# A level of concurrency counts as sustainable while the slowest hundredth of the answers stay below this.
P99_LIMIT_SECONDS = 0.1
# Target tracking on provisioned concurrency: AWS's own example value
# (https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html).
PROVISIONED_UTILISATION = 0.7
# Requests a second that Lambda admits for each unit of concurrency, however short they are
# (https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html#concurrency-vs-requests-per-second).
REQUESTS_PER_ENVIRONMENT = 10


@dataclass(frozen=True, slots=True)
class Level:
    """One measurement: requests in parallel, answers per second, latencies in seconds."""

    concurrency: int
    throughput: float
    p50: float
    p95: float
    p99: float


def sustainable(levels: Sequence[Level]) -> Level:
    """The level with the highest throughput among those within `P99_LIMIT_SECONDS`.

    Raises ValueError where none is: the machine was too busy to measure anything.
    """
    within = [level for level in levels if level.p99 <= P99_LIMIT_SECONDS]
    if not within:
        raise ValueError(f"p99 was over {P99_LIMIT_SECONDS} s at every concurrency: repeat on a quieter machine")
    return max(within, key=lambda level: level.throughput)


def per_minute(throughput_per_core: float, cores: float) -> int:
    """Requests per minute that one instance, task or deployment instance of `cores` should be scaled at."""
    return _two_digits(throughput_per_core * cores * 60 * SAFETY)


def concurrency(requests_per_second: float, seconds: float, utilisation: float = PROVISIONED_UTILISATION) -> int:
    """Execution environments for a load at `utilisation` of what each may take and can do.

    Each takes `REQUESTS_PER_ENVIRONMENT` a second at most; those that take longer are counted by Little's law
    (in flight = arrival rate x duration).
    """
    busy = max(requests_per_second * seconds, requests_per_second / REQUESTS_PER_ENVIRONMENT)
    return math.ceil(round(busy / utilisation, 9))  # 7 / 0.7 is 10, not 11


def _two_digits(value: float) -> int:
    """Rounded down to two significant digits: the measurement carries no more."""
    scale = 10 ** max(0, len(str(int(value))) - 2)
    return int(value) // scale * scale
