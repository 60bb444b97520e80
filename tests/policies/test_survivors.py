"""No rule can go, or pass whatever it is given, without a test that fails: each break is found by its rule alone.

The rules' own tests (test_rules, test_mutations) ask for a message of the right rule. Here every rule in turn is
replaced by one that finds nothing, and the same breaks must then lose it.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import FrameType
from typing import Any

import pytest

from policies.examples import Break, Raw, read_examples
from policies.exemptions import Exemption
from policies.resources import Resource, Stack
from policies.rule import Rule
from policies.rules import catalogue
from policies.tables import TableLine
from tests.policies.wire import host, judge, violations

RULES = catalogue()
CASES = [(example.resources, each) for example in read_examples() for each in example.breaks]
GUARD = "exemptions-are-in-order"
OWN = {GUARD, "pack-settings"}  # the judge speaks for them: test_exemptions, test_config
EXPIRED = Exemption(
    "urn:pulumi:prod::example::aws:x:X::one", "r", "why", "who", date(2020, 1, 1), TableLine("policies/x", 1)
)


def silence(rule: Rule) -> Rule:
    def of_one(resource: Resource) -> Iterator[str]:
        yield from ()

    def of_relations(resource: Resource, stack: Stack) -> Iterator[str]:
        yield from ()

    def of_changes(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
        yield from ()

    return replace(rule, check=of_changes if rule.compares else of_relations if rule.relational else of_one)


def breaks_of(rule: Rule) -> list[tuple[Raw, Break]]:
    return [(resources, case) for resources, case in CASES if case.rule == rule.name]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_that_always_passes_loses_its_breaks(rule: Rule) -> None:
    """One that is gone loses them as well: test_rules asks for its name."""
    breaks = breaks_of(rule)
    for resources, each in breaks:
        broken = each.apply_to(resources)
        assert violations(judge(broken, host(rules=[rule], before=resources)), rule.name)
        assert not violations(judge(broken, host(rules=[silence(rule)], before=resources)), rule.name)
    assert breaks or rule.name in OWN


def test_the_rule_about_exemptions_is_missed_too() -> None:
    """Its findings are the judge's own, so it cannot be silenced; taken out, an expired exemption goes unsaid."""
    without = [rule for rule in RULES if rule.name not in OWN]

    assert violations(judge({}, host(exemptions=[EXPIRED])), GUARD)
    assert not judge({}, host(rules=without, exemptions=[EXPIRED]))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.name != GUARD], ids=lambda rule: rule.name)
def test_every_way_in_which_a_rule_finds_something_has_a_break(rule: Rule) -> None:
    """Half a rule can be switched off as well: each `yield` in its function is reached by one of its breaks."""
    lines, first = inspect.getsourcelines(rule.check)
    tree = ast.parse("".join(lines))
    wanted = {first + node.lineno - 1 for node in ast.walk(tree) if isinstance(node, ast.Yield)}

    assert wanted - list_reached(rule) == set()


def list_reached(rule: Rule) -> set[int]:
    """The lines of the rule's function that run while its breaks are judged."""
    code, seen = rule.check.__code__, set[int]()

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        if frame.f_code is not code:
            return None
        if event == "line":
            seen.add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        for resources, each in breaks_of(rule):
            judge(each.apply_to(resources), host(rules=[rule], before=resources))
    finally:
        sys.settrace(before)
    return seen
