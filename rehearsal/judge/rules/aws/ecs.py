"""ECS task definitions and their containers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.judge.program import Resource, as_number
from rehearsal.judge.refusal import Found, rule
from rehearsal.provider_facts import registry

TASK = "aws:ecs/taskDefinition:TaskDefinition"
_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"
_INVALID = "ClientException"
_JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


def containers(task: Resource) -> list[Mapping[str, Any]]:
    """Returns the container definitions in the task's JSON text; an empty list if the text is unknown."""
    try:
        definitions = json.loads(task.text("containerDefinitions") or "[]")
    except ValueError:
        return []
    return (
        [definition for definition in definitions if isinstance(definition, Mapping)]
        if isinstance(definitions, list)
        else []
    )


def list_objects(container: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [one for one in container.get(name) or () if isinstance(one, Mapping)]


@rule(TASK, source=f"{_API}/API_RegisterTaskDefinition.html")
def container_definitions_are_json(it: Resource) -> Found:
    text = it.text("containerDefinitions")
    try:
        definitions = json.loads(text or "[]")
    except ValueError as error:
        message = "ECS Task Definition container_definitions is invalid: Error decoding JSON"
        yield "containerDefinitions", f"{message}: {error}"
        return
    if not isinstance(definitions, list):
        yield "containerDefinitions", "ECS Task Definition container_definitions is invalid: expected a JSON list"


@rule(
    TASK, source="https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/task_definition.go"
)
def values_of_the_right_type(it: Resource) -> Found:
    """The provider decodes the JSON into Go types, so a text is refused for a number and a number for a text."""
    root = registry.schema("AWS::ECS::TaskDefinition")
    node = registry.resolve(root.get("properties", {}).get("ContainerDefinitions", {}), root).get("items", {})
    for container in containers(it):
        for path, wanted, value in _list_mistyped("", container, registry.resolve(node, root), root):
            message = (
                "ECS Task Definition container_definitions is invalid: Error decoding JSON: json: cannot unmarshal"
            )
            yield "containerDefinitions", f"{message} {json.dumps(value)} of {path} into type {wanted}"


def _list_mistyped(
    path: str, value: Any, node: Mapping[str, Any], root: dict[str, Any]
) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, Mapping):
        known = {name.lower(): inside for name, inside in node.get("properties", {}).items()}
        each = next(iter(node.get("patternProperties", {}).values()), {})
        for name, item in value.items():
            inside = registry.resolve(known.get(name.lower(), each), root)
            yield from _list_mistyped(f"{path}.{name}".lstrip("."), item, inside, root)
    elif isinstance(value, list):
        for item in value:
            yield from _list_mistyped(path, item, registry.resolve(node.get("items", {}), root), root)
    elif node.get("type") in _JSON_TYPES and value is not None:
        if isinstance(value, bool) is not (node["type"] == "boolean") or not isinstance(
            value, _JSON_TYPES[node["type"]]
        ):
            yield path, node["type"], value


@rule(TASK, source=f"{_API}/API_ContainerDefinition.html")
def dependencies_of_containers(it: Resource) -> Found:
    made = containers(it)
    for container in made:
        for link in list_objects(container, "dependsOn"):
            other = next((named for named in made if named.get("name") == link.get("containerName")), None)
            if other is None:
                continue
            if link.get("condition") in ("SUCCESS", "COMPLETE") and other.get("essential", True) is True:
                message = (
                    f"{_INVALID}: A dependency container with SUCCESS or COMPLETE condition cannot be an essential"
                )
                yield "containerDefinitions", f"{message} container: {other.get('name')!r}"
            elif link.get("condition") == "HEALTHY" and not other.get("healthCheck"):
                message = f"{_INVALID}: A dependency container with HEALTHY condition must have a health check"
                yield "containerDefinitions", f"{message}: {other.get('name')!r}"


@rule(TASK, source=f"{_API}/API_ContainerDefinition.html")
def containers_fit_in_the_task(it: Resource) -> Found:
    whole, parts = it.number("cpu"), [as_number(container.get("cpu")) or 0 for container in containers(it)]
    if whole and sum(parts) > whole:
        message = f"{_INVALID}: The sum of the containers' cpu must not exceed the task's"
        yield "containerDefinitions", f"{message}: {sum(parts):g} of {whole:g} CPU units"
