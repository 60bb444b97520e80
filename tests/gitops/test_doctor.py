"""`gitops doctor`: what is missing, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops.check import Check
from gitops.commands import doctor
from gitops.engine import install
from gitops.engine.install import VERSION, Engine
from tests.gitops.command_line import run_gitops


def test_doctor_tells_what_to_do_of_that_alone_which_is_missing(tmp_path: Path) -> None:
    result = run_gitops(tmp_path, "doctor", "--json")
    checks = {check["name"]: check for check in json.loads(result.stdout)}

    assert result.returncode == 2
    assert {check["todo"] for check in checks.values() if check["fine"]} == {""}
    assert all(check["todo"] for check in checks.values() if not check["fine"])
    assert checks["targets"]["todo"] == "Run the command inside the checkout."
    assert "no stacks/" in checks["targets"]["found"]
    assert "Run the command" not in checks["targets"]["found"]


def test_doctor_leaves_a_path_its_room_at_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    path = "~/.cache/inference-gitops/pulumi-3.257.0"
    todo = Check("state backend", "none", False, needed=False, todo="set PULUMI_BACKEND_URL for the real clouds")

    doctor.show([Check("Pulumi engine", f"3.257.0 in {path}", True), Check("pulumi-azure-native", "3", True), todo])

    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert any(path in line for line in said.splitlines())
    assert "none: set PULUMI_BACKEND_URL" in said


def test_doctor_names_the_folder_of_the_engine(engine: Engine) -> None:
    found = doctor.engine().found

    assert found == f"{VERSION} in {str(engine.path.parent).replace(str(Path.home()), '~')}"


def test_doctor_tells_a_fork_to_name_its_own_people(
    checkout: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = checkout("")
    monkeypatch.chdir(root)
    file = root / ".github/CODEOWNERS"
    file.parent.mkdir()

    said = {}
    for name, text in {
        "as it comes": (Path(__file__).parents[2] / ".github/CODEOWNERS").read_text(),
        "own": "/gitops/ @us/ml",
        "words": "# @us",
    }.items():
        file.write_text(text)
        said[name] = doctor.owners().found

    assert said == {"as it comes": "@your-org/ml-platform, which nobody is", "own": "named", "words": "none"}
    assert ".github/CODEOWNERS" in doctor.owners().todo


def test_doctor_says_of_an_engine_that_no_hash_was_compared_with(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(install, "HASHES", tmp_path / "engine.json")

    assert f"has no hash for {install.platform_name()}" in doctor.engine().found
