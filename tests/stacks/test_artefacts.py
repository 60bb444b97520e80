"""The digests in the YAML files are those of what this repository builds: one list says which bytes a version is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from tests.stacks.rehearsal import ROOT, TARGETS

BUILT = json.loads((ROOT / "serving" / "artefacts.json").read_text(encoding="utf-8"))


def config(target: str) -> dict[str, Any]:
    stack, environment = target.split("/")
    path = ROOT / "stacks" / stack / f"Pulumi.{environment}.yaml"
    return {k.split(":")[1]: v for k, v in yaml.safe_load(path.read_text(encoding="utf-8"))["config"].items()}


def model_digests(value: Any) -> Iterator[str]:
    """Every MODEL_SHA256 in a config, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.lower() == "model_sha256":
                yield inner
            yield from model_digests(inner)


@pytest.mark.parametrize("target", TARGETS)
def test_the_released_artefact_is_the_one_that_is_built(target: str) -> None:
    release = config(target)["release"]
    name = PurePosixPath(release["artefact"]).name
    assert release["artefact_digest"] == f"sha256:{BUILT['files'][name]['sha256']}"
    assert release["model_version"] == BUILT["model"]["version"]


@pytest.mark.parametrize("target", TARGETS)
def test_the_model_inside_is_the_one_that_is_built(target: str) -> None:
    assert set(model_digests(config(target))) <= {BUILT["files"]["model.onnx"]["sha256"]}
