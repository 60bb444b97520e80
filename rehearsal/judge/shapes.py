"""Where CloudFormation keeps a property that Pulumi keeps elsewhere, and what the provider writes differently."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.judge.program import Resource
from rehearsal.tables import read_table

_QUOTED = ("TXT", "SPF")
_GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
_OF_ADDRESSES = ("port", "protocol", "protocolVersion", "vpcId")

MOVED: Mapping[str, Mapping[str, str]] = read_table(Path(__file__).with_name("moved.toml"))
"""For each type, Pulumi's path of a property → CloudFormation's."""


def as_sent(resource: Resource) -> Mapping[str, Any]:
    """The inputs as the provider sends them (terraform-provider-aws, internal/service).

    It writes the quotation marks of a text record (route53/record.go), and leaves out of a target group for a function
    what is for addresses (elbv2/target_group.go); on these cfn-lint ends with an exception, and judges nothing.
    """
    if resource.type == "aws:route53/record:Record" and resource.text("type") in _QUOTED:
        quoted = [f'"{one}"' if isinstance(one, str) else one for one in resource.list("records")]
        return {**resource.inputs, "records": quoted} if quoted else resource.inputs
    if resource.type in _GROUPS and resource.text("targetType") == "lambda":
        return {name: value for name, value in resource.inputs.items() if name not in _OF_ADDRESSES}
    return resource.inputs
