"""Looking references up finds what comparing every pair finds, on everything that is recorded or shown as example."""

from __future__ import annotations

import pytest

from policies.examples import read_examples, resources_of
from policies.lookup import Index, has_many_parts, parts
from policies.resources import Resource, Stack
from policies.rule import Kind
from policies.rules import catalogue
from tests.policies.mutations import inventory, targets

EXAMPLES = {example.name: example.resources for example in read_examples()}


class Compared(Stack):
    """A stack that compares every lookup with asking about every pair."""

    found = 0

    def referring(self, target: Resource, type_: str, path: str) -> list[Resource]:
        got = super().referring(target, type_, path)
        assert got == [source for source in self.of(type_) if self.refers(source, path, target)]
        self.found += len(got)
        return got

    def follow(self, source: Resource, path: str, *types: str) -> list[Resource]:
        got = super().follow(source, path, *types)
        assert got == [target for target in self.of(*types) if self.refers(source, path, target)]
        self.found += len(got)
        return got


@pytest.mark.parametrize("linked", [True, False], ids=["by dependency", "by name alone"])
@pytest.mark.parametrize("name", [*targets(), *EXAMPLES])
def test_lookup_finds_what_comparing_finds(name: str, linked: bool) -> None:
    raw = EXAMPLES[name] if name in EXAMPLES else inventory(name)
    table = raw if linked else {key: {**resource, "links": {}} for key, resource in raw.items()}
    stack = Compared(resources_of(table, outputs=True), Compared(resources_of(table, outputs=True)))
    for rule in (rule for rule in catalogue() if rule.relational):
        for resource in stack.of(*rule.on):
            outcomes = rule.changes(resource, stack) if rule.compares else rule.outcomes(resource, stack)
            assert Kind.FAILURE not in {outcome.kind for outcome in outcomes}

    assert stack.found or not linked


def test_parts_lie_between_separators() -> None:
    assert list(parts("a:b/c")) == ["a", "a:b", "a:b/c", "b", "b/c", "c"]
    assert set(parts("group:/aws/x")) >= {"/aws/x", "aws/x", "group"}


def test_value_of_very_many_parts_is_left_to_the_comparison() -> None:
    index = Index([{"a"}, None])

    assert has_many_parts("/".join("a" * 50))
    assert index.positions({"b"}) == [1]
    assert index.positions({"a"}) == [0, 1]
    assert index.positions(None) == [0, 1]
