"""The fifteen targets as they are have no finding; broken in one property, they have the right one."""

from __future__ import annotations

import pytest

from gitops.targets import discover
from policies.rules import catalogue
from tests.policies.mutations import INVENTORIES, inventory, missed, mutations, said_of, targets
from tests.policies.record import ROOT

SHARE = 0.95


def test_every_target_is_recorded_and_nothing_else() -> None:
    assert targets() == sorted(str(target) for target in discover(ROOT)), "run `python -m tests.policies.record`"
    assert INVENTORIES.is_dir()


@pytest.mark.parametrize("target", targets())
def test_untouched_target_has_no_finding(target: str) -> None:
    assert said_of(target, inventory(target)) == []


@pytest.mark.parametrize("target", targets())
def test_breaks_of_a_target_are_found_by_the_right_rule(target: str) -> None:
    every = [mutation for mutation in mutations() if mutation.target == target]
    lost = [str(mutation) for mutation in missed(target)]

    assert len(every) >= 10
    assert len(lost) <= (1 - SHARE) * len(every), lost


def test_there_are_enough_breaks_and_they_reach_most_rules() -> None:
    broken = {mutation.change.rule for mutation in mutations()}

    assert len(mutations()) >= 200
    assert len(broken) >= 0.85 * len(catalogue())
    assert broken <= {rule.name for rule in catalogue()}


def test_a_break_is_one_property_away() -> None:
    target = "sagemaker_endpoint/prod"
    untouched = inventory(target)
    for mutation in (each for each in mutations() if each.target == target):
        broken = mutation.change.applied(untouched)
        assert [key for key in untouched if broken.get(key) != untouched[key]] == [mutation.change.resource]
