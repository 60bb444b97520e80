"""Which resources can carry tags is read from the SDKs, for any resource of theirs."""

from __future__ import annotations

import pulumi
import pytest

from shared.tagging import is_taggable, with_tags


@pytest.mark.parametrize(
    ("token", "taggable"),
    [
        ("aws:ec2/vpc:Vpc", True),
        ("aws:lambda/function:Function", True),
        ("aws:appautoscaling/target:Target", True),
        ("aws:appautoscaling/policy:Policy", False),
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", False),
        ("azure-native:machinelearningservices:OnlineEndpoint", True),
        ("azure-native:authorization:RoleAssignment", False),
        ("awsx:ec2:Vpc", False),
        ("inference:aws:Site", False),
        ("pulumi:pulumi:Stack", False),
        ("pulumi:providers:aws", False),
    ],
)
def test_is_taggable(token: str, taggable: bool) -> None:
    assert is_taggable(token) is taggable


def test_a_resources_own_tags_win_over_the_stacks() -> None:
    stack = {"owner": "platform", "stack": "ecs_service"}

    assert with_tags({"name": "x"}, stack) == {"name": "x", "tags": stack}
    assert with_tags({"tags": {"owner": "data"}}, stack)["tags"] == {"owner": "data", "stack": "ecs_service"}


def test_tags_that_are_known_later_win_too() -> None:
    seen: list[object] = []

    @pulumi.runtime.test
    def read() -> pulumi.Output[None]:
        tags = with_tags({"tags": pulumi.Output.from_input({"owner": "data"})}, {"owner": "platform", "stack": "web"})
        return tags["tags"].apply(seen.append)

    read()

    assert seen == [{"owner": "data", "stack": "web"}]
