"""Image registries: what is served is what was built."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource
from ..rule import rule

REPOSITORY = "aws:ecr/repository:Repository"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html"


@rule(
    REPOSITORY,
    category="security",
    severity="high",
    reference=f"{HUB}#ecr-2",
    fix='Set image_tag_mutability to "IMMUTABLE".',
)
def registry_tags_do_not_move(repository: Resource) -> Iterator[str]:
    """An image's tag never points to another image.

    With mutable tags what was reviewed and what runs can differ, without a trace in any repository.
    """
    if not (repository.text("imageTagMutability") or "").startswith("IMMUTABLE"):
        yield f'imageTagMutability is {repository.show("imageTagMutability")}, wanted "IMMUTABLE"'


@rule(
    REPOSITORY,
    category="security",
    severity="medium",
    reference=f"{HUB}#ecr-1",
    fix="Set image_scanning_configuration with scan_on_push.",
)
def registry_scans_images(repository: Resource) -> Iterator[str]:
    """Images are scanned when they are pushed.

    Model servers bring hundreds of packages. A known flaw in one is found before it is served, not after.
    """
    if not repository.flag("imageScanningConfiguration.scanOnPush"):
        found = repository.show("imageScanningConfiguration.scanOnPush")
        yield f"imageScanningConfiguration.scanOnPush is {found}, wanted true"


@rule(
    REPOSITORY,
    category="lifecycle",
    severity="medium",
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-delete.html",
    fix="Remove force_delete.",
)
def registry_is_not_deleted_with_its_images(repository: Resource) -> Iterator[str]:
    """A repository with images in it cannot be deleted.

    A service scales out by pulling its image. Without it nothing new starts, and nothing can be rolled back.
    """
    if repository.flag("forceDelete"):
        yield "forceDelete is true, wanted false"
