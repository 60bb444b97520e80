"""No rule can lose a condition without refusing something legitimate: each guard in turn is dropped, and is missed.

A rule's function is compiled anew with one `if` that always holds, where it guards a finding, or never, where it lets
a resource go. The wider rule must then find something in what is right: the examples as they are, and the
architectures of other people. The expression is still evaluated, because it may bind names.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from policies.examples import read_examples, resources_of
from policies.resources import Resource, Stack
from policies.rule import Kind, Rule
from policies.rules import catalogue
from tests.policies.changed_code import MODULES
from tests.policies.conditions import UNNOTICED, unnoticed
from tests.policies.test_architectures import LEGITIMATE
from tests.policies.test_false_findings import ROWS
from tests.policies.test_survivors import OWN

RULES = [rule for rule in catalogue() if rule.name not in OWN]
UNGUARDED = {
    "azure-autoscale-uses-its-own-deployments-metric": "a rule without a metric's resource reads its own deployment",
    "azure-endpoint-traffic-reaches-deployments": "an endpoint without traffic names no deployment",
    "change-keeps-alarms": "an alarm that goes is found either way",
    "ecs-service-has-room-to-deploy": "a daemon's percentages leave room by the same arithmetic",
    "lambda-reserves-what-it-provisions": "what is not reserved is compared with nothing",
    "network-rule-is-not-open": "the other spelling of a rule has no such property",
    "sagemaker-endpoint-scales": "a second guard lets the same endpoints go",
}
"""Rules of which one guard can go without a legitimate architecture noticing, and why."""


@cache
def stacks() -> tuple[tuple[list[Resource], Stack], ...]:
    """What is right: the resources with their inputs, and the stack with their outputs beside what was before."""
    raws = [(example.resources, example.resources) for example in read_examples()]
    raws += [(row["resources"], {}) for row in LEGITIMATE.values()] + [
        (raw, before) for _, raw, before in ROWS.values()
    ]
    return tuple(
        (resources_of(raw), Stack(resources_of(raw, outputs=True), Stack(resources_of(before, outputs=True))))
        for raw, before in raws
    )


def guards(tree: ast.AST) -> list[ast.If]:
    """The `if`s that lead to a finding or let a resource go."""
    kinds = (ast.Yield, ast.YieldFrom, ast.Return, ast.Continue)
    ifs = [node for node in ast.walk(tree) if isinstance(node, ast.If)]
    return [node for node in ifs if any(isinstance(inner, kinds) for each in node.body for inner in ast.walk(each))]


def widen(rule: Rule) -> Iterator[tuple[int, Rule]]:
    """The rule without one of its guards, by the guard's line in the function."""
    source = textwrap.dedent(inspect.getsource(rule.check))
    for index in range(len(guards(ast.parse(source)))):
        tree = ast.parse(source)
        guard = guards(tree)[index]
        lets_go = isinstance(guard.body[-1], ast.Return | ast.Continue)
        pair = ast.Tuple([guard.test, ast.Constant(not lets_go)], ast.Load())
        guard.test = ast.Subscript(pair, ast.Constant(1), ast.Load())
        function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
        function.decorator_list = []
        names = dict(rule.check.__globals__)
        exec(compile(ast.fix_missing_locations(tree), rule.name, "exec"), names)  # noqa: S102 - our own source
        yield guard.lineno, replace(rule, check=names[function.name])


def finds(rule: Rule) -> bool:
    """Whether the rule has something against anything that is right."""
    for resources, stack in stacks():
        if rule.compares and stack.before:
            outcomes = [change for was in stack.before.of(*rule.on) for change in rule.changes(was, stack)]
            if any(outcome.kind is not Kind.UNKNOWN for outcome in outcomes):
                return True
            continue
        judged = (
            stack.of(*rule.on) if rule.relational else [resource for resource in resources if resource.type in rule.on]
        )
        for resource in judged:
            outcomes = rule.outcomes(resource, stack) if rule.relational else rule.outcomes(resource)
            if any(outcome.kind is not Kind.UNKNOWN for outcome in outcomes):
                return True
    return False


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_that_loses_a_condition_finds_something_that_is_right(rule: Rule) -> None:
    unnoticed = [line for line, wider in widen(rule) if not finds(wider)]

    assert not unnoticed or rule.name in UNGUARDED, f"nothing misses the guard at line {unnoticed} of {rule.name}"


@pytest.mark.soak
def test_every_changed_condition_is_noticed_or_listed() -> None:
    """Guards are tried at every push, by the test above; each part of each condition at night."""
    tried, lost = unnoticed(list(MODULES))

    assert tried > 3000
    assert {str(mutant) for mutant in lost} == UNNOTICED.keys()
