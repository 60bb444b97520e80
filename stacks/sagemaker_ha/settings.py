"""The config of the two-region endpoint, checked before the engine starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from shared.availability import Availability
from shared.aws.entrance_settings import Entrance
from shared.aws.sagemaker.settings import CHECKS, METRICS, STRATEGIES, Hosting
from shared.block import Block
from shared.regions import Cloud
from shared.settings import Contradiction, StackSettings


class Router(Block):
    """The function between a load balancer and its region's endpoint."""

    memory_mb: int = Field(512, ge=128, le=10240, description="memory of the function; its CPU grows with it")
    warm_min: int = Field(ge=1, le=1000, description="fewest copies that are warm, per region")
    warm_max: int = Field(ge=1, le=1000, description="most copies that are warm, per region")
    reserved_concurrency: int = Field(ge=1, le=1000, description="most requests in flight, per region")
    peer_fallback: bool = Field(description="whether a router calls the other region when its own has failed twice")


class Routing(Block):
    """How clients are spread over the regions, and when one is taken out."""

    policy: Literal["latency", "failover"] = Field(
        description="latency: both regions serve, the nearer one answers; failover: the first serves, the second waits"
    )
    check_seconds: Literal[10, 30] = Field(description="seconds between two looks of one health checker")
    failures: int = Field(ge=1, le=10, description="looks in a row that must fail")
    errors_per_minute: int = Field(
        ge=1, le=1_000_000, description="failed predictions per minute, three minutes long, that take a region out"
    )


def two_regions(availability: Availability) -> Iterator[Contradiction]:
    if len(availability.regions) > 2:
        yield Contradiction("availability.regions", list(availability.regions), "two regions")


def warm_copies_fit(router: Router) -> Iterator[Contradiction]:
    if router.warm_min >= router.warm_max:
        yield Contradiction("router.warm_min", router.warm_min, f"below router.warm_max ({router.warm_max})")
    if router.warm_max > router.reserved_concurrency:
        expected = f"at most router.reserved_concurrency ({router.reserved_concurrency})"
        yield Contradiction("router.warm_max", router.warm_max, expected, "Lambda provisions no more than is reserved")


def load_balancer_has_zones(availability: Availability) -> Iterator[Contradiction]:
    if availability.zones < 2:
        yield Contradiction("availability.zones", availability.zones, "at least 2", "a load balancer needs two subnets")


def health_checkers_get_in(entrance: Entrance) -> Iterator[Contradiction]:
    if "0.0.0.0/0" not in entrance.clients:
        message = "Route 53 looks at each region from many networks; limit callers by the firewall instead"
        yield Contradiction("entrance.clients", list(entrance.clients), "0.0.0.0/0 among them", message)


class Settings(StackSettings):
    """`Pulumi.<env>.yaml` of this stack. Scaling and availability count per region: either must carry all traffic."""

    cloud: ClassVar = Cloud.AWS
    metrics: ClassVar = METRICS
    strategies: ClassVar = STRATEGIES
    multi_region: ClassVar = True
    checks: ClassVar = (
        *CHECKS,
        two_regions,
        warm_copies_fit,
        load_balancer_has_zones,
        health_checkers_get_in,
    )

    endpoint: Hosting
    router: Router
    entrance: Entrance
    routing: Routing
