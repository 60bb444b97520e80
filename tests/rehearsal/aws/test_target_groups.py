"""A target group belongs to one load balancer at a time, also while one replaces the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rehearsal.aws.target_groups import find_taken_group
from rehearsal.inventory import Entry, Inventory
from rehearsal.judge.rules.aws.balancing import LISTENERS, RULES

LISTENER, RULE, HERE = LISTENERS[0], RULES[0], "us-east-1"


def forward(*groups: str) -> list[dict[str, Any]]:
    return [{"type": "forward", "forward": {"targetGroups": [{"arn": group, "weight": 1} for group in groups]}}]


@pytest.fixture
def clouds(tmp_path: Path) -> Inventory:
    """An old balancer: its listener forwards to `blue`, a rule of it to `green`."""
    made = Inventory(tmp_path)
    listener = {"loadBalancerArn": "old", "defaultActions": [{"type": "forward", "targetGroupArn": "blue"}]}
    made.create(Entry(LISTENER, HERE, "one", "urn", inputs=listener, outputs={**listener, "arn": "one"}))
    made.create(Entry(RULE, HERE, "rule", "urn", inputs={"listenerArn": "one", "actions": forward("green")}))
    return made


@pytest.mark.parametrize(
    ("token", "inputs", "taken"),
    [
        (LISTENER, {"loadBalancerArn": "new", "defaultActions": forward("blue")}, "blue"),
        (LISTENER, {"loadBalancerArn": "new", "defaultActions": forward("other", "green")}, "green"),
        (LISTENER, {"loadBalancerArn": "new", "defaultActions": forward("other")}, ""),
        (LISTENER, {"loadBalancerArn": "new", "defaultActions": [{"type": "fixed-response"}]}, ""),
        (LISTENER, {"loadBalancerArn": "old", "defaultActions": forward("blue", "green")}, ""),
        (RULE, {"listenerArn": "one", "actions": forward("blue")}, ""),
        (RULE, {"listenerArn": "of another stack", "actions": forward("blue")}, ""),
        ("aws:lb/targetGroup:TargetGroup", {"loadBalancerArn": "new", "defaultActions": forward("blue")}, ""),
    ],
)
def test_a_group_of_another_balancer_is_taken(clouds: Inventory, token: str, inputs: Any, taken: str) -> None:
    assert find_taken_group(clouds, token, HERE, inputs) == taken
    assert find_taken_group(clouds, token, "eu-west-1", inputs) == ""


def test_a_group_is_free_when_the_old_listener_is_gone(clouds: Inventory) -> None:
    clouds.delete(LISTENER, HERE, "one")
    assert find_taken_group(clouds, LISTENER, HERE, {"loadBalancerArn": "new", "defaultActions": forward("blue")}) == ""
