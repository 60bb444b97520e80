"""ECS task definitions and their containers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.judge.program import Resource, as_number, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

TASK = "aws:ecs/taskDefinition:TaskDefinition"
_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"
_INVALID = "ClientException"


def containers(task: Resource) -> list[Mapping[str, Any]]:
    """The task's containers, from the JSON text; none where it is not known."""
    try:
        definitions = json.loads(task.text("containerDefinitions") or "[]")
    except ValueError:
        return []
    return [one for one in definitions if isinstance(one, Mapping)] if isinstance(definitions, list) else []


def list_objects(container: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [one for one in container.get(name) or () if isinstance(one, Mapping)]


def is_fargate(task: Resource) -> bool:
    return "FARGATE" in task.list("requiresCompatibilities")


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


@rule(TASK, source=f"{_API}/API_ContainerDefinition.html")
def containers_of_a_task(it: Resource) -> Found:
    made = containers(it)
    names = [str(one.get("name")) for one in made]
    for name in list_repeated(names):
        yield "containerDefinitions", f"{_INVALID}: container names must be unique, found {name!r} twice"
    for one in made:
        for link in list_objects(one, "dependsOn"):
            other = next((each for each in made if each.get("name") == link.get("containerName")), None)
            if other is None:
                message = f"{_INVALID}: The container does not exist in the task definition"
                yield "containerDefinitions", f"{message}: {one.get('name')!r} depends on {link.get('containerName')!r}"
            elif link.get("condition") in ("SUCCESS", "COMPLETE") and other.get("essential", True) is True:
                message = (
                    f"{_INVALID}: A dependency container with SUCCESS or COMPLETE condition cannot be an essential"
                )
                yield "containerDefinitions", f"{message} container: {other.get('name')!r}"
            elif link.get("condition") == "HEALTHY" and not other.get("healthCheck"):
                message = f"{_INVALID}: A dependency container with HEALTHY condition must have a health check"
                yield "containerDefinitions", f"{message}: {other.get('name')!r}"
        for name in {each.get("name") for each in list_objects(one, "environment")} & {
            each.get("name") for each in list_objects(one, "secrets")
        }:
            message = f"{_INVALID}: The secret name must be unique and not shared with any new or existing environment"
            yield "containerDefinitions", f"{message} variables set on the container, such as '{name}'."
        if not one.get("image"):
            yield "containerDefinitions", f"{_INVALID}: Container.image should not be null or empty."


@rule(TASK, source=f"{_API}/API_MountPoint.html")
def volumes_of_a_task(it: Resource) -> Found:
    names = [one.get("name") for _, one in it.blocks("volumes")]
    if it.get("volumes") is UNKNOWN or UNKNOWN in it.list("volumes") or UNKNOWN in names:
        return
    for one in containers(it):
        for mount in list_objects(one, "mountPoints"):
            if (used := mount.get("sourceVolume")) and used not in names:
                yield "volumes", f"{_INVALID}: Unknown volume '{used}'."


@rule(TASK, source=f"{_API}/API_ContainerDefinition.html")
def containers_fit_in_the_task(it: Resource) -> Found:
    for name, words in (("cpu", "CPU units"), ("memory", "MiB of memory")):
        whole = it.number(name)
        parts = [as_number(one.get(name)) or 0 for one in containers(it)]
        if whole and name == "cpu" and sum(parts) > whole:
            message = f"{_INVALID}: The sum of the containers' cpu must not exceed the task's"
            yield "containerDefinitions", f"{message}: {sum(parts):g} of {whole:g} {words}"
        if whole and name == "memory" and any(part > whole for part in parts):
            message = f"{_INVALID}: Invalid setting for container: memory must not exceed the task's"
            yield "containerDefinitions", f"{message}: {max(parts):g} of {whole:g} {words}"


@rule(TASK, source=f"{_GUIDE}/task_definition_parameters.html")
def ports_of_an_awsvpc_task(it: Resource) -> Found:
    if it.text("networkMode") != "awsvpc":
        return
    for one in containers(it):
        for mapping in one.get("portMappings") or ():
            host, inside = mapping.get("hostPort"), mapping.get("containerPort")
            if host not in (None, 0, inside):
                message = f"{_INVALID}: When networkMode=awsvpc, the host ports and container ports in port mappings"
                yield "containerDefinitions", f"{message} must match: {host} and {inside}"
        if one.get("links"):
            yield "containerDefinitions", f"{_INVALID}: Links are not supported when networkMode=awsvpc."


@rule(TASK, source=f"{_GUIDE}/fargate-tasks-services.html")
def what_fargate_runs(it: Resource) -> Found:
    if not is_fargate(it):
        return
    if it.get("networkMode") not in ("awsvpc", UNKNOWN):
        yield "networkMode", f"{_INVALID}: Fargate only supports network mode 'awsvpc'."
    for name in ("cpu", "memory"):
        if it.get(name) is None:
            yield name, f"{_INVALID}: Fargate requires that '{name}' be defined at the task level."
    if it.get("placementConstraints") is not None:
        yield "placementConstraints", f"{_INVALID}: Fargate does not support placement constraints."
    if it.get("ipcMode") is not None:
        yield "ipcMode", f"{_INVALID}: Tasks using the Fargate launch type do not support ipcMode."
    if it.get("pidMode") == "host":
        yield "pidMode", f"{_INVALID}: on Fargate the only pidMode is 'task'"
    for path, volume in it.blocks("volumes"):
        for name, words in (("hostPath", "sourcePath"), ("dockerVolumeConfiguration", "dockerVolumeConfiguration")):
            if volume.get(name) is not None:
                yield f"{path}.{name}", f"{_INVALID}: Fargate compatible task definitions do not support {words}"
    for one in containers(it):
        kinds = [need.get("type") for need in one.get("resourceRequirements") or () if isinstance(need, Mapping)]
        if "GPU" in kinds:
            yield "containerDefinitions", f"{_INVALID}: Fargate does not support GPU in resourceRequirements."
        if one.get("privileged"):
            yield "containerDefinitions", f"{_INVALID}: Fargate does not support privileged containers."


@rule(TASK, source=f"{_GUIDE}/task_execution_IAM_role.html")
def fargate_needs_an_execution_role(it: Resource) -> Found:
    if not is_fargate(it) or it.get("executionRoleArn") is not None:
        return
    for one in containers(it):
        log = one.get("logConfiguration")
        if re.match(r"\d{12}\.dkr\.ecr\.", str(one.get("image"))):
            message = f"{_INVALID}: Fargate requires task definition to have execution role ARN to support ECR images."
            yield "executionRoleArn", message
        elif isinstance(log, Mapping) and log.get("logDriver") == "awslogs":
            message = f"{_INVALID}: Fargate requires task definition to have execution role ARN to support log driver"
            yield "executionRoleArn", f"{message} awslogs."
        elif one.get("secrets"):
            message = f"{_INVALID}: When you are specifying container secrets, you must also specify a value for"
            yield "executionRoleArn", f"{message} 'executionRoleArn'."
