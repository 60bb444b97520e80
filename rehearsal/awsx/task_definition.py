"""awsx:ecs task definitions: a log group, a task role, an execution role and the task definition."""

from __future__ import annotations

from typing import Any

from rehearsal.awsx.arguments import short_hash, without
from rehearsal.awsx.containers import containers_of, definition, to_json
from rehearsal.awsx.context import ComponentContext, Registered, type_alias
from rehearsal.awsx.fargate_size import fargate_size
from rehearsal.awsx.log_group import default_log_group
from rehearsal.awsx.output_values import apply, field, strip
from rehearsal.awsx.role import EXECUTION_POLICIES, default_role
from rehearsal.values import Output, ResourceReference

FARGATE_ALIAS = type_alias("awsx:x:ecs:FargateTaskDefinition")
EC2_ALIAS = type_alias("awsx:x:ecs:EC2TaskDefinition")
_NOT_PASSED_ON = ("container", "containers", "logGroup", "taskRole", "executionRole")


def construct_fargate(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return _construct(context, name, arguments, fargate=True)


def construct_ec2(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return _construct(context, name, arguments, fargate=False)


def _construct(context: ComponentContext, name: str, arguments: dict[str, Any], *, fargate: bool) -> dict[str, Any]:
    containers = containers_of(arguments)
    group, location = default_log_group(context, name, arguments.get("logGroup"))
    task_role = default_role(context, f"{name}-task", arguments.get("taskRole"), ())
    execution_role = default_role(context, f"{name}-execution", arguments.get("executionRole"), EXECUTION_POLICIES)
    groups = _target_groups(context, containers)
    definitions = _definitions(containers, location, groups)
    inputs = _inputs(context, name, arguments, definitions, fargate=fargate)
    inputs |= {"taskRoleArn": task_role.arn, "executionRoleArn": execution_role.arn}
    task = context.register("aws:ecs/taskDefinition:TaskDefinition", name, inputs)
    state = {
        "taskDefinition": task,
        "loadBalancers": load_balancers(arguments, containers, groups),
        "logGroup": group,
        "taskRole": task_role.resource,
        "executionRole": execution_role.resource,
    }
    return {key: value for key, value in state.items() if value is not None}


def _inputs(
    context: ComponentContext, name: str, arguments: dict[str, Any], definitions: Output, *, fargate: bool
) -> dict[str, Any]:
    text = apply(to_json, definitions)
    # A given name also depends on the container definitions, as in the real provider.
    family = apply(
        lambda given, written: f"{name}-{short_hash(context.call.stack + written)}" if given is None else given,
        arguments.get("family"),
        text,
    )
    passed_on = without(arguments, *_NOT_PASSED_ON)
    if fargate:
        size = apply(fargate_size, definitions)
        sizes = {key: field(size, key) for key in ("cpu", "memory")}
        inputs = {**sizes, **passed_on, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    else:
        inputs = {"networkMode": "awsvpc", **passed_on, "requiresCompatibilities": ["EC2"]}
    return {**inputs, "family": family, "containerDefinitions": text}


def _definitions(containers: dict[str, Any], location: Output | None, groups: dict[str, Registered]) -> Output:
    """All container definitions as one output, which is unknown if anything in it is unknown."""
    ports = {urn: group["port"] for urn, group in groups.items()}

    def build(given: dict[str, Any], logs: Any, known_ports: dict[str, Any]) -> list[dict[str, Any]]:
        def port(reference: ResourceReference | None) -> int | None:
            return known_ports[reference.urn] if reference is not None else None

        return [definition(name, container, logs, port) for name, container in given.items()]

    return apply(build, containers, location, ports)


def load_balancers(arguments: dict[str, Any], containers: dict[str, Any], groups: dict[str, Registered]) -> Output:
    """Returns a service's load balancer entries, one for each target group named in a port mapping.

    The result is unknown if a port mapping is unknown. With `containers`, it is unknown if anything in them is unknown,
    because awsx reads them as a whole.
    """
    entries = [
        {"containerName": name, "containerPort": groups[group.urn]["port"], "targetGroupArn": groups[group.urn]["arn"]}
        for name, given in containers.items()
        for group in _target_groups_of(given)
    ]
    awaited = [arguments.get("containers"), *(field(given, "portMappings") for given in containers.values())]
    # A target group for functions has no port, so no task can be registered with it.
    return apply(lambda found, _: [each for each in found if each["containerPort"] is not None], entries, awaited)


def _target_groups(context: ComponentContext, containers: dict[str, Any]) -> dict[str, Registered]:
    """The target groups named in port mappings, by URN."""
    named = {group.urn: group for container in containers.values() for group in _target_groups_of(container)}
    return {urn: context.resolve(each) for urn, each in named.items()}


def _target_groups_of(container: Any) -> list[ResourceReference]:
    mappings = strip(field(container, "portMappings"))
    named = [mapping.get("targetGroup") for mapping in mappings] if isinstance(mappings, list) else []
    return [each for each in named if isinstance(each, ResourceReference)]
