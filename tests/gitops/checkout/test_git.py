"""Reading files of the checkout, whose paths a pull request may have chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops.checkout.git import reader


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("of the machine")
    root = tmp_path / "checkout"
    (root / "stacks").mkdir(parents=True)
    (root / "stacks" / "a.py").write_text("x = 1")
    (root / "stacks" / "b.bin").write_bytes(b"\xff")
    (root / "inside.py").symlink_to(root / "stacks" / "a.py")
    (root / "outside.txt").symlink_to(tmp_path / "secret.txt")
    return root


@pytest.mark.parametrize("path", ["stacks/a.py", "inside.py"])
def test_a_file_of_the_checkout_is_read(root: Path, path: str) -> None:
    assert reader(root)(path) == "x = 1"


@pytest.mark.parametrize("path", ["../secret.txt", "outside.txt", "stacks", "stacks/b.bin", "gone.py"])
def test_what_leads_out_of_it_or_is_no_text_counts_as_missing(root: Path, path: str) -> None:
    assert reader(root)(path) is None


def test_an_absolute_path_counts_as_missing(root: Path) -> None:
    assert reader(root)(str(root.parent / "secret.txt")) is None


def test_a_checkout_behind_a_link_is_read(root: Path) -> None:
    linked = root.parent / "linked"
    linked.symlink_to(root)

    assert reader(linked)("stacks/a.py") == "x = 1"
