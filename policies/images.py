"""Container images: whether a name always means the same content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .resources import Resource, Stack
from .sagemaker_modes import MODEL
from .serving import FUNCTION, TASK

REPOSITORY = "aws:ecr/repository:Repository"
# AWS's deep learning containers, whose full version tags are released once:
# https://docs.aws.amazon.com/deep-learning-containers/latest/devguide/release-notes.html
RELEASED = re.compile(r"763104351884\.dkr\.ecr\.[\w-]+\.amazonaws\.com(\.cn)?/[\w./-]+:[\w.-]*\d[\w.-]*")


# what a build names once: a version of three numbers, a commit, a day, as in 1.14.2, v2.4.0-gpu, 3fa9c1e or 20260131
CHOSEN_ONCE = re.compile(r"\d+\.\d+[.-]\d+|(?<![0-9a-z])(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?![0-9a-z])")


def moves_by_its_name(image: str) -> bool:
    """Whether the tag is one that is meant to move (`latest`, `stable`, `prod`, `2`), or there is none."""
    return CHOSEN_ONCE.search(_tag(image)) is None


def _tag(image: str) -> str:
    """The tag of an image; a registry's port is none."""
    _, colon, tag = image.rpartition(":")
    return tag if colon and "/" not in tag else ""


def movable_images(images: Iterable[str], user: Resource, path: str, stack: Stack) -> Iterator[str]:
    """The images of a resource's property that are named by a tag which may point elsewhere tomorrow."""
    for image in images:
        if "@sha256:" not in image and not RELEASED.fullmatch(image) and not _immutable(image, user, path, stack):
            yield image


def _immutable(image: str, user: Resource, path: str, stack: Stack) -> bool:
    """Whether the image is of a repository in this stack whose tags cannot move."""
    repository, _, _ = image.rpartition(":")
    named = [each for each in stack.of(REPOSITORY) if _is(repository, each)]
    repositories = stack.follow(user, path, REPOSITORY) or named
    return bool(repositories) and all(candidate.text("imageTagMutability") == "IMMUTABLE" for candidate in repositories)


def _is(name: str, repository: Resource) -> bool:
    known = [repository.text_if_known(path) for path in ("repositoryUrl", "name")]
    return any(each and (name == each or name.endswith(f"/{each}")) for each in known)


def read_images(resource: Resource) -> dict[str, str]:
    """Images that a resource runs: name with tag → digest, empty where it has none."""
    named = [resource.text_if_known(path) for path in ("imageUri", "primaryContainer.image", "properties.image")]
    if resource.known("containerDefinitions"):
        named += [item.text("image") for item in resource.document("containerDefinitions").children("items")]
    return {image.partition("@")[0]: image.partition("@")[2] for image in named if image}


def list_served_tags(repository: Resource, stack: Stack) -> set[str]:
    """The tags by which functions, tasks and models of the stack name images of the repository."""
    return {
        tag
        for resource in stack.of(FUNCTION, TASK, MODEL)
        for name in read_images(resource)
        if (tag := _tag(name)) and _is(name.removesuffix(f":{tag}"), repository)
    }


def is_served_by_digest(repository: Resource, stack: Stack) -> bool:
    """Whether a function, task or model of the stack names an image of the repository by its digest."""
    return any(
        digest and _is(name.removesuffix(f":{_tag(name)}"), repository)
        for resource in stack.of(FUNCTION, TASK, MODEL)
        for name, digest in read_images(resource).items()
    )
