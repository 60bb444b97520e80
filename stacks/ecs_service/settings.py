"""The config of the Fargate service, checked before the engine starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from math import ceil
from typing import ClassVar, Literal

from pydantic import Field

from shared.availability import Availability
from shared.aws.entrance_settings import Entrance, load_balancer_has_zones
from shared.aws.image import EcrImage, image_region
from shared.block import Block
from shared.container import Container
from shared.environments import is_production
from shared.regions import Cloud
from shared.release import Release, Strategy
from shared.scaling import Metric, Scaling
from shared.settings import Contradiction, Span, StackSettings

# cpu units → the memory sizes Fargate offers with them, MB, lowest and highest
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
FARGATE_MEMORY = {
    256: (512, 2048),
    512: (1024, 4096),
    1024: (2048, 8192),
    2048: (4096, 16384),
    4096: (8192, 30720),
    8192: (16384, 61440),
    16384: (32768, 122880),
}


# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
DISK_GB, LARGEST_DISK_GB = 20, 200

SHIFTING = frozenset({Strategy.BLUE_GREEN, Strategy.CANARY, Strategy.LINEAR})
"""Strategies that start all new tasks beside the old ones, and move traffic from one target group to the other."""
LEAST_LINEAR_PERCENT = 3  # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html
# an alarm of ours looks at five minutes (shared/aws/alarms.py)
ALARM_SECONDS = 300
# Fargate pulls and logs from the task's own network: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
REACHED = ("ecr.api", "ecr.dkr", "logs")
# what the provider waits for a service that takes no pauses, and what a deployment may take in all
START_SECONDS, LONGEST_SECONDS = 1200, 3600

APP = Container(
    port=8080,
    health="/health",
    # runs the model and says 503 from a task that is about to leave
    ready="/ready",
    predict="/inference",
    probe=("python", "-m", "serving.server.probe"),
)
"""The app in `serving/`, as its image answers."""


class Service(Block):
    """The container, the size of a task, and where tasks run."""

    image: EcrImage = Field(description="server's container, by digest")
    cpu: Literal[256, 512, 1024, 2048, 4096, 8192, 16384] = Field(description="CPU units of a task, 1024 a core")
    memory_mb: int = Field(ge=512, le=122880, description="memory of a task")
    architecture: Literal["ARM64", "X86_64"] = Field("ARM64", description="what the image is built for")
    disk_gb: int | None = Field(
        None, ge=21, le=LARGEST_DISK_GB, description="GB of disk of a task for image and model; 20 without it"
    )
    start_seconds: int = Field(60, ge=0, le=3600, description="how long a new task may fail its health check")
    drain_seconds: int = Field(30, ge=5, le=90, description="how long a stopping task may finish its requests")
    on_demand_base: int = Field(ge=0, le=1000, description="tasks that never run on spot capacity")
    spot_percent: int = Field(0, ge=0, le=100, description="share of the other tasks that may run on spot capacity")
    environment: Mapping[str, str] = Field({}, description="environment variables of the container")
    second_group: bool = Field(
        False,
        description="whether rolling updates also have the second target group, as needed before and after shifts",
    )


class Network(Block):
    """The addresses of the network, and how its private part reaches out."""

    cidr: str = Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}/(1[6-9]|20)$", description="addresses of the network")
    nat: Literal["single", "one_per_zone", "none"] = Field(
        description="gateways of the tasks to the internet; with `none` they only reach the registry, logs and S3"
    )

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The services that tasks without a gateway are given a way to; S3, where images' layers are, has its own."""
        return REACHED if self.nat == "none" else ()


class ServiceEntrance(Entrance):
    """The load balancer under its name, for everybody or for networks of ours."""

    internal: bool = Field(False, description="whether the name only leads to addresses of the private network")


def internal_clients_are_private(entrance: ServiceEntrance) -> Iterator[Contradiction]:
    """An address that the internet routes never reaches an internal load balancer, nor does it need to be let in."""
    for index, client in enumerate(entrance.clients if entrance.internal else ()):
        if ip_network(client, strict=False).is_global:
            expected = "a private network such as 10.0.0.0/8 with entrance.internal"
            yield Contradiction(f"entrance.clients.{index}", client, expected, "nobody else has a way there")


def memory_fits_cpu(service: Service) -> Iterator[Contradiction]:
    low, high = FARGATE_MEMORY[service.cpu]
    step = 1024 if service.cpu <= 4096 else 4096 if service.cpu == 8192 else 8192
    fits = low <= service.memory_mb <= high and (service.memory_mb % step == 0 or service.memory_mb == 512)
    if not fits:
        expected = f"{low} to {high} in steps of {step} with service.cpu {service.cpu}"
        yield Contradiction("service.memory_mb", service.memory_mb, expected)


def spot_above_the_floor(service: Service, availability: Availability) -> Iterator[Contradiction]:
    if service.spot_percent and service.on_demand_base < availability.min_instances:
        yield Contradiction(
            "service.on_demand_base",
            service.on_demand_base,
            f"at least availability.min_instances ({availability.min_instances}) with service.spot_percent above 0",
            "spot capacity can be taken away all at once",
        )


def gateways_survive_a_zone(network: Network, environment: str) -> Iterator[Contradiction]:
    if is_production(environment) and network.nat == "single":
        yield Contradiction("network.nat", network.nat, f"one_per_zone in {environment}", "the gateway's zone can fail")


def image_in_region(service: Service, availability: Availability) -> Iterator[Contradiction]:
    if image_region(service.image) != availability.regions[0]:
        expected = f"a registry in {availability.regions[0]}, the region of the service"
        yield Contradiction("service.image", service.image, expected)


