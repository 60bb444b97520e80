"""AWS lookups. They find resources in the inventory, else external resources, which are assumed to exist.

A real program looks up resources that others created, such as a hosted zone, a certificate or a cluster. A rehearsal
has none of these, so it assumes that a matching one exists, for every type that a program could create. Its ids, ARNs
and addresses come from the type's facts, as for created resources. A list contains only resources created here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from rehearsal.aws import account, lists, route_tables
from rehearsal.aws.call_arguments import name_of
from rehearsal.aws.external import EXTERNAL
from rehearsal.aws.names import naming
from rehearsal.aws.template_words import AwsWords
from rehearsal.cloud import Call, PlannedResource
from rehearsal.provider.answers import digits, find, resource_of
from rehearsal.provider_facts import type_facts
from rehearsal.sdk.package import ResourceType

# Describes a resource as if this rehearsal had created it: maps a planned resource and requested id to id and outputs.
Made = Callable[[PlannedResource, str | None], tuple[str, dict[str, Any]]]


def look_up(call: Call, made: Made) -> dict[str, Any] | None:
    """Returns the lookup's result; None if there is no such resource and none may be assumed to exist."""
    token = call.kind.token
    if (listed := lists.kind_of(call)) is not None:
        return lists.list_entries(call, listed)
    if token == route_tables.TOKEN and (table := route_tables.of_subnet(call)):
        return _with_aliases(call, table.type, table.id, table.outputs)
    sought = _lookup(token).get("type") or resource_of(token)
    for entry in find(call, sought, _aliases(token, sought)):
        return _with_aliases(call, sought, entry.id, entry.outputs)
    if describe := EXTERNAL.get(token):
        return describe(call)
    if answer := answer_from_file(call, "external"):
        return answer
    kind = call.resource_type(sought)
    return _describe_external(call, kind, made) if kind else None


def answer_from_file(call: Call, table: Literal["answers", "external"]) -> dict[str, Any] | None:
    """Returns the function's templates from the service's file, rendered with its arguments; None if it has none."""
    name = call.kind.token.rpartition(":")[2]
    service = type_facts.service_of(call.kind.token)
    templates = service.answers.get(name) if table == "answers" else service.lookups.get(name, {}).get("external")
    if templates is None:
        return None
    kind = ResourceType(call.kind.token, call.kind.inputs, call.kind.outputs, "")
    planned = PlannedResource(kind, "", name_of(call), call.arguments, call.scope, call.config, digits(call, 64))
    return AwsWords(planned, account.region_of(call.arguments, call.config, call.scope)).render(templates)


def _describe_external(call: Call, kind: ResourceType, made: Made) -> dict[str, Any]:
    """The resource that a creation with the lookup's arguments would make."""
    aliases = _aliases(call.kind.token, kind.token)
    given = {
        name if name in kind.inputs else aliases.get(name, name): value
        for name, value in call.arguments.items()
        if value is not None
    }
    inputs = {name: value for name, value in given.items() if name in kind.inputs}
    rule = naming(kind)
    own = rule.input if rule else "name"
    name = name_of(call, *(argument for argument, output in aliases.items() if output == own), own)
    if own in kind.inputs:
        inputs.setdefault(own, name)
    planned = PlannedResource(kind, f"external::{kind.token}", name, inputs, call.scope, call.config, digits(call, 64))
    wanted = given.get("id")
    identity, outputs = made(planned, wanted if isinstance(wanted, str) else None)
    arn = given.get("arn")
    return _with_aliases(call, kind.token, identity, {**outputs, **({"arn": arn} if isinstance(arn, str) else {})})


def _lookup(token: str) -> Mapping[str, Any]:
    """The service file's entry for a function whose name or arguments differ from those of the resource."""
    return type_facts.service_of(token).lookups.get(token.rpartition(":")[2], {})


def _aliases(token: str, sought: str) -> dict[str, str]:
    """Maps arguments and results to outputs: `instanceId` of an instance to `id`, and so on, and the file's entries."""
    kind = sought.rpartition(":")[2]
    own = kind[:1].lower() + kind[1:]
    return {f"{own}Id": "id", f"{own}Arn": "arn", f"{own}Name": "name", **_lookup(token).get("arguments", {})}


def _with_aliases(call: Call, sought: str, identity: str, outputs: Mapping[str, Any]) -> dict[str, Any]:
    facts = {**outputs, "id": identity}
    aliases = _aliases(call.kind.token, sought)
    return {**{name: facts[output] for name, output in aliases.items() if output in facts}, **facts}
