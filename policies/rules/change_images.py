"""Changes: a tag keeps naming the same image."""

from __future__ import annotations

from collections.abc import Iterator

from ..images import read_images
from ..resources import Resource, Stack
from ..rule import lifecycle
from ..sagemaker_modes import MODEL
from ..serving import FUNCTION, TASK


@lifecycle.high(
    TASK,
    FUNCTION,
    MODEL,
    "azure-native:machinelearningservices:EnvironmentVersion",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability",
    fix="Name the image by its digest, and give new content a new tag.",
)
def change_keeps_images_pinned(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not move a tag to another image.

    If the same tag gets another digest, or loses its digest, the next deployment may run something else than this
    one, and going back to the tag does not go back to the image.
    """
    before = read_images(was)
    pinned = {_repository(name) for name, digest in before.items() if digest}
    for name, digest in read_images(now).items():
        if digest and before.get(name, digest) != digest and _repository(name) != name:
            yield f'"{name}" is {digest[:19]}… and was {before[name][:19]}…, wanted another tag for another image'
        elif not digest and _repository(name) in pinned:
            yield f'"{name}" had a digest and has none, wanted it named by digest'


def _repository(image: str) -> str:
    """The name without its tag; a port is no tag."""
    head, _, tail = image.rpartition(":")
    return head if head and "/" not in tail else image
