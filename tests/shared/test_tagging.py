"""Which resources can carry tags is read from the SDKs, for any resource of theirs."""

from __future__ import annotations

import pytest

from shared.tagging import is_taggable


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
