"""Programs of the usual kinds run unmodified: previewed and applied, every output known, twice the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitops.records import UNKNOWN
from gitops.rehearsal.rehearse import rehearse

PROGRAMS = Path(__file__).parent / "programs"


def run(folder: Path, *, up: bool) -> dict[str, Any]:
    return rehearse(folder, up=up, overrides=(), stack=None, state=None, seconds=120)


@pytest.mark.parametrize("folder", sorted(PROGRAMS.iterdir()), ids=lambda folder: folder.name)
def test_a_program_previews_and_applies(folder: Path) -> None:
    preview, first, second = run(folder, up=False), run(folder, up=True), run(folder, up=True)
    assert (preview["result"], preview.get("error")) == ("succeeded", None)
    assert (first["result"], first.get("error")) == ("succeeded", None)
    assert [each["urn"] for each in preview["resources"]] == [each["urn"] for each in first["resources"]]
    assert set(preview["outputs"]) == set(first["outputs"])
    assert UNKNOWN in json.dumps(preview["outputs"])
    assert UNKNOWN not in json.dumps(first["outputs"])
    assert all(value not in (None, "", []) for value in first["outputs"].values())
    assert json.dumps(first) == json.dumps(second)
