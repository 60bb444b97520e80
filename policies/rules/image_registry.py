"""Image registries: the image that serves is the one that was built, and stays available."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ..images import REPOSITORY, is_served_by_digest, list_served_tags
from ..resources import Resource, Stack
from ..rule import hygiene, lifecycle, security

SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
EXPIRY = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
FEWEST = 10  # releases to go back through
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html"


@security.high(
    REPOSITORY,
    reference=f"{HUB}#ecr-2",
    fix='Set image_tag_mutability to "IMMUTABLE".',
    remedy={"imageTagMutability": "IMMUTABLE"},
)
def registry_tags_do_not_move(repository: Resource) -> Iterator[str]:
    """An image's tag never points to another image.

    If tags are mutable, what was reviewed and what runs can differ without a trace in any repository.
    """
    if not _keeps_tags(repository):
        yield f'imageTagMutability is {repository.show("imageTagMutability")}, wanted "IMMUTABLE"'


@hygiene.medium(
    REPOSITORY,
    reference=f"{HUB}#ecr-1",
    fix="Set image_scanning_configuration with scan_on_push.",
)
def registry_scans_images(repository: Resource, stack: Stack) -> Iterator[str]:
    """A repository scans images when they are pushed.

    Model servers contain hundreds of packages. A scan finds a known flaw before the image serves. (A registry that
    scans all its repositories is enough.)
    """
    if not stack.of(SCANNING) and not repository.flag("imageScanningConfiguration.scanOnPush"):
        found = repository.show("imageScanningConfiguration.scanOnPush")
        yield f"imageScanningConfiguration.scanOnPush is {found}, wanted true"


@hygiene.medium(
    REPOSITORY,
    reference=f"{HUB}#ecr-3",
    fix="Add a LifecyclePolicy that keeps the images that may still be rolled back to.",
)
def registry_expires_old_images(repository: Resource, stack: Stack) -> Iterator[str]:
    """A repository deletes images that are too old to be needed.

    Images of model servers are gigabytes each, and every build adds one. Those of years ago are paid for, and contain
    the flaws that were found since.
    """
    if not stack.referring(repository, EXPIRY, "repository"):
        yield "no LifecyclePolicy refers to this repository, wanted one"


@lifecycle.medium(
    REPOSITORY,
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-delete.html",
    fix="Remove force_delete.",
    remedy={"forceDelete": False},
)
def registry_is_not_deleted_with_its_images(repository: Resource) -> Iterator[str]:
    """A repository that contains images cannot be deleted.

    A service pulls its image to scale out. Without the image nothing new starts, and nothing can be rolled back.
    """
    if repository.flag("forceDelete"):
        yield "forceDelete is true, wanted false"


@lifecycle.medium(
    EXPIRY,
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html",
    fix="Count images instead of days (imageCountMoreThan), limit the rule to a tag prefix, or make tags immutable.",
)
def registry_keeps_served_images(expiry: Resource, stack: Stack) -> Iterator[str]:
    """A repository does not delete images that are still served.

    The registry does not know which digest a service runs (github.com/aws/containers-roadmap/issues/1078). If a
    model is not rebuilt for longer than the expiry, or its image is no longer among the few that are kept, it still
    serves. But the next task finds no image. Where tags move, an image that is named by its digest loses its tag with
    the next build.
    """
    repositories = stack.follow(expiry, "repository", REPOSITORY)
    loses_tags = any(
        is_served_by_digest(repository, stack) for repository in repositories if not _keeps_tags(repository)
    )
    for rule in expiry.document("policy").children("rules"):
        selection = rule.child("selection")
        tagged = selection.text("tagStatus") in ("any", "tagged") and rule.text("action.type") in (None, "expire")
        narrow = [*(f"{prefix}*" for prefix in selection.texts("tagPrefixList")), *selection.texts("tagPatternList")]
        kind, count = selection.text("countType"), selection.number("countNumber") or 0
        if tagged and kind == "sinceImagePushed" and not narrow:
            yield f"every image expires {count:g} days after its push, wanted images that are served to stay"
        elif tagged and kind == "sinceImagePushed" and (tag := _find_served(narrow, repositories, stack)):
            yield f"images expire {count:g} days after their push, and {tag} is served, wanted it to stay"
        elif tagged and kind == "imageCountMoreThan" and count < FEWEST and not narrow:
            yield f"only the last {count:g} images are kept, wanted {FEWEST} or more"
        elif selection.text("tagStatus") == "untagged" and kind == "sinceImagePushed" and loses_tags:
            yield f"untagged images expire {count:g} days after their push, wanted the digest that is served to stay"


def _find_served(patterns: list[str], repositories: list[Resource], stack: Stack) -> str | None:
    """A tag that matches one of the patterns and by which something in the program names its image."""
    tags = sorted(tag for repository in repositories for tag in list_served_tags(repository, stack))
    return next((tag for tag in tags if any(fnmatchcase(tag, pattern) for pattern in patterns)), None)


def _keeps_tags(repository: Resource) -> bool:
    return (repository.text("imageTagMutability") or "").startswith("IMMUTABLE")


@lifecycle.medium(
    "azure-native:containerregistry:Registry",
    reference="https://learn.microsoft.com/en-us/azure/container-registry/container-registry-retention-policy",
    fix="Set policies.retention_policy.days to 30 or more, or lock the images that are served.",
)
def azure_registry_keeps_served_images(registry: Resource, *, days: int = 30) -> Iterator[str]:
    """A registry keeps untagged images long enough for those that are still served.

    A deployment that names its image by digest still needs it after the tag points to the next. With a retention of
    a few days it still serves, but the next instance finds no image.
    """
    policy = registry.child("policies.retentionPolicy")
    kept = policy.number("days")
    if (policy.text("status") or "").casefold() == "enabled" and (7 if kept is None else kept) < days:
        yield f"policies.retentionPolicy.days is {policy.show('days')}, wanted {days} or more"
