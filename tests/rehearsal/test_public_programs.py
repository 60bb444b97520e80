"""The list of public programs is complete in itself, and the guide counts it rightly."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

LIST = Path(__file__).parent / "public_programs.yaml"
GUIDE = Path(__file__).parents[2] / "docs" / "rehearsal.md"


def programs() -> dict[str, dict[str, Any]]:
    by_repository = yaml.safe_load(LIST.read_text())
    return {f"{repo}/{folder}": each for repo, found in by_repository.items() for folder, each in found.items()}


def test_every_program_was_applied_or_stops_for_a_reason_that_is_not_ours() -> None:
    for place, program in programs().items():
        assert place.count("/") >= 2, place
        assert ("resources" in program) != ("stops" in program), place
        assert program.get("resources", 1) >= 1, place
        assert re.match(r"(SDK|program|import): ", program.get("stops", "SDK: ")), place
        assert all(isinstance(value, str) for value in program.get("config", {}).values()), place


def test_the_guide_counts_them() -> None:
    guide, found = " ".join(GUIDE.read_text().split()), programs()
    stopped = [place.removesuffix("/.").rpartition("/")[2] for place, program in found.items() if "stops" in program]
    assert f"lists {len(found)} Python programs" in guide
    assert f"{len(found) - len(stopped)} preview and apply; {len(stopped)} stop" in guide
    assert [name for name in stopped if f"`{name}`" not in guide] == []
