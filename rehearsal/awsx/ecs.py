"""awsx:ecs services: the service, its network, and a task definition unless one is given."""

from __future__ import annotations

from typing import Any

from rehearsal.awsx import task_definition
from rehearsal.awsx.arguments import at_most_one, exactly_one
from rehearsal.awsx.context import ComponentContext, type_alias
from rehearsal.awsx.default_vpc import default_vpc
from rehearsal.awsx.lb import OPEN_EGRESS, OPEN_INGRESS
from rehearsal.awsx.output_values import apply, strip
from rehearsal.values import ResourceReference

FARGATE_ALIAS = type_alias("awsx:x:ecs:FargateService")
EC2_ALIAS = type_alias("awsx:x:ecs:EC2Service")


def construct_fargate(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    at_most_one(arguments, "networkConfiguration", "assignPublicIp")
    _check(arguments)
    tasks = _tasks(context, name, arguments, "awsx:ecs:FargateTaskDefinition")
    network = arguments.get("networkConfiguration")
    if network is None:
        network = _default_network(context, name, arguments.get("assignPublicIp"))
    inputs = {"desiredCount": 1, **arguments, "networkConfiguration": network}
    return _service(context, name, inputs, tasks, "FARGATE")


def construct_ec2(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    _check(arguments)
    return _service(context, name, arguments, _tasks(context, name, arguments, "awsx:ecs:EC2TaskDefinition"), "EC2")


def _check(arguments: dict[str, Any]) -> None:
    exactly_one(arguments, "taskDefinition", "taskDefinitionArgs")
    if arguments.get("useClusterDefaultCapacityProviderStrategy"):
        at_most_one(arguments, "capacityProviderStrategies", "useClusterDefaultCapacityProviderStrategy")


def _tasks(context: ComponentContext, name: str, arguments: dict[str, Any], component: str) -> dict[str, Any]:
    """The outputs of a task definition created for this service; empty if the program names one."""
    given = arguments.get("taskDefinitionArgs")
    if given is None:
        return {}
    fargate = component == "awsx:ecs:FargateTaskDefinition"
    alias = task_definition.FARGATE_ALIAS if fargate else task_definition.EC2_ALIAS
    construct = task_definition.construct_fargate if fargate else task_definition.construct_ec2
    within = context.component(component, name, alias)
    state = construct(within, name, given)
    within.finish(state)
    return state


def _service(
    context: ComponentContext, name: str, arguments: dict[str, Any], tasks: dict[str, Any], launch_type: str
) -> dict[str, Any]:
    # ECS uses the cluster's default strategy only if neither a launch type nor a strategy (not even []) is given.
    strategies = arguments.get("capacityProviderStrategies")
    chosen_elsewhere = strategies is not None or arguments.get("useClusterDefaultCapacityProviderStrategy")
    balancers = arguments.get("loadBalancers")
    waits = apply(lambda goes_on: not goes_on, arguments.get("continueBeforeSteadyState"))
    cluster = arguments.get("cluster")
    if isinstance(strip(cluster), ResourceReference):
        cluster = context.resolve(cluster)["arn"]
    inputs = {
        **arguments,
        "cluster": cluster,
        "launchType": None if chosen_elsewhere else launch_type,
        "loadBalancers": tasks.get("loadBalancers") if balancers is None else balancers,
        "waitForSteadyState": waits,
        "taskDefinition": tasks["taskDefinition"]["arn"] if tasks else arguments["taskDefinition"],
    }
    service = context.register("aws:ecs/service:Service", name, inputs)
    return {"service": service, **({"taskDefinition": tasks["taskDefinition"]} if tasks else {})}


def _default_network(context: ComponentContext, name: str, assign_public_ip: Any) -> dict[str, Any]:
    """A network in the default VPC: its public subnets for tasks with public addresses, else its private subnets."""
    vpc = default_vpc(context)
    group = context.register(
        "aws:ec2/securityGroup:SecurityGroup",
        f"{name}-sg",
        {"vpcId": vpc["vpcId"], "ingress": OPEN_INGRESS, "egress": OPEN_EGRESS},
    )
    public = False if assign_public_ip is None else assign_public_ip
    subnets = apply(_choose_subnets, public, vpc["publicSubnetIds"], vpc["privateSubnetIds"])
    return {"subnets": subnets, "assignPublicIp": public, "securityGroups": [group.id]}


def _choose_subnets(public: bool, public_ids: list[str], private_ids: list[str]) -> list[str]:
    if not public and not private_ids:
        raise ValueError(
            "the default VPC has no private subnets; set assignPublicIp to true or give networkConfiguration"
        )
    return public_ids if public else private_ids
