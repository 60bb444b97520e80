"""The fork's own config is one that the contract accepts, in every environment."""

from __future__ import annotations

import pytest

from gitops.checkout.targets import Target, discover
from shared.validate import problems
from tests.worlds import ROOT


@pytest.mark.parametrize("target", discover(ROOT), ids=str)
def test_it_is_valid(target: Target) -> None:
    assert problems(target.folder(ROOT), target.environment) == []
