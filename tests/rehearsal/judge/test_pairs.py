"""What a cloud refuses is refused, with its words; the corrected twin is not. No engine runs: the judges are asked."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from rehearsal.judge.documents import read as read_program
from rehearsal.judge.lint import Linter, lint
from rehearsal.judge.rules import judge_alone, judge_together
from rehearsal.provider.check import check as check_types
from rehearsal.provider_facts import check as check_values
from rehearsal.sdk.package import Sdk
from rehearsal.values import from_json
from tests.rehearsal.judge.pairs import Pair, read, read_accepted

PAIRS = read()
SDK = cache(Sdk)


@cache
def linter() -> Linter:
    return Linter()


def refusals(states: list[dict[str, Any]]) -> list[str]:
    """What the provider's Check says of each resource; where it says nothing, what the judge says of all of them."""
    alone = [told for state in states if state.get("custom") for told in check(state["type"], state["inputs"])]
    if alone:
        return alone
    program = read_program(states)
    return [str(one) for one in (*judge_together(program), *lint(program, linter()))]


def check(token: str, inputs: dict[str, Any]) -> list[str]:
    given = from_json(inputs)
    failures = check_types(given, SDK(token.partition(":")[0]).resource(token).inputs)
    return list(map(str, failures or check_values(token, given) or list(judge_alone(token, given))))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name.replace(" ", "-"))
def test_a_mistake_is_refused_and_its_correction_is_not(pair: Pair) -> None:
    assert refusals(pair.twin()) == []
    told = refusals(pair.refused())
    assert any(pair.says.lower() in one.lower() for one in told), told


@pytest.mark.parametrize(
    "states", [pytest.param(states, id=name.replace(" ", "-")) for name, states in read_accepted().items()]
)
def test_what_the_clouds_accept_is_not_refused(states: list[dict[str, Any]]) -> None:
    assert refusals(states) == []


def test_pairs_are_many_and_documented() -> None:
    assert len(PAIRS) >= 60
    assert all(pair.source.startswith("https://") for pair in PAIRS)
