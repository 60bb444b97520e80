"""References to a resource of another kind: a load balancer for a target group, a role for an instance profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.provider_facts import paths
from rehearsal.tables import read_table
from rehearsal.values import UNKNOWN

_WRONG = read_table(Path(__file__).with_name("kinds.toml"))


@rule(*_WRONG, source="https://docs.aws.amazon.com/general/latest/gr/aws-arns-and-namespaces.html")
def reference_of_the_right_kind(it: Resource, program: Program) -> Found:
    for listed, wrong in _WRONG[it.type].items():
        for path in _expand(it, listed):
            value = it.get(path)
            sources = [program.by_urn[urn] for urn in it.sources.get(paths.names(path)[0], ()) if urn in program.by_urn]
            unknown = value is UNKNOWN or (isinstance(value, list) and UNKNOWN in value)
            if unknown and sources and all(source.type in wrong["kinds"] for source in sources):
                yield path, f"{wrong['message']} Found {', '.join(repr(source.name) for source in sources)}"


_PREFIXES = {
    "subnetId": ("subnet-", "aws:ec2/subnet:Subnet"),
    "subnetIds": ("subnet-", "aws:ec2/subnet:Subnet"),
    "subnets": ("subnet-", "aws:ec2/subnet:Subnet"),
    "vpcZoneIdentifiers": ("subnet-", "aws:ec2/subnet:Subnet"),
    "vpcId": ("vpc-", "aws:ec2/vpc:Vpc"),
    "securityGroupIds": ("sg-", "aws:ec2/securityGroup:SecurityGroup"),
    "vpcSecurityGroupIds": ("sg-", "aws:ec2/securityGroup:SecurityGroup"),
}


@rule("aws:*", source="https://github.com/hashicorp/terraform-provider-aws/issues/6104")
def value_is_the_id(it: Resource, program: Program) -> Found:
    """Refuses a resource's name, ARN or range in place of its ID, and its name in place of its ARN."""
    for path, key, text in _texts(it.inputs):
        sources = [program.by_urn[urn] for urn in it.sources.get(paths.names(path)[0], ()) if urn in program.by_urn]
        prefix, kind = _PREFIXES.get(key, ("", ""))
        if prefix and not text.startswith(prefix) and any(source.type == kind for source in sources):
            yield path, f'InvalidParameterValue: Invalid id: "{text}" (expecting "{prefix}...")'
        named = key == "arn" or (key.endswith(("Arn", "Arns")) and key != "taskDefinitionArn")
        others = [source for source in sources if named and ":kms/" not in source.type]
        own = None if text.startswith("arn:") else next((one for one in others if text in _names(one)), None)
        if own:
            yield path, f"invalid value: ({text}) is an invalid ARN: arn: invalid prefix: take the ARN of {own.name!r}"


def _names(it: Resource) -> set[str]:
    return {value for value in (*it.inputs.values(), *it.outputs.values(), it.id) if isinstance(value, str) and value}


def _texts(value: Any, path: str = "", key: str = "") -> Iterator[tuple[str, str, str]]:
    """Yields the texts inside the inputs, each with its path and the last name of it."""
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield from _texts(inside, f"{path}.{name}" if path else str(name), str(name))
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            yield from _texts(inside, f"{path}[{index}]", key)
    elif isinstance(value, str) and value and value is not UNKNOWN:
        yield path, key, value


def _expand(it: Resource, path: str) -> Iterator[str]:
    """Yields the path, with `[*]` in it the path of every item of the list."""
    before, star, after = path.partition("[*]")
    yield from (f"{place}{after}" for place, _ in it.blocks(before)) if star else [path]
