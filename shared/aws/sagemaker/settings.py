"""The `endpoint` block: what serves the model, and what SageMaker refuses about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil

from pydantic import Field

from shared.availability import Availability
from shared.aws.image import EcrImage, image_region
from shared.block import Block
from shared.checks import instances_have_the_chip, never_at_zero
from shared.container import Chip, Container
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
# how SageMaker calls any container: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
PORT, PING, INVOCATIONS = 8080, "/ping", "/invocations"
CHIPS = {"ml.g": Chip.GPU, "ml.p": Chip.GPU, "ml.inf": Chip.NEURON, "ml.trn": Chip.NEURON}
# "If you choose an instance type that does not have local NVMe": 30 GB unless more are asked for, 512 at most
# https://docs.aws.amazon.com/sagemaker/latest/dg/large-model-inference-hosting.html
VOLUME_GB, LARGEST_VOLUME_GB = 30, 512
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
LARGEST_FILE_MB = 5000
# types with local NVMe encrypt it themselves and refuse a key and a size:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
LOCAL_NVME = ("ml.g4dn.", "ml.g5.", "ml.g6.", "ml.g6e.", "ml.p4d.", "ml.p5.", "ml.inf2.", "ml.trn1.")
# https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
STEP_PERCENT = {Strategy.CANARY: Span(1, 50), Strategy.LINEAR: Span(10, 50), Strategy.ROLLING: Span(5, 50)}


class Hosting(Block):
    """The instances, the container on them, and the network they stand in."""

    image: EcrImage = Field(description="serving container, by digest")
    instance_type: str = Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$", description="type of the instances")
    initial_instances: int = Field(
        ge=1, le=1000, description="instances that every deployment starts with, regardless of how many run before it"
    )
    volume_gb: int | None = Field(
        None, ge=1, le=LARGEST_VOLUME_GB, description="storage volume; leave out for types with local NVMe"
    )
    model_key_arn: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[0-9a-f-]{36}$",
        description="key that encrypts the bucket of a model folder, if it has its own key",
    )
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


def fleet_starts_within_bounds(endpoint: Hosting, scaling: Scaling) -> Iterator[Contradiction]:
    """Every update starts a fleet of `initial_instances`, at any hour, which is not scaled before the update has ended.

    The provider cannot ask SageMaker to keep the running count (hashicorp/terraform-provider-aws#48990):
    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html
    """
    key, least = max(scaling.minima.items(), key=lambda each: each[1])
    if not least <= endpoint.initial_instances <= scaling.max:
        expected = f"{key} ({least}) to scaling.max ({scaling.max})"
        yield Contradiction("endpoint.initial_instances", endpoint.initial_instances, expected, "a release resets it")


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
    """One region's update must end while the provider waits for it; those of two regions while credentials and job
    last."""
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


def container_is_called_as_sagemaker_does(container: Container | None) -> Iterator[Contradiction]:
    if container is None:
        return
    for key, fixed in {"port": PORT, "ready": PING, "predict": INVOCATIONS}.items():
        if (found := getattr(container, key)) != fixed:
            expected = f"{fixed} for container.{key} of model/model.toml"
            yield Contradiction("endpoint.image", found, expected, "SageMaker calls every container so")


def instances_have_the_models_chip(endpoint: Hosting, container: Container | None) -> Iterator[Contradiction]:
    family = endpoint.instance_type.rstrip("0123456789.")
    chip = next((chip for start, chip in CHIPS.items() if family.startswith(start)), Chip.CPU)
    yield from instances_have_the_chip("endpoint.instance_type", endpoint.instance_type, chip, container)


def volume_holds_the_model(endpoint: Hosting, release: Release) -> Iterator[Contradiction]:
    if endpoint.instance_type.startswith(LOCAL_NVME):
        return
    volume = endpoint.volume_gb or VOLUME_GB
    if release.model_mb and release.model_mb > volume * 1000:
        expected = f"at least {ceil(release.model_mb / 1000)}, for release.model_mb ({release.model_mb})"
        yield Contradiction("endpoint.volume_gb", endpoint.volume_gb, expected, "or a type with local NVMe")


def file_is_copied_in_one_request(release: Release) -> Iterator[Contradiction]:
    if not release.is_folder and release.model_mb and release.model_mb > LARGEST_FILE_MB:
        expected = f"a file of at most {LARGEST_FILE_MB} MB (release.model_mb), or a folder where the stack takes one"
        yield Contradiction("release.artefact", release.artefact, expected, "S3 copies no more in one request")


CHECKS: tuple[Check, ...] = (
    no_burstable_scaling,
    fleet_starts_within_bounds,
    never_at_zero("a variant with a model cannot be scaled to zero"),
    image_in_home_region,
    steps_sagemaker_accepts,
    steps_fit_the_deployment,
    artefact_on_s3,
    container_is_called_as_sagemaker_does,
    instances_have_the_models_chip,
    volume_holds_the_model,
    file_is_copied_in_one_request,
)
