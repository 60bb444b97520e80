"""A config is judged by the contract of the checkout that runs, before an engine starts."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from gitops.engine.validation import problems
from tests.conftest import ROOT
from tests.stacks.configs import MODEL, STACKS, config, write_target

STACK = STACKS[0]
TARGET = f"{STACK}/dev"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout of one stack, with a contract of its own."""
    write_target(tmp_path, TARGET, config(TARGET))
    (tmp_path / "model").symlink_to(MODEL)
    shutil.copytree(ROOT / "shared", tmp_path / "shared", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_valid_config_is_no_error_and_leaves_no_trace(copy: Path) -> None:
    before = os.getcwd(), list(sys.path)

    assert problems(copy, STACK, "dev") is None
    assert (os.getcwd(), sys.path) == before


def test_every_problem_is_told_and_the_first_ones_line_is_shown(copy: Path) -> None:
    file = copy / f"stacks/{STACK}/Pulumi.dev.yaml"
    values = config(TARGET)
    values[f"{STACK}:scaling"] |= {"max": -1, "maxx": 1}
    write_target(copy, TARGET, values)

    error = problems(copy, STACK, "dev")

    assert error is not None
    assert error.kind == "config"
    assert error.source is not None
    assert file.read_text().splitlines()[error.source.line - 1].startswith("    max")
    assert error.source.file == f"stacks/{STACK}/Pulumi.dev.yaml"
    assert error.message.count(f"stacks/{STACK}/Pulumi.dev.yaml:") >= 2
    assert "did you mean 'max'?" in error.message


def test_a_checkout_without_a_contract_is_not_judged(copy: Path) -> None:
    (copy / "shared" / "validate.py").unlink()

    assert problems(copy, STACK, "nowhere") is None
