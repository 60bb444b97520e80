"""Lookups of AWS: what the inventory holds, else what a program may expect to find in its account.

A real program looks up what others made: a hosted zone, a certificate, a cluster. A rehearsal has no others, so one
that fits the question is assumed to exist, of any type that a program could make: its ids, ARNs and addresses are those
that the same tables give a resource of the rehearsal's own. A list holds only what was made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.aws import lists, route_tables
from rehearsal.aws.call_arguments import name_of
from rehearsal.aws.external import EXTERNAL
from rehearsal.aws.names import naming
from rehearsal.cloud import Call, PlannedResource
from rehearsal.provider.answers import digits, find, resource_of
from rehearsal.provider_facts import type_facts
from rehearsal.sdk.package import ResourceType

# What a resource would be, had this rehearsal made it: a planned resource and the id asked for → its id and outputs.
Made = Callable[[PlannedResource, str | None], tuple[str, dict[str, Any]]]


def look_up(call: Call, made: Made) -> dict[str, Any] | None:
    """What is found, or None where there is nothing of the kind and nothing may be assumed."""
    token = call.kind.token
    if (listed := lists.kind_of(call)) is not None:
        return lists.listed(call, listed)
    if token == route_tables.TOKEN and (found := route_tables.of_subnet(call)):
        return _told(call, found.type, found.id, found.outputs)
    sought = _lookup(token).get("type") or resource_of(token)
    for entry in find(call, sought, _aliases(token, sought)):
        return _told(call, sought, entry.id, entry.outputs)
    if describe := EXTERNAL.get(token):
        return describe(call)
    kind = call.resource_type(sought)
    return _describe_external(call, kind, made) if kind else None


def _describe_external(call: Call, kind: ResourceType, made: Made) -> dict[str, Any]:
    """The resource as it would be, had it been made with what is asked for."""
    aliases = _aliases(call.kind.token, kind.token)
    asked = {
        name if name in kind.inputs else aliases.get(name, name): value
        for name, value in call.arguments.items()
        if value is not None
    }
    inputs = {name: value for name, value in asked.items() if name in kind.inputs}
    rule = naming(kind)
    own = rule.input if rule else "name"
    name = name_of(call, *(argument for argument, output in aliases.items() if output == own), own)
    if own in kind.inputs:
        inputs.setdefault(own, name)
    planned = PlannedResource(kind, f"external::{kind.token}", name, inputs, call.scope, call.config, digits(call, 64))
    identity = asked.get("id")
    found, outputs = made(planned, identity if isinstance(identity, str) else None)
    arn = asked.get("arn")
    return _told(call, kind.token, found, {**outputs, **({"arn": arn} if isinstance(arn, str) else {})})


def _lookup(token: str) -> Mapping[str, Any]:
    """What its service's file says of a function whose name or arguments are not those of the resource."""
    return type_facts.service_of(token).lookups.get(token.rpartition(":")[2], {})


def _aliases(token: str, sought: str) -> dict[str, str]:
    """Argument or result → output: `instanceId` of an instance is its id; then this function's own."""
    kind = sought.rpartition(":")[2]
    own = kind[:1].lower() + kind[1:]
    return {f"{own}Id": "id", f"{own}Arn": "arn", f"{own}Name": "name", **_lookup(token).get("arguments", {})}


def _told(call: Call, sought: str, identity: str, outputs: Mapping[str, Any]) -> dict[str, Any]:
    facts = {**outputs, "id": identity}
    aliases = _aliases(call.kind.token, sought)
    return {**{name: facts[output] for name, output in aliases.items() if output in facts}, **facts}
