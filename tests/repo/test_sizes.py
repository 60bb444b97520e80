"""Sizes that keep the repository readable: what is too long is split."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from tests.repo import ROOT, lines_of, list_tracked, name_of

ROOMS = ("gitops", "policies", "rehearsal", "serving", "shared", "stacks")
MODULES = tuple(path for room in ROOMS for path in list_tracked(f"{room}/*.py"))


@pytest.mark.parametrize("workflow", list_tracked(".github/*.yml"), ids=name_of)
def test_a_workflow_is_read_at_a_glance(workflow: Path) -> None:
    assert len(lines_of(workflow)) <= 120


@pytest.mark.parametrize("program", list_tracked("stacks/*/__main__.py"), ids=name_of)
def test_a_stacks_program_reads_like_its_diagram(program: Path) -> None:
    assert len(lines_of(program)) <= 80


def test_a_module_fits_in_a_head() -> None:
    long = {name_of(path): size for path in MODULES if (size := len(lines_of(path))) > 250}

    assert long == {}
    assert statistics.median(len(lines_of(path)) for path in MODULES) <= 100


def test_the_readme_says_what_and_how_on_its_first_screen() -> None:
    first = "\n".join(lines_of(ROOT / "README.md")[:40])

    assert "make rehearse" in first
    assert "make test" in first


def test_the_rooms_that_the_readme_tells_of_are_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    missing = [room for room in (*ROOMS, "tests", "docs") if f"{room}/" not in readme or not (ROOT / room).is_dir()]
    assert missing == []


def test_every_room_has_its_tests_and_every_test_is_found() -> None:
    test_rooms = {path.parent.name for path in list_tracked("tests/*/test_*.py")}
    assert {
        "gitops",
        "rehearsal",
        "report",
        "policies",
        "shared",
        "stacks",
        "fork",
        "serving",
        "repo",
        "github",
    } <= test_rooms

    hidden = [
        name_of(path)
        for path in list_tracked("tests/*.py")
        if "\ndef test_" in path.read_text(encoding="utf-8") and not path.name.startswith("test_")
    ]
    assert hidden == []
