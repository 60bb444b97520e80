"""A target group belongs to one load balancer at a time, also while one replaces the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from rehearsal.aws.target_groups import find_taken_group
from rehearsal.inventory import Entry, Inventory
from rehearsal.judge.rules.aws.balancing import LISTENERS, RULES
from rehearsal.serve import providers
from rehearsal.values import to_struct

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


def test_the_listener_of_a_second_balancer_is_not_made(clouds: Inventory, tmp_path: Path) -> None:
    class Refused(Exception):
        pass

    class Context:
        def peer(self) -> str:
            return "here"

        def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
            raise Refused(details)

    inputs = {"loadBalancerArn": "new", "port": 80, "protocol": "HTTP", "defaultActions": forward("blue")}
    request = pb.CreateRequest(urn=f"urn:pulumi:dev::web::{LISTENER}::two", type=LISTENER, properties=to_struct(inputs))
    provider: Any = providers(tmp_path, HERE)["aws"]
    with pytest.raises(Refused, match="'blue' cannot be associated with more than one load balancer"):
        provider.Create(request, Context())
    clouds.delete(LISTENER, HERE, "one")
    assert provider.Create(request, Context()).id
