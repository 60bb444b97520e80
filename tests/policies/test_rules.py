"""Every rule finds its break, one property away from a stack that every rule is content with, through the wire."""

from __future__ import annotations

import pytest

from policies.examples import Break, Example, read_examples
from policies.rules import catalogue
from tests.policies.wire import host, judge, violations

EXAMPLES = read_examples()
BREAKS = [(example, each) for example in EXAMPLES for each in example.breaks]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_untouched_example_has_no_finding(example: Example) -> None:
    assert judge(example.resources) == []
    assert judge(example.resources, host(before=example.resources)) == []


@pytest.mark.parametrize(("example", "each"), BREAKS, ids=lambda value: getattr(value, "rule", ""))
def test_break_is_found_by_its_rule(example: Example, each: Break) -> None:
    found = violations(judge(each.apply_to(example.resources), host(before=example.resources)), each.rule)

    assert any(each.says in message for message in found), found


def test_every_rule_has_a_break_but_those_about_the_pack_itself() -> None:
    broken = {each.rule for _, each in BREAKS}

    assert {rule.name for rule in catalogue()} - broken == {"exemptions-are-in-order", "pack-settings"}


def test_every_break_says_what_was_found() -> None:
    assert [each.rule for _, each in BREAKS if len(each.says) < 5] == []
