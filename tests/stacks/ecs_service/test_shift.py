"""A service whose releases ECS shifts: what ECS moves meanwhile, and that no later run moves it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from gitops.records import Op, Operation
from gitops.run import serve_clouds
from rehearsal.inventory import Inventory
from tests.worlds import Life, list_changes, unprotect

CANARY = {"release.strategy": "canary", "release.steps": {"percent": 10, "wait": 300, "bake": 300}}
IMAGE, OTHER = (
    f"123456789012.dkr.ecr.us-east-1.amazonaws.com/ecs-service-dev@sha256:{digit * 64}" for digit in ("5", "6")
)
RULE, GROUP = "aws:lb/listenerRule:ListenerRule", "aws:lb/targetGroup:TargetGroup"
SERVICE, TASK = "aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition"


def traffic(life: Life) -> dict[str, int]:
    """The weight of each target group, by the end of its resource's name."""
    clouds = Inventory(life.sandbox.clouds)
    here = [entry for entry in clouds.of_type(GROUP) if f":{life.target.environment}::" in entry.urn]
    names = {entry.outputs["arn"]: entry.urn.rsplit("::", 1)[-1] for entry in here}
    (rule,) = clouds.of_type(RULE)
    return {names[group["arn"]]: group["weight"] for group in rule.inputs["actions"][0]["forward"]["targetGroups"]}


@pytest.mark.soak
def test_traffic_goes_there_and_back_and_no_run_takes_it_with_it(rehearse: Callable[[str], Life]) -> None:
    life = rehearse("ecs_service/dev")
    life.run(Operation.UPDATE, CANARY)
    assert traffic(life) == {"front": 0, "front-shift-alternate": 100}
    assert list_changes(life.run(Operation.DRIFT, CANARY)) == {}
    assert list_changes(life.run(Operation.UPDATE, CANARY)) == {}
    assert traffic(life) == {"front": 0, "front-shift-alternate": 100}

    released = {**CANARY, "service.image": IMAGE}
    assert list_changes(life.run(Operation.UPDATE, released)) == {
        f"{SERVICE} service": Op.UPDATE,
        f"{TASK} service": Op.REPLACE,
    }
    assert traffic(life) == {"front": 100, "front-shift-alternate": 0}

    with serve_clouds(replace(life.base, providers="", fault="ecs-alarm-turns-back")) as faulty:
        turned_back = replace(life, base=faulty).attempt(Operation.UPDATE, {**CANARY, "service.image": OTHER})
    assert turned_back.error
    assert "Deployment failed" in turned_back.error.message
    assert traffic(life) == {"front": 100, "front-shift-alternate": 0}

    back = list_changes(life.run(Operation.PREVIEW, {"service.image": IMAGE}))
    gone = {kind.split(" ")[0] for kind, op in back.items() if op is Op.DELETE}
    assert back[f"{SERVICE} service"] is Op.UPDATE
    assert gone >= {RULE, GROUP, "aws:iam/role:Role"}
    assert [name for name, op in back.items() if op is Op.REPLACE] == [f"{TASK} service"], "no listener, no group"

    state = life.sandbox.state / ".pulumi" / "stacks" / "ecs_service" / "dev.json"
    made = json.loads(state.read_text(encoding="utf-8"))["checkpoint"]["latest"]["resources"]
    (service,) = [each for each in made if each["type"] == SERVICE]
    assert service["customTimeouts"] == {"create": 1800, "update": 1800}, "20 minutes, and ten of pauses"

    unprotect(state)
    life.run(Operation.UPDATE, {"service.image": IMAGE})
    assert not list(Inventory(life.sandbox.clouds).of_type(RULE))
    assert list_changes(life.run(Operation.DRIFT, {"service.image": IMAGE})) == {}
    life.run(Operation.UPDATE, released)
    unprotect(state)
    life.run(Operation.DESTROY, released)
    assert not [entry for entry in Inventory(life.sandbox.clouds).of_type(SERVICE) if ":dev::" in entry.urn]
