"""Each rule is tried on three right architectures or more and two dangerous ones, most of them not of this repository.

A right architecture counts for a rule where it has a resource that the rule judges (test_architectures,
test_false_findings and test_rules show that nothing is found there). A dangerous one is a break of the examples, also
where it is made in an architecture of other people, or a row of `architectures/dangerous`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from policies.examples import REMOVED, Break, Raw, at, read_examples, resources_of
from policies.resources import Stack
from policies.rule import STACK, Kind, Rule
from policies.rules import catalogue
from policies.typenames import current_type
from tests.policies.test_architectures import DANGEROUS, LEGITIMATE
from tests.policies.test_false_findings import ROWS
from tests.policies.test_survivors import OWN

RULES = [rule for rule in catalogue() if rule.name not in OWN]
EXAMPLES = read_examples()
RIGHT: list[Raw] = [example.resources for example in EXAMPLES] + [row["resources"] for row in LEGITIMATE.values()]
TYPES = [
    {current_type(resource["type"]) for resource in raw.values()}
    for raw in [*RIGHT, *(raw for _, raw, _ in ROWS.values())]
]
ONE_DANGER = {
    "lambda-concurrency-has-one-owner": "there is one way in which a fixed number is applied beside a scaled one",
    "azure-autoscale-schedules-reach-the-maximum": "its other dangers are in test_boundaries_of_scaling",
    "ecs-task-has-two-roles": "two roles are one, or they are not",
    "azure-workspace-keeps-its-logs": "a workspace has one setting, which is there or not",
    "ecs-container-has-no-secret-in-its-environment": "the names that are secrets are in test_boundaries, one by one",
}
"""Rules of which one dangerous example is enough, and why."""


def messages(rule: Rule, raw: Raw, before: Raw) -> set[str]:
    """What a rule finds in a table of resources, or in what changed since `before`."""
    stack = Stack(resources_of(raw, outputs=True), Stack(resources_of(before, outputs=True)))
    if rule.compares and stack.before:
        outcomes = [change for was in stack.before.of(*rule.on) for change in rule.changes(was, stack)]
    elif rule.relational:
        outcomes = [outcome for resource in stack.of(*rule.on) for outcome in rule.outcomes(resource, stack)]
    else:
        outcomes = [outcome for one in resources_of(raw) if one.type in rule.on for outcome in rule.outcomes(one)]
    return {outcome.message for outcome in outcomes if outcome.kind is Kind.VIOLATION}


def made_elsewhere(change: Break, type_: str) -> Iterator[tuple[Raw, Raw]]:
    """The break in every architecture that has a resource of the type and something to break; and what was right."""
    for row in LEGITIMATE.values():
        right: Raw = row["resources"]
        for key, resource in right.items():
            if current_type(resource["type"]) != type_:
                continue
            try:
                taken = change.value is REMOVED and change.path and at(resource["properties"], change.path) is None
                if not taken:
                    yield right, replace(change, resource=key).apply_to(right)
            except (KeyError, IndexError, TypeError, AttributeError):  # the way to the property is not there
                continue


def dangerous(rule: Rule) -> Iterator[str]:
    """The names of what the rule finds: breaks of the examples, rows, breaks made elsewhere."""
    breaks = [(example, each) for example in EXAMPLES for each in example.breaks if each.rule == rule.name]
    yield from (f"{example.name}: {each.resource} {each.path} {each.says}" for example, each in breaks)
    yield from (name for name, row in DANGEROUS.items() if row["rule"] == rule.name)
    for example, each in breaks:
        for right, broken in made_elsewhere(each, current_type(example.resources[each.resource]["type"])):
            if messages(rule, broken, right) - messages(rule, right, right):
                yield f"{each.resource} {each.path} made elsewhere"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_has_three_right_and_two_dangerous_examples(rule: Rule) -> None:
    right = sum(bool(types & set(rule.on)) or STACK in rule.on for types in TYPES)
    found = set[str]()
    for name in dangerous(rule):
        found.add(name)
        if len(found) > 1:
            break

    assert right >= 3, (
        f"{right} right architectures have what it judges: add one to tests/policies/architectures/legitimate"
    )
    assert len(found) == (1 if rule.name in ONE_DANGER else 2), f"{sorted(found)}: add a break, or a row to ONE_DANGER"
