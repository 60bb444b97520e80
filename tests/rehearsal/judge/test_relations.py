"""The relations of the types' files: each mistake is refused with its words, its correction is not. No linter runs."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from rehearsal.judge.conditions import Condition, Place
from rehearsal.judge.documents import read as read_program
from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Refusal
from rehearsal.judge.relations import Relation, rules_of
from rehearsal.judge.rules import judge_alone, judge_together
from rehearsal.provider.check import check as check_types
from rehearsal.provider.combinations import check_combinations
from rehearsal.provider_facts import check as check_values
from rehearsal.sdk.package import Sdk
from rehearsal.values import UNKNOWN, from_json
from tests.files import read_yaml
from tests.rehearsal.judge.pairs import FOLDER, Pair
from tests.rehearsal.provider_facts import tokens

# an SDK module defines its deprecated aliases with a warning each
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
PAIRS = [Pair(name, "", **pair) for name, pair in read_yaml(FOLDER.with_name("relations.yaml")).items()]
SDK = cache(Sdk)


def refusals(states: list[dict[str, Any]]) -> list[str]:
    """What the provider's Check says of each resource, and the rules of all of them."""
    alone: list[Any] = []
    for token, inputs in ((state["type"], from_json(state["inputs"])) for state in states if state.get("custom")):
        kind = SDK(token.partition(":")[0]).resource(token)
        alone += [*check_types(inputs, kind.inputs), *check_values(token, inputs), *judge_alone(token, inputs)]
        alone += check_combinations(kind, inputs) if token.startswith("aws:") else ()
    return [str(one) for one in (*alone, *judge_together(read_program(states)))]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name.replace(" ", "-"))
def test_a_mistake_is_refused_and_its_correction_is_not(pair: Pair) -> None:
    assert refusals(pair.twin()) == []
    told = refusals(pair.refused())
    assert any(pair.says in one for one in told), told


def relations() -> list[tuple[str, Relation]]:
    every = [
        (token, rule) for package in ("aws", "azure-native") for token in tokens(package) for rule in rules_of(token)
    ]
    return [(token, one) for token, one in every if isinstance(one, Relation)]


def test_every_relation_is_well_formed() -> None:
    """Its conditions can be read, its properties are the SDK's, and it says where it comes from."""
    problems: list[str] = []
    for token, relation in relations():
        known = set(SDK(token.partition(":")[0]).resource(token).inputs)
        conditions = [*(Condition(text) for text in (*relation.when, *relation.expect))]
        counted = (relation.exclusive, relation.one_of, relation.some_of)
        told = re.findall(r"\{([\w./@>:-]+)\}", relation.says)
        groups = (*counted, relation.distinct, relation.alike, relation.awaits, told)
        paths = [*(condition.path for condition in conditions), *(path for group in groups for path in group)]
        first = {at or "/" for at in relation.objects} | {
            path for path in paths if not relation.at or path.startswith("/")
        }
        names = {path.lstrip("/").partition("->")[0].partition(".")[0] for path in first} - {""}
        common = {"name", "namePrefix", "bucket", "bucketPrefix", "identity"}
        facts = {"@new", "@region", "@location"}
        problems += [f"{token}: {name!r} is no property" for name in sorted(names - known - common - facts)]
        if not relation.source.startswith("https://") or not paths:
            problems.append(f"{token}: {relation}")
    assert problems == []


def judged(text: str, inputs: dict[str, Any]) -> bool | None:
    return Condition(text).holds(Place("", Resource("", "", inputs), Resource("", "", inputs)))


