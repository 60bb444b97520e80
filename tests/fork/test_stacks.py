"""What every stack of this fork must hold in every environment, under the fork's own config; never a number."""

from __future__ import annotations

from collections import Counter

import pytest

from gitops.checkout.targets import discover
from gitops.deploy import mismatch
from gitops.records import Level, Op
from tests.worlds import ROOT, World, fork, list_changes

EVERY_TARGET = pytest.mark.parametrize("target", [str(target) for target in discover(ROOT)])


def lived(target: str) -> World:
    return fork(target.partition("/")[0])


@EVERY_TARGET
def test_it_is_made_and_no_mandatory_rule_objects(target: str) -> None:
    made = lived(target).record(target)

    assert set(list_changes(made).values()) == {Op.CREATE}
    assert [finding for finding in made.findings if finding.level is Level.MANDATORY] == []


@EVERY_TARGET
def test_what_is_done_is_what_was_shown(target: str) -> None:
    assert mismatch(lived(target).record(target, "preview"), lived(target).record(target)) == ""


@EVERY_TARGET
def test_a_second_run_changes_nothing(target: str) -> None:
    again = lived(target).record(target, "again")

    assert list_changes(again) == {}
    assert len(again.steps) == len(lived(target).record(target).steps)


@EVERY_TARGET
def test_the_clouds_hold_what_the_state_says(target: str) -> None:
    assert list_changes(lived(target).record(target, "drift")) == {}


@EVERY_TARGET
def test_it_is_destroyed_and_nothing_stays(target: str) -> None:
    made, gone = lived(target).record(target), lived(target).record(target, "destroy")

    assert Counter(step.op for step in gone.steps) == {Op.DELETE: len(made.steps)}
    assert {resource["type"] for resource in lived(target).resources(target)} <= {"pulumi:pulumi:Stack"}
