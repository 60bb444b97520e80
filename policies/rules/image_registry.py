"""Image registries: what is served is what was built."""

from __future__ import annotations

from collections.abc import Iterator

from ..images import REPOSITORY
from ..resources import Resource, Stack
from ..rule import rule

SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
EXPIRY = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
FEWEST = 5  # releases to go back through
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html"


@rule(
    REPOSITORY,
    category="security",
    severity="high",
    reference=f"{HUB}#ecr-2",
    fix='Set image_tag_mutability to "IMMUTABLE".',
    remedy={"imageTagMutability": "IMMUTABLE"},
)
def registry_tags_do_not_move(repository: Resource) -> Iterator[str]:
    """An image's tag never points to another image.

    With mutable tags what was reviewed and what runs can differ, without a trace in any repository.
    """
    if not (repository.text("imageTagMutability") or "").startswith("IMMUTABLE"):
        yield f'imageTagMutability is {repository.show("imageTagMutability")}, wanted "IMMUTABLE"'


@rule(
    REPOSITORY,
    category="hygiene",
    severity="medium",
    reference=f"{HUB}#ecr-1",
    fix="Set image_scanning_configuration with scan_on_push.",
)
def registry_scans_images(repository: Resource, stack: Stack) -> Iterator[str]:
    """Images are scanned when they are pushed.

    Model servers bring hundreds of packages. A known flaw in one is found before it is served, not after. The registry
    may say so for all its repositories.
    """
    if not stack.of(SCANNING) and not repository.flag("imageScanningConfiguration.scanOnPush"):
        found = repository.show("imageScanningConfiguration.scanOnPush")
        yield f"imageScanningConfiguration.scanOnPush is {found}, wanted true"


@rule(
    REPOSITORY,
    category="lifecycle",
    severity="medium",
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-delete.html",
    fix="Remove force_delete.",
    remedy={"forceDelete": False},
)
def registry_is_not_deleted_with_its_images(repository: Resource) -> Iterator[str]:
    """A repository with images in it cannot be deleted.

    A service scales out by pulling its image. Without it nothing new starts, and nothing can be rolled back.
    """
    if repository.flag("forceDelete"):
        yield "forceDelete is true, wanted false"


@rule(
    EXPIRY,
    category="lifecycle",
    severity="medium",
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html",
    fix="Count images instead of days (imageCountMoreThan), or limit the rule to untagged images or to a tag prefix.",
)
def registry_keeps_what_is_served(expiry: Resource) -> Iterator[str]:
    """Images do not expire by their age alone.

    The registry does not know which digest a service runs (github.com/aws/containers-roadmap/issues/1078). A model that
    is not rebuilt for longer than the expiry serves on, until it has to start one more task and finds no image. So does
    one whose image is not among the last few.
    """
    for each in expiry.document("policy").children("rules"):
        selection = each.child("selection")
        tagged = selection.text("tagStatus") in ("any", "tagged") and each.text("action.type") in (None, "expire")
        narrow = selection.count("tagPrefixList") or selection.count("tagPatternList")
        kind, count = selection.text("countType"), selection.number("countNumber") or 0
        if tagged and kind == "sinceImagePushed" and not narrow:
            yield f"every image expires {count:g} days after its push, wanted those kept that are served"
        elif tagged and kind == "imageCountMoreThan" and count < FEWEST and not narrow:
            yield f"only the last {count:g} images are kept, wanted {FEWEST} or more"


@rule(
    "azure-native:containerregistry:Registry",
    category="lifecycle",
    severity="medium",
    reference="https://learn.microsoft.com/en-us/azure/container-registry/container-registry-retention-policy",
    fix="Set policies.retention_policy.days to 30 or more, or lock the images that are served.",
)
def azure_registry_keeps_what_is_served(registry: Resource, *, days: int = 30) -> Iterator[str]:
    """Images do not go as soon as their tag moves on.

    A deployment that names its image by digest goes on needing it after the tag points to the next. With a retention of
    few days it serves on, until it has to start one more instance and finds no image.
    """
    policy = registry.child("policies.retentionPolicy")
    kept = policy.number("days")
    if (policy.text("status") or "").casefold() == "enabled" and (7 if kept is None else kept) < days:
        yield f"policies.retentionPolicy.days is {policy.show('days')}, wanted {days} or more"
