"""A model that is referenced: its digest is of names and contents, and a release names the folder by it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from serving import release
from serving.description import DESCRIBED
from serving.packaging import folder
from serving.release import rewrite

CONFIG = """config:
  web:release:
    model_version: "1.0.0"
    artefact: s3://models-123/digits/1.0.0/sagemaker-model.tar.gz
    artefact_digest: sha256:0
    model_mb: 1 # unpacked
  web:tags:
    model: digits
"""


def model(root: Path, **files: str) -> Path:
    root.mkdir()
    for name, text in files.items():
        (root / name).write_text(text)
    return root


def test_the_digest_is_of_names_and_contents_and_of_nothing_else(tmp_path: Path) -> None:
    measured = folder.measure(model(tmp_path / "a", weights="abc", tokens="x"))

    assert measured == folder.measure(model(tmp_path / "b", tokens="x", weights="abc"))
    assert measured["bytes"] == 4
    for name, other in {
        "renamed": {"weight": "abc", "tokens": "x"},
        "edited": {"weights": "abd", "tokens": "x"},
    }.items():
        assert folder.measure(model(tmp_path / name, **other))["sha256"] != measured["sha256"]


def test_a_release_names_the_image_in_each_registry_by_one_digest() -> None:
    config = f"config:\n  web:service:\n    image: 1.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:{'0' * 64} # pushed\n"
    config += f"  web:rollout:\n    standby:\n      image: a.azurecr.io/old@sha256:{'0' * 64}\n"
    built = {"model": {"name": "chat", "version": "2.0.0"}, "folder": {"sha256": "ab" * 32, "bytes": 1}}

    after, images = rewrite(config, built, f"sha256:{'c' * 64}")

    assert f"image: 1.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:{'c' * 64} # pushed\n" in after
    assert f"a.azurecr.io/old@sha256:{'0' * 64}" in after
    assert images == []
    assert [value.path for value in rewrite(config, built)[1]] == [("service", "image")]


def test_a_release_names_the_folder_and_says_its_size() -> None:
    built = {"model": {"name": "chat", "version": "2.0.0"}, "folder": {"sha256": "ab" * 32, "bytes": 16_000_000_001}}

    after, images = rewrite(CONFIG, built)

    assert images == []
    assert "artefact: s3://models-123/chat/2.0.0/abababababab/\n" in after
    assert f"artefact_digest: sha256:{'ab' * 32}\n" in after
    assert "model_mb: 16001 # unpacked" in after
    assert (
        rewrite(after, built | {"model": {"name": "chat", "version": "2.0.1"}})[0].count("/chat/2.0.1/abababababab/\n")
        == 1
    )


def test_of_a_model_inside_an_image_a_release_names_version_and_image_only() -> None:
    image = "  web:service:\n    image: 1.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:"

    after, _ = rewrite(f"{CONFIG}{image}{'0' * 64}\n", {"model": {"name": "chat", "version": "2.0.0"}}, "sha256:1")

    named = CONFIG.replace('model_version: "1.0.0"', 'model_version: "2.0.0"').replace("model: digits", "model: chat")
    assert after == f"{named}{image}1\n"


def test_no_release_names_the_artefacts_of_another_model(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(release, "DESCRIBED", replace(DESCRIBED, name="another", container={}))

    assert release.main(["dev"]) == 2
    assert "model/model.toml describes another" in capsys.readouterr().err
