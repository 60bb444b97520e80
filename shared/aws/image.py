"""Container images in ECR, always by digest: a tag can be moved after the review, a digest cannot."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

ECR_IMAGE = r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/[a-z0-9][a-z0-9._/-]*@sha256:[0-9a-f]{64}$"

EcrImage = Annotated[str, Field(pattern=ECR_IMAGE)]

_REGION = re.compile(r"(?<=\.dkr\.ecr\.)[a-z0-9-]+(?=\.amazonaws\.com/)")


def image_region(image: str) -> str:
    """The region of the registry that holds the image; ValueError when it is no ECR image."""
    match = _REGION.search(image)
    if match is None:
        raise ValueError(f"{image!r} is no ECR image")
    return match.group()


def image_in(image: str, region: str) -> str:
    """The same content in another region's registry, where ECR replication keeps it under the same name."""
    return _REGION.sub(region, image)


def repository_name(image: str) -> str:
    return image.split("/", 1)[1].split("@")[0]


def registry_account(image: str) -> str:
    return image.split(".", 1)[0]
