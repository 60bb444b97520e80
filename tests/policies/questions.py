"""All that the data of these tests asks of the rules, as questions that a changed rule can be asked quickly.

The tests ask through the wire, which takes a hundred times as long: `conditions.py` asks thousands of changed rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from pulumi_policy import EnforcementLevel

from policies.examples import Raw, read_examples, resources_of
from policies.resources import Resource, Stack
from policies.rule import STACK, Kind, Outcome, Rule
from tests.policies.test_architectures import DANGEROUS, LEGITIMATE
from tests.policies.test_conditions import ROWS as CONDITIONS
from tests.policies.test_conditions import asked, before, edited, words
from tests.policies.test_false_findings import ROWS as RIGHT
from tests.policies.test_limits import ROWS as LIMITS
from tests.policies.test_limits import set_limit
from tests.policies.wire import RULES, TABLE

BY_NAME = {rule.name: rule for rule in RULES}


@dataclass(frozen=True)
class Table:
    """Resources to be judged: with their inputs, with their outputs, and those before them."""

    inputs: list[Resource]
    outputs: list[Resource]
    before: list[Resource]

    @classmethod
    def of(cls, raw: Raw, before: Raw) -> Table:
        return cls(resources_of(raw), resources_of(raw, outputs=True), resources_of(before, outputs=True))

    def judged_by(self, rules: Iterable[Rule]) -> list[Rule]:
        types = {output.type for output in (*self.outputs, *self.before)} - {STACK}
        return [rule for rule in rules if STACK in rule.on or types & set(rule.on)]


@dataclass(frozen=True)
class Question:
    """What a rule is to say of a table: `expects` holds of its outcomes as long as the rule is the right one."""

    about: str
    rule: Rule
    table: Table = field(repr=False)
    expects: Callable[[list[Outcome]], bool] = field(repr=False)

    def holds(self) -> bool:
        return self.expects(self._ask())

    def _ask(self) -> list[Outcome]:
        rule, table = self.rule, self.table
        if not rule.relational:
            return [said for resource in table.inputs if resource.type in rule.on for said in rule.outcomes(resource)]
        stack = Stack(table.outputs, was := Stack(table.before))
        if rule.compares:
            return [said for resource in was.of(*rule.on) for said in rule.changes(resource, stack)]
        return [said for resource in stack.of(*rule.on) for said in rule.outcomes(resource, stack)]


def says_nothing(said: list[Outcome]) -> bool:
    return not said


def says_something(said: list[Outcome]) -> bool:
    return bool(said)


def refuses_nothing(mandatory: bool, said: list[Outcome]) -> bool:
    """Whether a rule that is mandatory, or not, lets a stack pass; one that fails itself never does."""
    refused = {Kind.VIOLATION, Kind.FAILURE} if mandatory else {Kind.FAILURE}
    return not refused & {finding.kind for finding in said}


def says_in_one(part: str, said: list[Outcome]) -> bool:
    return any(part in finding.message for finding in said)


def says_each(parts: list[str], said: list[Outcome]) -> bool:
    messages = [
        f"not judged: {finding.message}" if finding.kind is Kind.UNKNOWN else finding.message for finding in said
    ]
    return len(messages) == len(parts) and all(part in message for part, message in zip(parts, messages, strict=True))


def questions() -> Iterator[Question]:
    for example in read_examples():
        for was in ({}, example.resources):
            table = Table.of(example.resources, was)
            yield from (Question(example.name, rule, table, says_nothing) for rule in table.judged_by(RULES))
        for each in example.breaks:
            table = Table.of(each.apply_to(example.resources), example.resources)
            yield Question(f"{example.name}, {each.path}", BY_NAME[each.rule], table, partial(says_in_one, each.says))
    for name, row in LEGITIMATE.items():
        table = Table.of(row["resources"], {})
        for rule in table.judged_by(RULES):
            mandatory = TABLE.of(rule, "prod") is not EnforcementLevel.ADVISORY
            yield Question(name, rule, table, partial(refuses_nothing, mandatory))
    for name, row in DANGEROUS.items():
        yield Question(name, BY_NAME[row["rule"]], Table.of(row["resources"], row.get("before", {})), says_something)
    for name, (rule, raw, was) in RIGHT.items():
        yield Question(name, BY_NAME[rule], Table.of(raw, was), says_nothing)
    for row in LIMITS:
        for value, expects in ((row["passes"], says_nothing), (row["found"], says_something)):
            yield Question(f"{row['set']} {value}", BY_NAME[row["rule"]], Table.of(set_limit(row, value), {}), expects)
    for row in CONDITIONS:
        for name, edit in asked(row):
            table = Table.of(edited(row["resources"], edit), before(row, name))
            yield Question(f"{row['name']}, {edit}", BY_NAME[name], table, partial(says_each, words(edit)))
