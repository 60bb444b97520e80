"""Every target on disk is made and judged; production's are left alone, looked at and taken down as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from gitops.records import Op, Operation
from shared.tagging import is_taggable
from tests.stacks.golden import as_yaml, golden_path
from tests.stacks.inventory import inventory
from tests.stacks.order import too_early
from tests.stacks.rehearsal import TARGETS, Rehearsal, changed, of_type

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
def test_a_target_is_made_and_production_is_kept_and_taken_down(
    target: str, rehearse: Callable[[str], Rehearsal]
) -> None:
    life = rehearse(target)

    made = life.run(Operation.UPDATE, judged=True)
    assert set(changed(made).values()) == {Op.CREATE}
    assert made.findings == ()  # advice too: what the report says of a target is what the judge says of its recording
    assert too_early(made.steps) == []
    assert all(step.protect for kind in HELD for step in of_type(made, kind))
    assert [step.name for step in made.steps if is_taggable(step.type) and not set(step.inputs["tags"]) >= OWNED] == []
    written = golden_path(target).read_text(encoding="utf-8")
    assert as_yaml(inventory(made)) == written, "another inventory; if it is meant: python -m tests.stacks.golden"

    if not target.endswith("/prod"):
        return  # the others differ in numbers alone: how a stack is kept and taken down is seen once

    again = life.run(Operation.UPDATE)
    assert changed(again) == {}
    assert len(again.steps) == len(made.steps)

    seen = life.run(Operation.REFRESH)
    assert changed(seen) == {}

    life.run(Operation.UPDATE, {"availability.protected": False})
    gone = life.run(Operation.DESTROY)
    assert Counter(step.op for step in gone.steps) == {Op.DELETE: len(made.steps)}
