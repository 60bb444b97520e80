"""Which updates of an ECS service move its balancer's traffic, and what a listener rule then says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.aws.traffic import RULES, SERVICE, shift, shift_traffic
from rehearsal.inventory import Entry, Inventory

ADVANCED = {"alternateTargetGroupArn": "green", "productionListenerRule": "rule", "roleArn": "role"}
INPUTS = {
    "deploymentConfiguration": {"strategy": "CANARY"},
    "loadBalancers": [{"targetGroupArn": "blue", "advancedConfiguration": ADVANCED}],
    "taskDefinition": "one",
}
WEIGHTED = {
    "type": "forward",
    "order": 1,
    "forward": {"targetGroups": [{"arn": "blue", "weight": 1}, {"arn": "green", "weight": 0}]},
}


def entry(kind: str, inputs: dict[str, Any], scope: str = "us-east-1", **outputs: Any) -> Entry:
    return Entry(kind, scope, outputs.get("arn", "id"), "urn", "", inputs, {**inputs, **outputs})


def weights(clouds: Inventory, scope: str = "us-east-1") -> list[dict[str, int]]:
    """The weights of each forward by group, as inputs and as outputs hold them."""
    rule = clouds.find(RULES[0], scope, "rule")
    assert rule
    told = [part["actions"][0]["forward"]["targetGroups"] for part in (rule.inputs, rule.outputs)]
    return [{group["arn"]: group["weight"] for group in groups} for groups in told]


@pytest.fixture
def clouds(tmp_path: Path) -> Inventory:
    made = Inventory(tmp_path)
    for scope in ("us-east-1", "eu-west-1"):
        made.create(entry(RULES[0], {"actions": [WEIGHTED]}, scope, arn="rule"))
    return made


def test_every_deployment_ends_at_the_other_group(clouds: Inventory) -> None:
    service = entry(SERVICE, INPUTS)
    shift_traffic(clouds, None, service)
    assert weights(clouds) == [{"blue": 0, "green": 100}] * 2
    shift_traffic(clouds, service, replace(service, inputs={**INPUTS, "taskDefinition": "two"}))
    assert weights(clouds) == [{"blue": 100, "green": 0}] * 2
    assert weights(clouds, "eu-west-1") == [{"blue": 1, "green": 0}] * 2


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [
        (INPUTS, {**INPUTS, "desiredCount": 5}, False),
        (INPUTS, {**INPUTS, "desiredCount": 5, "forceNewDeployment": True}, True),
        (INPUTS, {**INPUTS, "taskDefinition": "two", "deploymentConfiguration": {"strategy": "ROLLING"}}, False),
        (INPUTS, {**INPUTS, "taskDefinition": "two", "deploymentConfiguration": {"strategy": "LINEAR"}}, True),
        (INPUTS, {**INPUTS, "taskDefinition": "two", "deploymentConfiguration": {"strategy": "BLUE_GREEN"}}, True),
        (INPUTS, {**INPUTS, "taskDefinition": "two", "loadBalancers": [{"targetGroupArn": "blue"}]}, False),
        (INPUTS, {"taskDefinition": "two"}, False),
    ],
)
def test_traffic_moves_with_a_deployment_that_shifts_it(
    clouds: Inventory, before: dict[str, Any], after: dict[str, Any], moves: bool
) -> None:
    shift_traffic(clouds, entry(SERVICE, before), entry(SERVICE, after))
    assert weights(clouds) == ([{"blue": 0, "green": 100}] * 2 if moves else [{"blue": 1, "green": 0}] * 2)


def test_what_is_no_service_moves_nothing(clouds: Inventory) -> None:
    shift_traffic(clouds, None, entry("aws:ecs/taskSet:TaskSet", INPUTS))
    assert weights(clouds) == [{"blue": 1, "green": 0}] * 2


def test_a_plain_forward_becomes_a_weighted_one() -> None:
    plain = {"type": "forward", "targetGroupArn": "blue", "order": 1}
    weighted = [{"arn": "blue", "weight": 0}, {"arn": "green", "weight": 100}]
    assert shift(plain, "blue", "green") == {"type": "forward", "order": 1, "forward": {"targetGroups": weighted}}


def test_a_group_whose_weight_is_not_written_serves() -> None:
    group = {"type": "forward", "forward": {"targetGroups": [{"arn": "blue"}]}}
    told = shift(group, "blue", "green")["forward"]["targetGroups"]
    assert told == [{"arn": "blue", "weight": 0}, {"arn": "green", "weight": 100}]


def test_other_actions_and_what_else_a_forward_says_stay() -> None:
    redirect = {"type": "redirect", "redirect": {"statusCode": "HTTP_301"}}
    assert shift(redirect, "blue", "green") == redirect
    sticky = {**WEIGHTED, "forward": {**WEIGHTED["forward"], "stickiness": {"enabled": False}}}
    moved = shift(sticky, "blue", "green")
    assert moved["order"] == 1
    assert moved["forward"]["stickiness"] == {"enabled": False}
