"""Defaults read from the SDK's documentation, and only those that are stated without condition."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.provider.check import check
from rehearsal.sdk.package import Sdk

AWS = Sdk("aws")


@pytest.mark.parametrize(
    ("token", "name", "value"),
    [
        ("aws:ec2/vpc:Vpc", "enableDnsSupport", True),
        ("aws:ec2/vpc:Vpc", "instanceTenancy", "default"),
        ("aws:rds/instance:Instance", "performanceInsightsRetentionPeriod", 7),
        ("aws:ecs/service:Service", "schedulingStrategy", "REPLICA"),
    ],
)
def test_a_stated_default_is_read_in_its_type(token: str, name: str, value: Any) -> None:
    assert AWS.resource(token).defaults[name] == value


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("aws:rds/instance:Instance", "storageType"),  # "io1" if iops is given, "gp2" if not
        ("aws:ec2/vpc:Vpc", "region"),  # "Defaults to the Region set in the provider configuration"
        ("aws:ec2/vpc:Vpc", "cidrBlock"),
    ],
)
def test_a_default_that_depends_is_not(token: str, name: str) -> None:
    assert name not in AWS.resource(token).defaults


@pytest.mark.parametrize("token", ["aws:lb/loadBalancer:LoadBalancer", "aws:lambda/function:Function"])
def test_every_default_would_pass_the_check(token: str) -> None:
    kind = AWS.resource(token)
    required = {name for name, prop in kind.inputs.items() if prop.required}
    assert {failure.path for failure in check(kind.defaults, kind.inputs)} <= required
