"""Which model is served and how traffic moves to it: the same block in every stack's YAML."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from shared.block import Block

ONNX_FILE_MB = 2000
"""The most that one ONNX file holds: protobuf's 2 GB (https://onnx.ai/onnx/repo-docs/ExternalData.html)."""
VERSION = r"^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,38}[a-zA-Z0-9])?$"
SHA256 = r"^sha256:[0-9a-f]{64}$"


class Strategy(StrEnum):
    """How traffic moves from the running version to the new one."""

    ALL_AT_ONCE = "all_at_once"
    CANARY = "canary"
    LINEAR = "linear"
    BLUE_GREEN = "blue_green"
    ROLLING = "rolling"


class Steps(Block):
    """The size and pace of a strategy; each backend maps them to its own mechanism."""

    percent: int = Field(
        100, ge=1, le=100, description="percent that moves in the first (canary) or in each (linear, rolling) step"
    )
    wait: int = Field(0, ge=0, le=3600, description="seconds to watch the alarms after a step")
    bake: int = Field(0, ge=0, le=3600, description="seconds the old version is kept after all traffic has moved")


class Packed(Block):
    """A model, pinned by content."""

    model_version: str = Field(
        pattern=VERSION,
        description="version of the model that callers see",
    )
    artefact: str = Field(
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\S+|azureml://\S+|https://\S+|serving/\S+)$",
        description="address of the packed model: `serving/…` in this repository, or a store's URI; `…/` is a folder",
    )
    artefact_digest: str = Field(
        pattern=SHA256,
        description="SHA-256 of the packed model, or of the folder's list; nothing else is served",
    )
    model_mb: int | None = Field(
        default=None, ge=1, description="MB of the unpacked model; a backend refuses a model that is too large"
    )

    @property
    def digest_hex(self) -> str:
        return self.artefact_digest.removeprefix("sha256:")

    @property
    def is_folder(self) -> bool:
        """Whether the model is many files that are referenced where they lie, not one that is packed and copied."""
        return self.artefact.endswith("/")


class Release(Packed):
    """The model version, and the strategy that brings it out."""

    strategy: Strategy = Field(description="how traffic moves to a new version")
    steps: Steps = Field(Steps(), description="size and pace of the strategy")  # type: ignore[call-arg]

    def plain(self) -> dict[str, object]:
        """The common block as numbers and strings, for the stack's `release` output."""
        return self.model_dump(mode="json", include=set(Release.model_fields), exclude_none=True)
