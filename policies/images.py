"""Container images: whether a name always means the same content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .resources import Resource, Stack

REPOSITORY = "aws:ecr/repository:Repository"
# AWS's deep learning containers, whose full version tags are released once:
# https://docs.aws.amazon.com/deep-learning-containers/latest/devguide/release-notes.html
RELEASED = re.compile(r"763104351884\.dkr\.ecr\.[\w-]+\.amazonaws\.com(\.cn)?/[\w./-]+:[\w.-]*\d[\w.-]*")


def movable_images(images: Iterable[str], user: Resource, path: str, stack: Stack) -> Iterator[str]:
    """The images of a resource's property that are named by a tag which may point elsewhere tomorrow."""
    for image in images:
        if "@sha256:" not in image and not RELEASED.fullmatch(image) and not _immutable(image, user, path, stack):
            yield image


def _immutable(image: str, user: Resource, path: str, stack: Stack) -> bool:
    """Whether the image is of a repository in this stack whose tags cannot move."""
    repository, colon, _ = image.rpartition(":")
    named = [each for each in stack.of(REPOSITORY) if colon and _is(repository, each)]
    found = stack.referred(user, path, REPOSITORY) or named
    return bool(found) and all(each.text("imageTagMutability") == "IMMUTABLE" for each in found)


def _is(name: str, repository: Resource) -> bool:
    known = [repository.text_if_known(path) for path in ("repositoryUrl", "name")]
    return any(each and (name == each or name.endswith(f"/{each}")) for each in known)