def never_without_tasks(scaling: Scaling) -> Iterator[Contradiction]:
    if scaling.min < 1:
        yield Contradiction("scaling.min", scaling.min, "at least 1", "nothing would answer the health check")


def rolling_steps_do_not_wait(release: Release) -> Iterator[Contradiction]:
    for key in ("wait", "bake"):
        seconds = getattr(release.steps, key)
        if seconds and release.strategy not in SHIFTING:
            message = "a rolling update goes on as soon as the new tasks are healthy"
            yield Contradiction(f"release.steps.{key}", seconds, f"0 for {release.strategy}", message)


def steps_make_room_for_a_task(release: Release, scaling: Scaling) -> Iterator[Contradiction]:
    """ECS rounds the most tasks at once down, and none may be stopped before a new one is healthy.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """
    percent, fewest = release.steps.percent, min(scaling.minima.values())
    if release.strategy not in SHIFTING and fewest and fewest * percent < 100:
        yield Contradiction(
            "release.steps.percent",
            percent,
            f"at least {ceil(100 / fewest)}: one task more than the {fewest} that a schedule may leave",
            "with no room for a new task the deployment would never progress",
        )


def shifts_are_those_of_ecs(release: Release) -> Iterator[Contradiction]:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html"""
    steps, strategy = release.steps, release.strategy
    if strategy not in SHIFTING:
        return
    if strategy is Strategy.LINEAR and steps.percent < LEAST_LINEAR_PERCENT:
        yield Contradiction("release.steps.percent", steps.percent, f"at least {LEAST_LINEAR_PERCENT} for linear")
    if strategy is Strategy.BLUE_GREEN and steps.percent != 100:
        yield Contradiction("release.steps.percent", steps.percent, "100 for blue_green", "all traffic moves at once")
    if strategy is Strategy.BLUE_GREEN and steps.wait:
        yield Contradiction("release.steps.wait", steps.wait, "0 for blue_green", "there is no step before the last")
    for key in ("wait", "bake"):
        if getattr(steps, key) % 60:
            yield Contradiction(f"release.steps.{key}", getattr(steps, key), "whole minutes, which ECS counts in")


def shifts_are_watched(release: Release) -> Iterator[Contradiction]:
    """A pause that ends before an alarm can be raised turns nothing back: the old tasks are gone by then."""
    watched = {"bake": SHIFTING, "wait": {Strategy.CANARY}}
    for key, strategies in watched.items():
        seconds = getattr(release.steps, key)
        if release.strategy in strategies and seconds < ALARM_SECONDS:
            expected = f"at least {ALARM_SECONDS} for {release.strategy}"
            yield Contradiction(f"release.steps.{key}", seconds, expected, "the alarms look at five minutes")


def pauses(release: Release) -> int:
    """Seconds that a deployment waits and bakes; ECS waits no more once all traffic has moved."""
    steps, waits = release.steps, {Strategy.CANARY: 1, Strategy.LINEAR: ceil(100 / release.steps.percent) - 1}
    return waits.get(release.strategy, 0) * steps.wait + steps.bake if release.strategy in SHIFTING else 0


def shifts_fit_the_deployment(release: Release) -> Iterator[Contradiction]:
    spent, allowed = pauses(release), LONGEST_SECONDS - START_SECONDS
    if spent > allowed:
        expected = f"at most {allowed} seconds of all wait and bake together"
        yield Contradiction("release.steps", spent, expected, "a session and its job must outlast the deployment")


def model_in_the_image_or_a_folder(release: Release, container: Container | None) -> Iterator[Contradiction]:
    fetched = container is not None and release.is_folder and release.artefact.startswith("s3://")
    if not fetched and not release.artefact.startswith("serving/"):
        expected = "`serving/…`: the model file inside the image, or `s3://…/` for a container of one's own"
        yield Contradiction("release.artefact", release.artefact, expected)


def disk_holds_the_model(service: Service, release: Release) -> Iterator[Contradiction]:
    """A folder lies beside the image, for which as much is kept as Fargate gives without being asked."""
    if release.is_folder and release.model_mb and release.model_mb > ((service.disk_gb or DISK_GB) - DISK_GB) * 1000:
        least = DISK_GB + ceil(release.model_mb / 1000)
        yield Contradiction(
            "service.disk_gb", service.disk_gb, f"at least {least}: the model and {DISK_GB} for the image"
        )


class Settings(StackSettings):
    """`Pulumi.<env>.yaml` of this stack: the common blocks, the service, its network and its public name."""

    cloud: ClassVar = Cloud.AWS
    metrics: ClassVar = {Metric.REQUESTS_PER_MINUTE: Span(1, 1_000_000), Metric.CPU: Span(20, 80)}
    strategies: ClassVar = frozenset(Strategy)
    largest_in_container_mb: ClassVar = (LARGEST_DISK_GB - DISK_GB) * 1000
    alarms_turn_back: ClassVar = True
    checks: ClassVar = (
        memory_fits_cpu,
        spot_above_the_floor,
        gateways_survive_a_zone,
        image_in_region,
        load_balancer_has_zones,
        internal_clients_are_private,
        never_without_tasks,
        rolling_steps_do_not_wait,
        steps_make_room_for_a_task,
        shifts_are_those_of_ecs,
        shifts_are_watched,
        shifts_fit_the_deployment,
        model_in_the_image_or_a_folder,
        disk_holds_the_model,
    )

    service: Service
    network: Network
    entrance: ServiceEntrance
