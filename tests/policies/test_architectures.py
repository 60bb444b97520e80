"""Architectures that are not ours: what is right elsewhere is not refused, what took services down elsewhere is found.

The rows (`architectures/*/*.yaml`) name the public document that each comes from; `before` is what was deployed, where
the danger lies in the change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.files import read_yaml
from tests.policies.wire import host, judge, violations

FOLDER = Path(__file__).with_name("architectures")


def rows(kind: str) -> dict[str, dict[str, Any]]:
    """The architectures of a kind, by name, without pieces that a row has none of. Two of one name are a mistake."""
    tables = [read_yaml(file) for file in sorted((FOLDER / kind).glob("*.yaml"))]
    found = [row for table in tables for row in table["architectures"]]
    assert len({row["name"] for row in found}) == len(found)
    return {row["name"]: row | {"resources": {k: v for k, v in row["resources"].items() if v}} for row in found}


LEGITIMATE, DANGEROUS = rows("legitimate"), rows("dangerous")


@pytest.mark.parametrize("row", LEGITIMATE.values(), ids=LEGITIMATE)
def test_legitimate_architecture_is_not_refused(row: dict[str, Any]) -> None:
    assert [said for said in judge(row["resources"]) if said.level == "mandatory"] == []


@pytest.mark.parametrize("row", DANGEROUS.values(), ids=DANGEROUS)
def test_dangerous_architecture_is_found(row: dict[str, Any]) -> None:
    assert violations(judge(row["resources"], host(before=row.get("before", {}))), row["rule"])


def test_every_architecture_names_its_public_source() -> None:
    assert len(LEGITIMATE) >= 27 + 60 + 30 + 32 + 20 + 15 + 30
    assert len(DANGEROUS) >= 9 + 30 + 9 + 10 + 8 + 10 + 20
    assert [name for name, row in (LEGITIMATE | DANGEROUS).items() if not row["source"].startswith("https://")] == []
