"""The `endpoint` block: what serves the model, and what SageMaker refuses about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil

from pydantic import Field

from shared.availability import Availability
from shared.aws.image import EcrImage, image_region
from shared.block import Block
from shared.release import Release, Strategy
from shared.scaling import Metric, Scaling
from shared.settings import Check, Contradiction, Span

# concurrency is SageMaker's ten-second metric; an instance that holds more than 200 requests in flight queues them
METRICS: dict[Metric, Span] = {
    Metric.REQUESTS_PER_MINUTE: Span(1, 1_000_000),
    Metric.CONCURRENCY: Span(1, 200),
    Metric.CPU: Span(20, 90),
}
STRATEGIES = frozenset(Strategy)

# the provider waits 60 minutes for an endpoint (waitEndpointInService), the last five of them for the way back:
# https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sagemaker/endpoint.go
LONGEST_SECONDS = 3300
# what instances need to come into service, image and model included
START_SECONDS = 600

BURSTABLE = ("ml.t2.", "ml.t3.")
# https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
STEP_PERCENT = {Strategy.CANARY: Span(1, 50), Strategy.LINEAR: Span(10, 50), Strategy.ROLLING: Span(5, 50)}


class Hosting(Block):
    """The instances, the container on them, and the network they stand in."""

    image: EcrImage = Field(description="serving container, by digest")
    instance_type: str = Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$", description="type of the instances")
    initial_instances: int = Field(
        ge=1, le=1000, description="instances that every deployment starts with, however many run before it"
    )
    volume_gb: int | None = Field(None, ge=1, le=512, description="storage volume; leave out for types with local NVMe")
    download_seconds: int = Field(600, ge=60, le=3600, description="longest a model download may take")
    startup_seconds: int = Field(300, ge=60, le=3600, description="longest the container may take to answer its ping")
    capture_percent: int = Field(ge=1, le=100, description="share of requests and responses kept for monitoring")
    capture_days: int = Field(30, ge=1, le=400, description="days captured requests are kept")
    network_cidr: str = Field(
        "10.0.0.0/16",
        pattern=r"^\d{1,3}(\.\d{1,3}){3}/(1[6-9]|20)$",
        description="addresses of the private network",
    )
    environment: Mapping[str, str] = Field({}, description="environment variables of the container")


def no_burstable_scaling(endpoint: Hosting) -> Iterator[Contradiction]:
    if endpoint.instance_type.startswith(BURSTABLE):
        yield Contradiction(
            "endpoint.instance_type",
            endpoint.instance_type,
            "a type that is not burstable",
            "SageMaker cannot scale it",
        )


def deployed_within_bounds(endpoint: Hosting, scaling: Scaling) -> Iterator[Contradiction]:
    """Every update starts a fleet of `initial_instances`, at any hour, and nothing is scaled until it has ended.

    The provider cannot ask SageMaker to keep the running count (hashicorp/terraform-provider-aws#48990):
    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html
    """
    key, least = max(scaling.minima.items(), key=lambda each: each[1])
    if not least <= endpoint.initial_instances <= scaling.max:
        expected = f"{key} ({least}) to scaling.max ({scaling.max})"
        yield Contradiction("endpoint.initial_instances", endpoint.initial_instances, expected, "a release resets it")


def never_scaled_to_zero(scaling: Scaling) -> Iterator[Contradiction]:
    for key, minimum in scaling.minima.items():
        if minimum < 1:
            yield Contradiction(key, minimum, "at least 1", "a variant with a model cannot be scaled to zero")


def image_in_home_region(endpoint: Hosting, availability: Availability) -> Iterator[Contradiction]:
    region, home = image_region(endpoint.image), availability.regions[0]
    if region != home:
        yield Contradiction(
            "endpoint.image", endpoint.image, f"a registry in {home}, the first of availability.regions"
        )


def steps_sagemaker_accepts(release: Release) -> Iterator[Contradiction]:
    span, percent = STEP_PERCENT.get(release.strategy), release.steps.percent
    if span and not span.low <= percent <= span.high:
        yield Contradiction("release.steps.percent", percent, f"{span.low:g} to {span.high:g} for {release.strategy}")


def waits(release: Release) -> int:
    """How often a deployment waits `release.steps.wait` seconds, at most."""
    return 2 if release.strategy is Strategy.CANARY else ceil(100 / release.steps.percent)


def steps_fit_the_deployment(release: Release) -> Iterator[Contradiction]:
    """One region's update has to end while the provider waits for it; two of them while credentials and job last."""
    spent, allowed = waits(release) * release.steps.wait + release.steps.bake, LONGEST_SECONDS - START_SECONDS
    if spent > allowed:
        yield Contradiction(
            "release.steps",
            spent,
            f"at most {allowed} seconds of all wait ({waits(release)} × {release.steps.wait}) and bake together",
            "the provider waits 60 minutes for an endpoint, a session and its job end after 120",
        )


def artefact_on_s3(release: Release) -> Iterator[Contradiction]:
    if not release.artefact.startswith("s3://"):
        yield Contradiction("release.artefact", release.artefact, "`s3://<bucket>/<key>`")


CHECKS: tuple[Check, ...] = (
    no_burstable_scaling,
    deployed_within_bounds,
    never_scaled_to_zero,
    image_in_home_region,
    steps_sagemaker_accepts,
    steps_fit_the_deployment,
    artefact_on_s3,
)
