"""Where each condition of a rule lies: what is right, and which change of it is found, or is as right.

A row of `conditions/` has `resources` that its `rule` is content with. Each of its `edits` sets properties
(`resource: {path: value}`; null takes the property or the resource away) and is found with the words of `says`, once
for each of a list; one without them is as right as the row. An edit may ask another `rule`, to which the row is right
too. A rule about changes compares with `before`, which is the row itself unless said.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.examples import REMOVED, Break, Raw
from tests.files import read_yaml
from tests.policies.wire import RULES, host, judge, violations

FOLDER = Path(__file__).with_name("conditions")
ROWS: list[dict[str, Any]] = [row for file in sorted(FOLDER.glob("*.yaml")) for row in read_yaml(file)]
COMPARING = {rule.name for rule in RULES if rule.compares}


def edited(raw: Raw, edit: dict[str, Any]) -> Raw:
    """The resources with an edit made. Raises KeyError: it names one that is not there."""
    for key, properties in edit.items():
        if key in ("says", "rule"):
            continue
        for path, value in ({"": None} if properties is None else properties).items():
            raw = Break("", key, path, REMOVED if value is None else value, "").apply_to(raw)
    return raw


def before(row: dict[str, Any], rule: str) -> Raw:
    """What was deployed before a row, for a rule that compares."""
    return row.get("before", row["resources"]) if rule in COMPARING else {}


def asked(row: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is asked of which rule: the resources as they are of each rule that the row names, then the edits."""
    edits = [(edit.get("rule", row["rule"]), edit) for edit in row.get("edits", ())]
    yield from ((name, {}) for name in sorted({row["rule"], *(name for name, _ in edits)}))
    yield from edits


def words(edit: dict[str, Any]) -> list[str]:
    """What each finding of an edit has to say."""
    says = edit.get("says", [])
    return [says] if isinstance(says, str) else says


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['rule']}: {row['name']}")
def test_condition_lies_where_it_is_said(row: dict[str, Any]) -> None:
    for name, edit in asked(row):
        alone = host(rules=[rule for rule in RULES if rule.name == name], before=before(row, name))
        found = violations(judge(edited(row["resources"], edit), alone), name)
        assert len(found) == len(words(edit)), (edit, found)
        assert all(word in message for word, message in zip(words(edit), found, strict=True)), (edit, found)


def test_rows_are_of_rules_that_exist() -> None:
    named = {name for row in ROWS for name, _ in asked(row)}

    assert named <= {rule.name for rule in RULES}
