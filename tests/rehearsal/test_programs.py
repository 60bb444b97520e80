"""Programs of the usual kinds run unmodified: previewed and applied, every output known."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gitops.engine.clouds import Clouds
from gitops.records import UNKNOWN
from gitops.rehearse import rehearse
from tests.worlds import pool

PROGRAMS = Path(__file__).parent / "programs"


FOLDERS = sorted(PROGRAMS.iterdir())
AT_NIGHT = "database|kubernetes|static_site|cosmos|functions|virtual_machine|messaging|webapp"
"""Programs of services that inference seldom needs."""


@pytest.mark.parametrize(
    "folder",
    [pytest.param(f, marks=pytest.mark.soak) if re.search(AT_NIGHT, f.name) else f for f in FOLDERS],
    ids=lambda folder: folder.name,
)
def test_a_program_applies(folder: Path, clouds: Clouds) -> None:
    applied = rehearse(folder, up=True, served=clouds, pool=pool())
    assert applied.error is None
    assert UNKNOWN not in json.dumps(applied.outputs)
    assert all(value not in (None, "", []) for value in applied.outputs.values())


@pytest.mark.parametrize(
    "folder", [FOLDERS[0], *(pytest.param(f, marks=pytest.mark.soak) for f in FOLDERS[1:])], ids=lambda f: f.name
)
def test_a_preview_shows_what_is_applied(folder: Path) -> None:
    preview, applied = (rehearse(folder, up=up, pool=pool()) for up in (False, True))
    assert (preview.error, applied.error) == (None, None)
    assert [step.urn for step in preview.steps] == [step.urn for step in applied.steps]
    assert set(preview.outputs) == set(applied.outputs)
    assert UNKNOWN in json.dumps(preview.outputs)


@pytest.mark.parametrize("name", ["aws_messaging", "azure_webapp_sql"])
def test_a_rehearsal_repeats_byte_for_byte(name: str) -> None:
    first, second = (rehearse(PROGRAMS / name, up=True, pool=pool()) for _ in range(2))
    assert first.model_dump_json() == second.model_dump_json()