@pytest.mark.parametrize(
    ("text", "inputs", "holds"),
    [
        ("a", {"a": 0}, True),
        ("a", {"a": False}, False),
        ("a", {"a": UNKNOWN}, True),
        ("!a.b", {"a": [{}, {"b": 1}]}, False),
        ("a = 1|2", {"a": "2"}, True),
        ("a = 1|2", {"a": UNKNOWN}, None),
        ("a = 1", {}, False),
        ("a? = 1", {}, True),
        ("a? = 1", {"a": 2}, False),
        ("a != x", {}, True),
        ("a = x", {"a": ["x", "y"]}, True),
        ("a in x", {"a": ["x", "y"]}, False),
        ("a in x", {"a": ["x", UNKNOWN]}, None),
        ("a in x", {"a": ["y", UNKNOWN]}, False),
        ("a ~ ^x", {"a": ["x1", "y"]}, False),
        ("#a <= 1", {"a": [1, 2]}, False),
        ("#a <= 1", {}, True),
        ("a <= $b", {"a": 2, "b": "10"}, True),
        ("a <= $b", {"a": 2, "b": UNKNOWN}, None),
        ("a > $b", {"a": "2026-01-02T00:00:00Z", "b": "2026-01-01T00:00:00Z"}, True),
        ("a >= $b", {"a": "PT10M", "b": "PT1H"}, False),
        ("a < P1D", {"a": "PT23H59M59.5S"}, True),
        ("a < PT5M", {"a": "soon"}, None),
        ("a.id in $b.id", {"a": {"id": "x"}, "b": [{"id": "y"}, {"id": "x"}]}, True),
        ("a->sqs/queue:Queue.name = x", {"a": "x"}, None),
        ("a->sqs/queue:Queue", {"a": "x"}, None),
        ("a->sqs/queue:Queue.@region = eu-west-1", {"a": "x"}, None),
        ("@location = westeurope", {"location": "West Europe"}, True),
        ("@location = westeurope", {}, None),
        ("@region = eu-west-1", {}, None),
        ("@new", {}, True),
        ("a = false", {"a": False}, True),
        ("a = false", {}, False),
        ("a != false", {}, True),
        ("a->sqs/queue:Queue.b->sqs/queue:Queue.c = x", {"a": "x"}, None),
        ("a.b in x", {"a": '[{"b": "x"}, {"b": "y"}]'}, False),
        ("a.b", {"a": "no JSON"}, False),
        ("a ~ ^${b.c}-", {"a": "x.y-1", "b": {"c": "x.y"}}, True),
        ("a ~ ^${b.c}-", {"a": "x-y-1", "b": {"c": "x.y"}}, False),
        ("a ~ ^${b}", {"a": "x", "b": UNKNOWN}, None),
        ("a.b", {"a": UNKNOWN}, None),
        ("!a.b", {"a": [UNKNOWN]}, None),
        ("a.b", {"a": {"b": UNKNOWN}}, True),
        ("!a->sqs/queue:Queue<-sqs/queue:Queue.b", {"a": "x"}, None),
    ],
)
def test_a_condition_holds_or_fails_only_where_that_is_sure(text: str, inputs: Any, holds: bool | None) -> None:
    assert judged(text, inputs) is holds


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("a->x:Y.b", True),
        ("@new", True),
        ("@location = x", False),
        ("a ~ ^${@region}", True),
        ("!a->x:Y<-x:Z.b", True),
        ("a in $b->x:Y.c", True),
        ("a in $b.c", False),
        ("a", False),
    ],
)
def test_a_condition_that_follows_a_reference_waits_for_the_program(text: str, follows: bool) -> None:
    assert Condition(text).follows is follows


def test_a_text_that_is_no_condition_is_refused() -> None:
    with pytest.raises(ValueError, match="found 'a b c', expected a condition like"):
        judged("a b c", {})


def test_a_relation_says_where_what_was_found_and_what_is_expected() -> None:
    relation = Relation(
        "aws/types/x.toml", at="a.b", when=("kind = K",), expect=("size <= 3",), says="Wrong {kind} {size}", source="S"
    )
    inputs = {"a": '[{"b": {"kind": "K", "size": 4}}, {"b": {"kind": "L", "size": 5}}]'}

    told = list(relation.refusals(Resource("urn", "t", inputs), None))

    assert told == [Refusal("a[0].b.size", "Wrong K 4: found 4, expected at most 3", "S", "aws/types/x.toml", "urn")]


def test_values_of_several_lists_differ_together() -> None:
    relation = Relation("x.toml", distinct=("a.name", "b.name"))
    inputs = {"a": [{"name": "x"}, {"name": "y"}], "b": [{"name": "x"}, {"name": UNKNOWN}, {"name": UNKNOWN}]}

    told = list(relation.refusals(Resource("", "t", inputs), None))

    assert [(one.path, one.message) for one in told] == [("b.name", "'x' is there more than once")]


def test_resources_are_alike_where_their_values_come_from_one_resource() -> None:
    relation = Relation("x.toml", alike=("b", "a->"))
    sources = [("one",), ("one",), ("two",), ("one", "two"), ("one", "two")]
    made = [
        Resource(f"urn::{index}", "t:t:T", {"a": UNKNOWN, "b": ["x", "y"][:: 1 if index else -1]}, sources={"a": urns})
        for index, urns in enumerate(sources)
    ]

    told = [refusal for resource in made for refusal in relation.refusals(resource, Program(made))]

    assert [(one.path, one.message, one.urn) for one in told] == [("a", "found the same in '0'", "urn::1")]


def test_the_rules_of_a_type_are_listed_once() -> None:
    assert rules_of("aws:ec2/route:Route") is rules_of("aws:ec2/route:Route")
    assert rules_of("mine:Thing") == ()
