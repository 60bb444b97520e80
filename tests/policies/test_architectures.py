"""Architectures that are not ours: what is right elsewhere is not refused, what took services down elsewhere is found.

The rows (`architectures/*.yaml`) name the public document that each comes from.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.files import read_yaml
from tests.policies.wire import judge, violations

FOLDER = Path(__file__).with_name("architectures")


def rows(name: str) -> dict[str, dict[str, Any]]:
    table = read_yaml(FOLDER / f"{name}.yaml")
    return {row["name"]: row for row in table["architectures"]}


LEGITIMATE, DANGEROUS = rows("legitimate"), rows("dangerous")


@pytest.mark.parametrize("row", LEGITIMATE.values(), ids=LEGITIMATE)
def test_legitimate_architecture_is_not_refused(row: dict[str, Any]) -> None:
    assert [said for said in judge(row["resources"]) if said.level == "mandatory"] == []


@pytest.mark.parametrize("row", DANGEROUS.values(), ids=DANGEROUS)
def test_dangerous_architecture_is_found(row: dict[str, Any]) -> None:
    assert violations(judge(row["resources"]), row["rule"])


def test_every_architecture_names_its_public_source() -> None:
    assert len(LEGITIMATE) >= 27
    assert len(DANGEROUS) >= 9
    assert [name for name, row in (LEGITIMATE | DANGEROUS).items() if not row["source"].startswith("https://")] == []
