"""Every stack's program under the tests' own config, everywhere: what it makes, and that nobody objects."""

from __future__ import annotations

import pytest

from gitops.deploy import mismatch
from gitops.records import Op
from shared.tagging import is_taggable
from tests.stacks.configs import FOLDER, FULL, STACKS, TARGETS
from tests.stacks.golden import GOLDEN, found, golden
from tests.stacks.order import too_early
from tests.worlds import find_deployment, list_changes, of_type, programs

OWNED = {"owner", "cost_center", "data_class", "model", "stack", "environment", "managed_by"}
HELD = (
    "aws:sagemaker/endpoint:Endpoint",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:apigateway/restApi:RestApi",
    "aws:kms/key:Key",
    "azure-native:machinelearningservices:OnlineEndpoint",
    "azure-native:machinelearningservices:Workspace",
)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_is_made_owned_and_held(target: str) -> None:
    made = find_deployment(target)

    assert set(list_changes(made).values()) == {Op.CREATE}
    assert made.findings == ()  # advice too
    assert mismatch(programs(made.stack).record(target, "preview"), made) == ""
    assert too_early(made.steps) == []
    assert all(step.protect for kind in HELD for step in of_type(made, kind))
    assert [step.name for step in made.steps if is_taggable(step.type) and not set(step.inputs["tags"]) >= OWNED] == []


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_is_what_was_reviewed(target: str) -> None:
    stack, _, environment = target.partition("/")

    assert found(target) == golden(stack)[environment], f"if it is meant: python -m tests.stacks.golden {stack}"


@pytest.mark.parametrize("stack", STACKS)
def test_the_other_environments_are_told_by_their_differences(stack: str) -> None:
    """Else a golden would hold prod three times, and nobody could see what dev has that prod has not."""
    whole, *others = (len(str(part)) for part in golden(stack).values())

    assert next(iter(golden(stack))) == FULL
    assert all(other < whole / 2 for other in others)


def test_every_golden_is_of_a_config() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {path.stem for path in FOLDER.iterdir()}
