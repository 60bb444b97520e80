"""The `endpoint.shadow` block: a second model that gets copies of requests, and SageMaker's limits for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from shared.availability import Availability
from shared.aws.image import EcrImage, image_region
from shared.aws.sagemaker.settings import CHIPS, LOCAL_NVME, Hosting
from shared.checks import SHORT, instances_have_the_chip
from shared.container import Chip, Container
from shared.release import Packed, Release, Strategy
from shared.settings import Check, Contradiction


class Shadow(Packed):
    """A model beside the released one, on its own instances; its answers are discarded."""

    artefact: str = Field(
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\S+$",
        description="where the packed model lies, as `release.artefact`",
    )
    image: EcrImage = Field(description="serving container, by digest")
    instance_type: str = Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$", description="type of its instances")
    instances: int = Field(ge=1, le=1000, description="its instances; nothing scales them")
    percent: int = Field(ge=1, le=100, description="percent of the requests that are copied to it")
    environment: Mapping[str, str] = Field({}, description="environment variables of its container")


class ShadowedHosting(Hosting):
    """What serves the model, and a shadow beside it."""

    shadow: Shadow | None = Field(None, description="a model that gets copies of requests")


def no_shadow_of_what_rolls(endpoint: ShadowedHosting, release: Release) -> Iterator[Contradiction]:
    """Rolling is not for endpoints with several variants.

    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
    """
    if endpoint.shadow and release.strategy is Strategy.ROLLING:
        expected = "another strategy beside endpoint.shadow"
        yield Contradiction("release.strategy", str(release.strategy), expected, "SageMaker rolls one variant only")


def no_shadow_on_inf1(endpoint: ShadowedHosting) -> Iterator[Contradiction]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html"""
    if endpoint.shadow is None:
        return
    for key, kind in (
        ("endpoint.instance_type", endpoint.instance_type),
        ("endpoint.shadow.instance_type", endpoint.shadow.instance_type),
    ):
        if kind.startswith("ml.inf1."):
            yield Contradiction(key, kind, "a type other than Inf1 beside a shadow", "SageMaker shadows none on Inf1")


def disks_are_encrypted_alike(endpoint: ShadowedHosting) -> Iterator[Contradiction]:
    """One key for all volumes of a configuration, and types with local NVMe refuse one.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
    """
    if endpoint.shadow is None:
        return
    own, other = (kind.startswith(LOCAL_NVME) for kind in (endpoint.instance_type, endpoint.shadow.instance_type))
    if own is not other:
        expected = f"a type {'with' if own else 'without'} local NVMe, as endpoint.instance_type"
        yield Contradiction("endpoint.shadow.instance_type", endpoint.shadow.instance_type, expected)


def shadow_lies_where_it_is_read(endpoint: ShadowedHosting, availability: Availability) -> Iterator[Contradiction]:
    shadow = endpoint.shadow
    if shadow is None:
        return
    if image_region(shadow.image) != availability.regions[0]:
        expected = f"a registry in {availability.regions[0]}, the first of availability.regions"
        yield Contradiction("endpoint.shadow.image", shadow.image, expected)
    if shadow.is_folder and f"/{shadow.digest_hex[:SHORT]}/" not in shadow.artefact:
        expected = f"…/{shadow.digest_hex[:SHORT]}/, the first digits of endpoint.shadow.artefact_digest"
        yield Contradiction("endpoint.shadow.artefact", shadow.artefact, expected, "a folder is pinned by its name")


def shadow_has_the_models_chip(endpoint: ShadowedHosting, container: Container | None) -> Iterator[Contradiction]:
    if endpoint.shadow:
        kind = endpoint.shadow.instance_type
        chip = next((chip for start, chip in CHIPS.items() if kind.startswith(start)), Chip.CPU)
        yield from instances_have_the_chip("endpoint.shadow.instance_type", kind, chip, container)


SHADOW: tuple[Check, ...] = (
    no_shadow_of_what_rolls,
    no_shadow_on_inf1,
    disks_are_encrypted_alike,
    shadow_lies_where_it_is_read,
    shadow_has_the_models_chip,
)
