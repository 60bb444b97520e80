"""References to a resource of another kind: a load balancer for a target group, a role for an instance profile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.provider_facts import paths, type_facts
from rehearsal.tables import read_table
from rehearsal.values import UNKNOWN

_WRONG = read_table(Path(__file__).with_name("kinds.toml"))
_IDS = read_table(Path(__file__).with_name("ids.toml"))
_BEGINNINGS = frozenset(beginning for allowed in _IDS["ids"].values() for beginning in allowed) | {"i"}
_ID = re.compile(r"([a-z]+)-(?:[0-9a-f]{8}|[0-9a-f]{17})")
_OF_A_REGION = (
    *_IDS["types"],
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/routeTable:RouteTable",
    "aws:lb/listener:Listener",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/targetGroup:TargetGroup",
)
_ARN = re.compile(r"arn:[^:]+:(iam|elasticloadbalancing):[^:]*:[^:]*:([a-z-]+)/.+")


@rule(*_WRONG, source="https://docs.aws.amazon.com/general/latest/gr/aws-arns-and-namespaces.html")
def reference_of_the_right_kind(it: Resource, program: Program) -> Found:
    for listed, wrong in _WRONG[it.type].items():
        for path in _expand(it, listed):
            value = it.get(path)
            sources = [program.by_urn[urn] for urn in it.sources.get(paths.names(path)[0], ()) if urn in program.by_urn]
            unknown = value is UNKNOWN or (isinstance(value, list) and UNKNOWN in value)
            if unknown and sources and all(source.type in wrong["kinds"] for source in sources):
                yield path, f"{wrong['message']} Found {', '.join(repr(source.name) for source in sources)}"


@rule("aws:*", source="https://github.com/hashicorp/terraform-provider-aws/issues/6104")
def value_is_the_id(it: Resource, program: Program) -> Found:
    """Refuses a resource's name, ARN or range in place of its ID, and its name in place of its ARN."""
    for path, key, text in _texts(it.inputs):
        sources = [program.by_urn[urn] for urn in it.sources.get(paths.names(path)[0], ()) if urn in program.by_urn]
        for beginning in _IDS["ids"].get(key, ()) if not _ID.fullmatch(text) else ():
            if any(_IDS["types"].get(source.type) == beginning for source in sources):
                yield path, f'InvalidParameterValue: Invalid id: "{text}" (expecting "{beginning}-...")'
        named = key == "arn" or (key.endswith(("Arn", "Arns")) and key != "taskDefinitionArn")
        others = [source for source in sources if named and ":kms/" not in source.type]
        own = None if text.startswith("arn:") else next((one for one in others if text in _names(one)), None)
        if own:
            yield path, f"invalid value: ({text}) is an invalid ARN: arn: invalid prefix: take the ARN of {own.name!r}"


@rule("aws:*", source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
def identity_is_of_its_kind(it: Resource) -> Found:
    """Refuses the id or the ARN of something else, for example a VPC's id in place of a subnet's."""
    for path, key, text in _texts(it.inputs):
        found, arn = _ID.fullmatch(text), _ARN.fullmatch(text)
        allowed = _IDS["ids"].get(key, ()) if found else _IDS["arns"].get(key, ()) if arn else ()
        kind = found[1] if found else f"{arn[1]}:{arn[2]}" if arn else ""
        if allowed and (arn or kind in _BEGINNINGS) and kind not in allowed:
            expected = " or ".join(f"{beginning}-…" if found else beginning for beginning in allowed)
            yield path, f"InvalidParameterValue: invalid value for parameter: found {text!r}, expected {expected}"


@rule("aws:*", source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
def identity_is_of_the_same_region(it: Resource, program: Program) -> Found:
    """Refuses a subnet, a security group, a load balancer and the like that is in another region."""
    if not _is_regional(it):
        return
    for key in it.inputs:
        for other in program.refers(it, key, *_OF_A_REGION) if key in _IDS["ids"] or key in _IDS["arns"] else ():
            if other.urn in it.sources.get(key, ()) and other.region != it.region and other.region and it.region:
                yield key, f"InvalidParameterValue: {other.name!r} is in {other.region}, and this is in {it.region}"


def _is_regional(it: Resource) -> bool:
    return type_facts.of(it.type).regional and type_facts.service_of(it.type).regional


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
