"""The config of the Azure ML endpoint: its blocks, and what Azure says about each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from pydantic import Field

from shared.azure.checks import AZURE
from shared.azure.online_limits import ONLINE, Limits
from shared.azure.workspace_settings import WORKSPACE, Workspace
from shared.block import Block
from shared.checks import instances_have_the_chip, never_at_zero
from shared.container import Chip, Container
from shared.ownership import Alarms
from shared.regions import Cloud
from shared.release import SHA256, VERSION, Release, Strategy
from shared.scaling import Metric
from shared.settings import Contradiction, Span, StackSettings

Slot = Literal["blue", "green"]
SLOTS: tuple[Slot, ...] = ("blue", "green")
ARTEFACT = "azureml://datastores/models/paths/"
# the account that the stack makes, with the eight letters and digits that the engine adds (`workspace/stores.py`)
OWN_ACCOUNT = r"mlstore[a-z0-9]{8}\.blob\.core\.windows\.net/[^/]+"


class Package(Block):
    """What one slot runs beside the model file; each has its own, so that a release leaves the other slot alone."""

    # https://learn.microsoft.com/azure/machine-learning/reference-yaml-model: `version` is an int
    registered_version: int = Field(
        ge=1,
        description="number of the release in Azure's registry, not used before, for model, code and image",
    )
    image: str = Field(
        pattern=r"^[a-z0-9]{5,50}\.azurecr\.io/[a-z0-9][a-z0-9._/-]*@sha256:[0-9a-f]{64}$",
        description="image with the inference server and the runtime, by digest",
    )
    code: str | None = Field(
        None,
        pattern=r"^https://[a-z0-9]{3,24}\.blob\.core\.windows\.net/\S+$",
        description="folder with `score.py`; without it the image is a container of one's own",
    )
    code_digest: str | None = Field(
        None, pattern=SHA256, description="SHA-256 of the zip that the folder was unpacked from"
    )
    instance_type: str = Field(
        pattern=r"^Standard_[A-Z]+[0-9]+[a-z]*(_[A-Z0-9]+)?(_v[0-9]+)?$", description="type of the instances"
    )
    concurrency: int = Field(
        ge=1,
        le=1000,
        description="requests that one instance handles at once, each in a worker of its own that loads the model",
    )


class OnlineRelease(Package, Release):
    """The common block, and what else the release is made of."""


class Standby(Package):
    """What the other slot keeps serving: the release before, as it was."""

    model_version: str = Field(pattern=VERSION, description="version, as callers know it")
    artefact: str = Field(pattern=r"^azureml://datastores/models/paths/\S+$", description="where the model file lies")
    artefact_digest: str = Field(pattern=SHA256, description="SHA-256 of the model file")


class Rollout(Block):
    """Which slot has the release, what the other one serves meanwhile, and how traffic is split between them."""

    slot: Slot = Field(description="the slot that `release` goes to")
    standby: Standby | None = Field(None, description="what the other slot serves; without it there is only one slot")
    traffic: Mapping[Slot, int] = Field(description="percent of the requests per slot; adds up to 100")
    # "You can mirror traffic to only one deployment", of at most 50 percent:
    # https://learn.microsoft.com/azure/machine-learning/how-to-safely-rollout-online-endpoints
    mirror_percent: int | None = Field(
        None,
        ge=1,
        le=50,
        description="percent of the requests that are copied to the slot without traffic; its answers are discarded",
    )
    answers_within: int | None = Field(
        None,
        ge=1,
        le=900,
        description="seconds for a slot to answer the smoke request before its share grows; without it, not asked",
    )

    @property
    def idle(self) -> Slot | None:
        """The slot that gets no requests, if one of two does not."""
        without: list[Slot] = [slot for slot in SLOTS if not self.traffic.get(slot)]
        return without[0] if self.standby and len(without) == 1 else None


class Endpoint(Block):
    """The address callers hold, and what holds for both slots behind it."""

    name: str = Field(
        pattern=r"^[a-z][a-z0-9-]{1,30}[a-z0-9]$", description="name of the endpoint, unique in its Azure region"
    )
    timeout_seconds: int = Field(ge=1, le=180, description="longest one request may take; Azure allows 180")
    startup_seconds: int = Field(ge=1, le=1800, description="longest time to load the model before the probes count")


def traffic_adds_up(rollout: Rollout) -> Iterator[Contradiction]:
    total = sum(rollout.traffic.values())
    if total != 100:
        yield Contradiction("rollout.traffic", dict(rollout.traffic), "shares that add up to 100", f"they are {total}")
    for slot, share in rollout.traffic.items():
        if not 0 <= share <= 100:
            yield Contradiction(f"rollout.traffic.{slot}", share, "0 to 100")


def traffic_reaches_slots(rollout: Rollout) -> Iterator[Contradiction]:
    if rollout.standby is not None:
        return
    for slot in rollout.traffic:
        if slot != rollout.slot:
            yield Contradiction(
                f"rollout.traffic.{slot}",
                rollout.traffic[slot],
                f"only {rollout.slot}, the slot of the release",
                "the other slot exists when rollout.standby says what it serves",
            )


def a_copy_goes_to_an_idle_slot(rollout: Rollout) -> Iterator[Contradiction]:
    """ "You can configure a deployment to receive only live traffic or mirrored traffic, not both"."""
    if rollout.mirror_percent is None:
        return
    if rollout.standby is None:
        expected = "nothing: there is one slot, and it has the traffic"
        yield Contradiction("rollout.mirror_percent", rollout.mirror_percent, expected)
    elif rollout.idle is None:
        expected = "nothing while rollout.traffic is split: a slot gets requests or copies of them, not both"
        yield Contradiction("rollout.mirror_percent", rollout.mirror_percent, expected)


def strategy_is_what_traffic_does(release: Release, rollout: Rollout) -> Iterator[Contradiction]:
    """Azure ML splits traffic as it is told and moves it only when it is told again."""
    share, percent = rollout.traffic.get(rollout.slot, 0), release.steps.percent
    if release.strategy is Strategy.CANARY and share != percent:
        yield Contradiction(f"rollout.traffic.{rollout.slot}", share, f"release.steps.percent ({percent}) for canary")
    if release.strategy is Strategy.BLUE_GREEN and share not in (0, 100):
        yield Contradiction(f"rollout.traffic.{rollout.slot}", share, "0 or 100 for blue_green")
    for key in ("wait", "bake"):
        seconds = getattr(release.steps, key)
        if seconds:
            yield Contradiction(f"release.steps.{key}", seconds, "0", "each step of this backend is a commit")


def a_number_is_one_package(release: OnlineRelease, rollout: Rollout) -> Iterator[Contradiction]:
    """What is registered under a number never changes: two slots with one number run the same."""
    standby = rollout.standby
    if standby is None or standby.registered_version != release.registered_version:
        return
    differing = [key for key in Standby.model_fields if getattr(standby, key) != getattr(release, key)]
    if differing:
        expected = f"another number than release.registered_version, as {differing[0]} differs"
        yield Contradiction("rollout.standby.registered_version", standby.registered_version, expected)


def artefact_in_the_store(release: Release) -> Iterator[Contradiction]:
    if not release.artefact.startswith(ARTEFACT):
        yield Contradiction("release.artefact", release.artefact, f"`{ARTEFACT}…`")


def code_or_a_container(
    release: OnlineRelease, rollout: Rollout, container: Container | None
) -> Iterator[Contradiction]:
    """A container of one's own answers by itself; the inference server of ours needs the scoring script."""
    if container and release.code:
        yield Contradiction("release.code", release.code, "nothing: the container of model/model.toml answers")
    for key, package in {"release": release, "rollout.standby": rollout.standby}.items():
        if package and package.code is None and container is None:
            yield Contradiction(f"{key}.code", None, "the folder with score.py, or [container] in model/model.toml")
        if package and (package.code is None) != (package.code_digest is None):
            yield Contradiction(f"{key}.code_digest", package.code_digest, f"as {key}.code, which it is of")


