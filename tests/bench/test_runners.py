"""The simulated runners take legs as GitHub's do, or the page's figures mean nothing."""

from __future__ import annotations

from gitops.checkout.targets import Target
from tests.bench.runners import SETUP, measure, simulate, spend

LEGS = tuple((Target(stack, "dev"),) for stack in "abc")
SECONDS = {"a/dev": 30.0, "b/dev": 20.0, "c/dev": 10.0}


def test_a_free_runner_takes_the_next_leg() -> None:
    assert simulate(LEGS, SECONDS, 1) == 3 * SETUP + 60
    assert simulate(LEGS, SECONDS, 2) == 2 * SETUP + 30
    assert simulate(LEGS, SECONDS, 16) == SETUP + 30
    assert spend([30, 20, 10, 5]) == 35, "two at a time"


def test_a_change_of_what_all_import_reaches_all_and_more_runners_are_never_slower() -> None:
    found = measure(100, [4.0, 9.0])

    assert (found.targets, found.legs) == (300, 100)
    assert sorted(found.whole.values(), reverse=True) == [*found.whole.values()]
    assert found.impact < 10
