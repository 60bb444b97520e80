"""Where each rule's number lies, to the last unit: `limits.yaml` has the last value that passes and the first found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policies.examples import Break, Raw
from tests.files import read_yaml
from tests.policies.wire import RULES, host, judge, violations

ROWS = read_yaml(Path(__file__).with_name("limits.yaml"))


def set_limit(row: dict[str, Any], value: object) -> Raw:
    """The resource with the value in it, and those beside it."""
    raw: Raw = {"one": {"type": row["type"], "properties": row["properties"]}, **row.get("beside", {})}
    return Break(row["rule"], "one", row["set"], value, "").apply_to(raw)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['rule']} {row['passes']}")
def test_the_limit_is_where_it_is_said(row: dict[str, Any]) -> None:
    alone = host(rules=[rule for rule in RULES if rule.name == row["rule"]])

    assert violations(judge(set_limit(row, row["passes"]), alone), row["rule"]) == []
    assert violations(judge(set_limit(row, row["found"]), alone), row["rule"])
