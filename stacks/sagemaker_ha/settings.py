"""The config of the two-region endpoint, checked before the engine starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from shared.availability import Availability
from shared.aws import lambda_limits as limits
from shared.aws.entrance_settings import Entrance, load_balancer_has_zones
from shared.aws.sagemaker.settings import CHECKS, LARGEST_FILE_MB, METRICS, STRATEGIES, Hosting
from shared.block import Block
from shared.container import Chip
from shared.regions import Cloud
from shared.release import Release
from shared.scaling import Metric, Scaling
from shared.settings import Contradiction, StackSettings


class Router(Block):
    """The function between a load balancer and its region's endpoint."""

    memory_mb: int = Field(512, ge=128, le=10240, description="memory of the function; its CPU grows with it")
    warm_min: int = Field(ge=1, le=1000, description="fewest warm copies per region")
    warm_max: int = Field(ge=1, le=1000, description="most warm copies per region")
    reserved_concurrency: int = Field(
        ge=1, description="reserved concurrency per region: the most requests in flight, and ten times as many a second"
    )
    peer_fallback: bool = Field(description="whether a router calls the other region after its own region failed twice")


class Routing(Block):
    """How clients are spread over the regions, and when one is taken out."""

    policy: Literal["latency", "failover"] = Field(
        description="latency: both regions serve, the nearer one answers; failover: the first serves, the second waits"
    )
    check_seconds: Literal[10, 30] = Field(description="seconds between two checks of one health checker")
    failures: int = Field(ge=1, le=10, description="failed checks in a row that take a region out")
    errors_per_minute: int = Field(
        ge=1,
        le=1_000_000,
        description="failed predictions per minute that take a region out if they last three minutes",
    )


class Quotas(Block):
    """What the account may use in each region; Service Quotas raises it, and it is then raised here.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """

    lambda_concurrency: int = Field(
        limits.ACCOUNT_CONCURRENCY, ge=1, description="concurrent executions of the account's functions in each region"
    )


def two_regions(availability: Availability) -> Iterator[Contradiction]:
    if len(availability.regions) > 2:
        yield Contradiction("availability.regions", list(availability.regions), "two regions")


def folder_is_in_one_region(release: Release) -> Iterator[Contradiction]:
    """A file is copied to each region, a folder stays where it is, and SageMaker reads its own region's buckets."""
    if release.is_folder:
        yield Contradiction("release.artefact", release.artefact, "a file", "a folder lies in one region of the two")


def warm_copies_fit(router: Router) -> Iterator[Contradiction]:
    if router.warm_min >= router.warm_max:
        yield Contradiction("router.warm_min", router.warm_min, f"below router.warm_max ({router.warm_max})")
    if router.warm_max > router.reserved_concurrency:
        expected = f"at most router.reserved_concurrency ({router.reserved_concurrency})"
        yield Contradiction("router.warm_max", router.warm_max, expected, "Lambda provisions no more than is reserved")


def reserved_leaves_the_account_its_rest(router: Router, quotas: Quotas) -> Iterator[Contradiction]:
    most = limits.most_reserved(quotas.lambda_concurrency)
    if router.reserved_concurrency > most:
        expected = f"at most {most}: quotas.lambda_concurrency less the {limits.UNRESERVED} that must stay unreserved"
        yield Contradiction("router.reserved_concurrency", router.reserved_concurrency, expected)


def router_admits_what_the_fleet_can(router: Router, scaling: Scaling) -> Iterator[Contradiction]:
    """Every request passes the router, and Lambda admits ten a second for each unit of its concurrency."""
    target = scaling.targets.get(Metric.REQUESTS_PER_MINUTE)
    if target is None:
        return
    admitted = limits.REQUESTS_PER_MINUTE * router.reserved_concurrency
    most = int(admitted / target)
    for key, maximum in scaling.maxima.items():
        if maximum > most:
            yield Contradiction(
                key,
                maximum,
                f"at most {most}: router.reserved_concurrency ({router.reserved_concurrency}) admits {admitted:,} "
                f"requests a minute, and an instance is to have {target:,.0f}",
                "Lambda answers 429 above ten requests a second for each unit of concurrency",
            )


def health_checkers_get_in(entrance: Entrance) -> Iterator[Contradiction]:
    if "0.0.0.0/0" not in entrance.clients:
        message = "Route 53 checks each region from many networks; limit callers with the firewall instead"
        yield Contradiction("entrance.clients", list(entrance.clients), "0.0.0.0/0 among them", message)


class Settings(StackSettings):
    """`Pulumi.<env>.yaml` of this stack. Scaling and availability count per region: either must carry all traffic."""

    cloud: ClassVar = Cloud.AWS
    metrics: ClassVar = METRICS
    strategies: ClassVar = STRATEGIES
    largest_in_container_mb: ClassVar = LARGEST_FILE_MB
    chips: ClassVar = frozenset(Chip)
    # the router gives up then, so that both regions can be asked
    longest_call_seconds: ClassVar = 27
    alarms_turn_back: ClassVar = True
    multi_region: ClassVar = True
    checks: ClassVar = (
        *CHECKS,
        two_regions,
        folder_is_in_one_region,
        warm_copies_fit,
        reserved_leaves_the_account_its_rest,
        router_admits_what_the_fleet_can,
        load_balancer_has_zones,
        health_checkers_get_in,
    )

    endpoint: Hosting
    router: Router
    entrance: Entrance
    routing: Routing
    quotas: Quotas = Quotas()  # type: ignore[call-arg]
