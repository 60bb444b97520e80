"""Architectures that are not ours: what is right elsewhere is not refused, what took services down elsewhere is found.

The rows (`architectures/*/*.yaml`) name the public document that each comes from; `before` is what was deployed, where
the danger lies in the change. Those in `pairs` are an architecture in order, which may be one of the legitimate (`of`),
and the breaks that make it dangerous.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policies.examples import Raw, read_break
from tests.files import read_yaml
from tests.policies.wire import host, judge, violations

FOLDER = Path(__file__).with_name("architectures")


def rows(kind: str) -> dict[str, dict[str, Any]]:
    """The architectures of a kind, by name, without pieces that a row has none of. Two of one name are a mistake."""
    tables = [read_yaml(file) for file in sorted((FOLDER / kind).glob("*.yaml"))]
    found = [row for table in tables for row in table["architectures"]]
    assert len({row["name"] for row in found}) == len(found)
    return {row["name"]: row | {"resources": resources_of(row)} for row in found}


def resources_of(row: dict[str, Any]) -> Raw:
    """The resources of a row, or those of the legitimate architecture that it names (`of`)."""
    raw: Raw = row["resources"] if "resources" in row else LEGITIMATE_ROWS[row["of"]]["resources"]
    return {key: resource for key, resource in raw.items() if resource}


def broken(row: dict[str, Any]) -> Raw:
    """The resources of a pair with its breaks in them."""
    raw: Raw = row["resources"]
    for each in row["breaks"]:
        raw = raw | {each["add"]: each["as"]} if "add" in each else read_break({"rule": "", **each}).apply_to(raw)
    return raw


LEGITIMATE_ROWS = rows("legitimate")
PAIRS = rows("pairs")
IN_ORDER = {str(row["resources"]): row for row in PAIRS.values() if "of" not in row}  # several dangers of one
LEGITIMATE = LEGITIMATE_ROWS | {f"in order: {row['name']}": row for row in IN_ORDER.values()}
BROKEN: dict[str, dict[str, Any]] = {name: row | {"resources": broken(row)} for name, row in PAIRS.items()}
DANGEROUS = rows("dangerous") | BROKEN


@pytest.mark.parametrize("row", LEGITIMATE.values(), ids=LEGITIMATE)
def test_legitimate_architecture_is_not_refused(row: dict[str, Any]) -> None:
    assert [said for said in judge(row["resources"]) if said.level == "mandatory"] == []


@pytest.mark.parametrize("row", DANGEROUS.values(), ids=DANGEROUS)
def test_dangerous_architecture_is_found(row: dict[str, Any]) -> None:
    assert violations(judge(row["resources"], host(before=row.get("before", {}))), row["rule"])


def test_every_architecture_names_its_public_source() -> None:
    assert len(LEGITIMATE) >= 27 + 60 + 30 + 32 + 20 + 15 + 30 + 50 + 39
    assert len(DANGEROUS) >= 9 + 30 + 9 + 10 + 8 + 10 + 20 + 139 + 24
    assert [name for name, row in (LEGITIMATE | DANGEROUS).items() if not row["source"].startswith("https://")] == []
