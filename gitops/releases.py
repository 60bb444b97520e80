"""Which model a stack serves, before and after a run, and what of a release must move together.

Every stack exports `release`, the same shape for every backend (shared/outputs.py). What was deployed before there was
one is known by its `model_version` and `model_digest` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from gitops.records import Finding, Level, RunRecord, Severity, SourceLine

IN_THE_IMAGE = "serving/"
"""How the artefact begins whose file lies in the image that serves it (shared/release.py)."""
RULE = "release-moves-together"


class ReleasePart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Steps(ReleasePart):
    """Percent of the traffic or instances; seconds."""

    percent: int = 100
    wait: int = 0
    bake: int = 0


class Alarms(ReleasePart):
    error_percent: float
    latency_ms: float


class Release(ReleasePart):
    """`traffic` is the percentage of each slot where a backend has slots; empty strings are not known."""

    model_version: str
    artefact: str = ""
    artefact_digest: str = ""
    image: str = ""
    strategy: str = ""
    steps: Steps = Steps()
    traffic: dict[str, int] = {}
    alarms: Alarms | None = None
    alarms_turn_back: bool = False


def serves_another(before: Release, after: Release) -> bool:
    """Whether the model's version, its bytes or the image differ, as far as both are known."""
    pairs = (
        (before.model_version, after.model_version),
        (before.artefact_digest, after.artefact_digest),
        (before.image, after.image),
    )
    return any(was and is_now and was != is_now for was, is_now in pairs)


def read_release(outputs: Mapping[str, Any]) -> Release | None:
    """The release in a stack's outputs; None if they contain none."""
    release = outputs.get("release")
    if not isinstance(release, dict) and isinstance(outputs.get("model_version"), str):
        release = {"model_version": outputs["model_version"], "artefact_digest": outputs.get("model_digest") or ""}
    try:
        return Release.model_validate(release) if isinstance(release, dict) else None
    except ValidationError:
        return None


def find_release_faults(record: RunRecord, lines: Mapping[str, int], config_file: str) -> Iterator[Finding]:
    """What a release moves alone that must move with another part of it. `lines` are the config's, by key."""
    before, after = read_release(record.outputs_before), read_release(record.outputs)
    if not (before and after and before.artefact_digest and after.artefact_digest):
        return
    moved = before.artefact_digest != after.artefact_digest
    if moved and before.image == after.image != "" and after.artefact.startswith(IN_THE_IMAGE):
        yield Finding(
            rule=RULE,
            level=Level.MANDATORY,
            severity=Severity.CRITICAL,
            title="A new model comes with the image that holds it",
            message=f"artefact_digest is new ({after.artefact_digest[:19]}), the image is the one before",
            why="The model lies in the image, and a server refuses to start with another model than the release names: "
            "no new instance would ever be ready.",
            fix="Build the image with this model and set its digest, or keep artefact_digest.",
            source=locate("release.artefact_digest", lines, config_file),
        )
    if moved and before.model_version == after.model_version:
        yield Finding(
            rule=f"{RULE}-version",
            level=Level.ADVISORY,
            severity=Severity.LOW,
            title="Another model has another version",
            message=f"artefact_digest is new ({after.artefact_digest[:19]}), model_version stays {after.model_version}",
            why="Logs, metrics and callers know a model by its version; two of one version cannot be told apart.",
            fix="Give release.model_version a new value.",
            source=locate("release.model_version", lines, config_file),
        )


def locate(key: str, lines: Mapping[str, int], config_file: str) -> SourceLine | None:
    return SourceLine(file=config_file, line=lines[key]) if key in lines else None
