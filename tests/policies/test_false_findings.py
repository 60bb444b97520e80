"""Stacks that other teams run for good reasons: the rule that could mistake them for a fault has nothing to say.

A judge that cries wolf is switched off, so each row of `false_findings/` is a false finding that a rule once had or
easily could have; `before` is what was deployed, where the rule judges a change. What lies just beyond them is still
found: test_boundaries and test_boundaries_of_scaling.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.examples import Raw
from tests.files import read_yaml
from tests.policies.wire import RULES, host, judge, violations

FOLDER = Path(__file__).with_name("false_findings")


def rows() -> dict[str, tuple[str, Raw, Raw]]:
    """By name: the rule that has to be content, the resources, and those before."""
    every = [row for file in sorted(FOLDER.glob("*.yaml")) for row in read_yaml(file)["rows"]]
    assert len({row["name"] for row in every}) == len(every)
    return {row["name"]: (row["rule"], row["resources"], row.get("before", {})) for row in every}


ROWS = rows()


@pytest.mark.parametrize(("rule", "raw", "before"), ROWS.values(), ids=ROWS)
def test_rule_has_nothing_against_it(rule: str, raw: Raw, before: Raw) -> None:
    assert violations(judge(raw, host(before=before)), rule) == []


def test_every_row_is_of_a_rule_that_exists() -> None:
    assert {rule for rule, *_ in ROWS.values()} <= {rule.name for rule in RULES}
