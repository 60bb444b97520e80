"""Properties whose place differs between Pulumi and CloudFormation, and values that the provider changes."""

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
"""For each type token, Pulumi's property paths and the corresponding CloudFormation paths."""


def as_sent(resource: Resource) -> Mapping[str, Any]:
    """Returns the inputs as terraform-provider-aws sends them (internal/service).

    The provider adds the quotation marks of a TXT record (route53/record.go). It omits the port, protocol and similar
    properties of a target group for a function (elbv2/target_group.go), on which cfn-lint would raise an exception.
    """
    if resource.type == "aws:route53/record:Record" and resource.text("type") in _QUOTED:
        quoted = [f'"{record}"' if isinstance(record, str) else record for record in resource.list("records")]
        return {**resource.inputs, "records": quoted} if quoted else resource.inputs
    if resource.type in _GROUPS and resource.text("targetType") == "lambda":
        return {name: value for name, value in resource.inputs.items() if name not in _OF_ADDRESSES}
    return resource.inputs
