"""What of a release must move together is found from what the stack served and what it is to serve."""

from __future__ import annotations

from typing import Any

import pytest

from gitops.records import Level, RunRecord, SourceLine
from gitops.releases import Release, find_release_faults, read_release

LINES = {"release.artefact_digest": 7}
FILE = "stacks/web/Pulumi.dev.yaml"
OLD, NEW = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"


def release(digest: str = OLD, version: str = "1.0.0", image: str = "host/server@sha256:1", **more: Any) -> Any:
    artefact = "serving/model.onnx"
    return {"model_version": version, "artefact_digest": digest, "artefact": artefact, "image": image, **more}


def faults(before: Any, after: Any) -> list[tuple[Level, str, SourceLine | None]]:
    fields = {"stack": "web", "environment": "dev", "operation": "preview", "rehearsal": True, "status": "succeeded"}
    outputs = {"outputs_before": {"release": before} if before else {}, "outputs": {"release": after}}
    record = RunRecord.model_validate({**fields, **outputs})
    return [(fault.level, fault.title, fault.source) for fault in find_release_faults(record, LINES, FILE)]


def test_a_new_model_with_the_image_that_holds_the_old_one_cannot_start() -> None:
    [(level, title, source)] = faults(release(), release(NEW, "1.1.0"))

    assert (level, title) == (Level.MANDATORY, "A new model comes with the image that holds it")
    assert source == SourceLine(file=FILE, line=7)


@pytest.mark.parametrize(
    "after",
    [
        release(NEW, "1.1.0", image="host/server@sha256:2"),
        release(NEW, "1.1.0", artefact="s3://models/1.1.0/model.tar.gz"),
        release(image="host/server@sha256:2"),
        release(),
    ],
)
def test_what_moves_together_or_not_at_all_is_fine(after: Any) -> None:
    assert faults(release(), after) == []


def test_a_first_deployment_has_nothing_to_move_with() -> None:
    assert faults(None, release(NEW)) == []


def test_another_model_under_the_same_version_is_advised_against() -> None:
    [(level, title, _)] = faults(release(), release(NEW, image="host/server@sha256:2"))

    assert (level, title) == (Level.ADVISORY, "Another model has another version")


def test_a_release_is_read_from_what_older_stacks_export_and_from_nothing_else() -> None:
    old = {"model_version": "1.0.0", "model_digest": OLD}

    assert read_release(old) == Release(model_version="1.0.0", artefact_digest=OLD)
    assert read_release({"release": {"model_version": 1}}) is None
    assert read_release({}) is None
