"""A config is judged by the contract of the checkout that runs, before an engine starts."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from gitops.engine.validation import problems
from tests.conftest import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout of one stack, with a contract of its own."""
    shutil.copytree(ROOT / "stacks" / "ecs_service", tmp_path / "stacks" / "ecs_service")
    shutil.copytree(ROOT / "shared", tmp_path / "shared", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_valid_config_is_no_error_and_leaves_no_trace(copy: Path) -> None:
    before = os.getcwd(), list(sys.path)

    assert problems(copy, "ecs_service", "dev") is None
    assert (os.getcwd(), sys.path) == before


def test_every_problem_is_told_and_the_first_ones_line_is_shown(copy: Path) -> None:
    file = copy / "stacks/ecs_service/Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("    max: ", "    maxx: 1\n    max: -"))

    error = problems(copy, "ecs_service", "dev")

    assert error is not None
    assert error.kind == "config"
    assert error.source is not None
    assert file.read_text().splitlines()[error.source.line - 1].startswith("    max")
    assert error.source.file == "stacks/ecs_service/Pulumi.dev.yaml"
    assert error.message.count("stacks/ecs_service/Pulumi.dev.yaml:") >= 2
    assert "did you mean 'max'?" in error.message


def test_a_checkout_without_a_contract_is_not_judged(copy: Path) -> None:
    (copy / "shared" / "validate.py").unlink()

    assert problems(copy, "ecs_service", "nowhere") is None
