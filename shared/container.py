"""A container of one's own: what `[container]` of `model/model.toml` says. Without it the app in `serving/` serves.

The stacks' configs name the image, each in its own registry, by the digest that is the same in all of them.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from shared.block import Block
from shared.request_schema import FILE, read_description

Route = Annotated[str, Field(pattern=r"^/[\w./-]*$")]


class Chip(StrEnum):
    """What a model computes on."""

    CPU = "cpu"
    GPU = "gpu"
    NEURON = "neuron"


class Container(Block):
    """Where the server in the image listens, and what it asks of a backend."""

    image: str = Field(
        default="", pattern=r"^(sha256:[0-9a-f]{64})?$", description="digest, for `python -m serving.release`"
    )
    port: int = Field(ge=1024, le=65535, description="port it listens on")
    health: Route = Field(description="path that answers 200 while the process lives")
    ready: Route = Field(description="path that answers 200 while it may be sent requests")
    predict: Route = Field(description="path that takes the requests")
    probe: tuple[str, ...] = Field(default=(), description="command in the image that asks `health`, for ECS")
    chip: Chip = Field(default=Chip.CPU, description="what the model computes on")
    slowest_seconds: int = Field(default=30, ge=1, le=3600, description="longest a request takes")


def read_container(file: Path = FILE) -> Container | None:
    """The container that the description names, None where it names none.

    Raises ValueError, naming file and key, where a key is missing, unknown or of another kind.
    """
    described = read_description(file).get("container")
    if described is None:
        return None
    try:
        return Container.model_validate(described)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(("container", *map(str, first["loc"])))
        raise ValueError(
            f"{file.parent.name}/{file.name}: {key}: {first['msg'][:1].lower()}{first['msg'][1:]}"
        ) from error
