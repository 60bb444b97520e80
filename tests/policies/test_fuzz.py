"""No rule crashes on a property of another type than its provider's schema says, at any depth of any resource."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest

from policies.examples import Break, Example, Raw, read_examples, resources_of
from policies.resources import Resource, Stack
from policies.rule import Kind, Rule
from policies.rules import catalogue
from tests.policies.wire import UNKNOWN, secret

JUNK = (None, True, -1.5, "text", "[]", [], [[]], {"a": {}}, [{"a": 1}], UNKNOWN, secret("x"))
RULES = catalogue()
EXAMPLES = {example.name: example for example in read_examples()}


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Every path into a value; into properties that hold a JSON document as text as well (`policy:Statement[0]`)."""
    if at:
        yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, f"{at}.{key}" if at and not at.endswith(":") else f"{at}{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, f"{at}[{index}]")
    elif isinstance(value, str) and value.startswith(("{", "[")) and ":" not in at:
        yield from (path for path in paths(json.loads(value), f"{at}:") if path != f"{at}:")


def failures(raw: Raw, changed: str, before: Raw) -> list[str]:
    """What rules that raised say: those about the changed resource, and every rule about relations or changes."""
    resources = resources_of(raw)
    final = Stack(resources_of(raw, outputs=True), Stack(resources_of(before, outputs=True)))
    one = next(resource for resource in resources if resource.name == changed)
    outcomes = [each for rule in RULES for each in judge_one(rule, one, final)]
    return [outcome.message for outcome in outcomes if outcome.kind is Kind.FAILURE]


def judge_one(rule: Rule, one: Resource, stack: Stack) -> Iterator[Any]:
    if rule.compares and stack.before:
        yield from (outcome for was in stack.before.of(*rule.on) for outcome in rule.changes(was, stack))
    elif rule.relational:
        yield from (outcome for resource in stack.of(*rule.on) for outcome in rule.outcomes(resource, stack))
    elif one.type in rule.on:
        yield from rule.outcomes(one)


@pytest.mark.slow("every property of every example")
@pytest.mark.parametrize("values", [1, pytest.param(len(JUNK), marks=pytest.mark.soak)])
@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_no_rule_crashes_whatever_a_property_holds(example: Example, values: int) -> None:
    """One value a property at every push, in turn, so that each value meets many properties; at night all of them."""
    tried, junk_in_turn = 0, cycle(JUNK)
    for key, resource in example.resources.items():
        for path in paths(resource["properties"]):
            for junk in islice(junk_in_turn, values):
                broken = Break("", key, path, junk, "").apply_to(example.resources)
                assert failures(broken, resource.get("name", key), example.resources) == [], f"{key}: {path} = {junk!r}"
                tried += 1
    assert tried > 20 * values


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_crashes_on_a_resource_with_nothing_in_it(rule: Rule) -> None:
    for type_ in rule.on:
        for properties in ({}, {"properties": None}, {"name": None, "region": 7}):
            raw: Raw = {"one": {"type": type_, "properties": properties}}
            assert failures(raw, "one", raw) == failures(raw, "one", {}) == []