def code_lies_where_the_endpoint_reads(
    release: OnlineRelease, rollout: Rollout, workspace: Workspace
) -> Iterator[Contradiction]:
    """Its identity may read the container with the models and the workspace's own account (`access/identities.py`)."""
    *_, account, _, _, _, container = workspace.model_store_id.split("/")
    readable = re.compile(rf"https://({account}\.blob\.core\.windows\.net/{container}|{OWN_ACCOUNT})/")
    for key, package in {"release": release, "rollout.standby": rollout.standby}.items():
        if package and package.code and not readable.match(package.code):
            expected = f"an address in the container {container} of {account}, or in the workspace's own account"
            yield Contradiction(f"{key}.code", package.code, expected, "the endpoint's identity may read no other")


def instances_have_the_models_chip(release: OnlineRelease, container: Container | None) -> Iterator[Contradiction]:
    # https://learn.microsoft.com/azure/virtual-machines/sizes/overview#gpu-accelerated
    chip = Chip.GPU if release.instance_type.startswith("Standard_N") else Chip.CPU
    yield from instances_have_the_chip("release.instance_type", release.instance_type, chip, container)


def slowest_request_ends_in_time(endpoint: Endpoint, container: Container | None) -> Iterator[Contradiction]:
    if container and container.slowest_seconds > endpoint.timeout_seconds:
        expected = f"at least {container.slowest_seconds}, container.slowest_seconds of model/model.toml"
        yield Contradiction("endpoint.timeout_seconds", endpoint.timeout_seconds, expected)


def latency_alarm_can_ring(alarms: Alarms, endpoint: Endpoint) -> Iterator[Contradiction]:
    limit = endpoint.timeout_seconds * 1000
    if alarms.latency_ms >= limit:
        yield Contradiction("alarms.latency_ms", alarms.latency_ms, f"below endpoint.timeout_seconds ({limit} ms)")


class Settings(StackSettings):
    """`Pulumi.<env>.yaml` of this stack: the common blocks, and `workspace`, `endpoint` and `rollout`."""

    cloud: ClassVar = Cloud.AZURE
    # requests per minute of one instance; both are metrics of the deployment
    metrics: ClassVar = {Metric.CPU: Span(20, 90), Metric.REQUESTS_PER_MINUTE: Span(1, 1_000_000)}
    strategies: ClassVar = frozenset({Strategy.BLUE_GREEN, Strategy.CANARY})
    # Microsoft names no size: the disk is the instance type's, and most of the types with a GPU have more
    largest_in_container_mb: ClassVar = 50_000
    chips: ClassVar = frozenset({Chip.CPU, Chip.GPU})
    longest_call_seconds: ClassVar = 180
    checks: ClassVar = (
        traffic_adds_up,
        traffic_reaches_slots,
        a_copy_goes_to_an_idle_slot,
        strategy_is_what_traffic_does,
        a_number_is_one_package,
        artefact_in_the_store,
        code_or_a_container,
        code_lies_where_the_endpoint_reads,
        instances_have_the_models_chip,
        slowest_request_ends_in_time,
        never_at_zero("a managed deployment has no zero"),
        latency_alarm_can_ring,
        *ONLINE,
        *WORKSPACE,
        *AZURE,
    )

    release: OnlineRelease  # pyright: ignore[reportIncompatibleVariableOverride]
    workspace: Workspace
    endpoint: Endpoint
    rollout: Rollout
    limits: Limits = Limits()  # type: ignore[call-arg]
