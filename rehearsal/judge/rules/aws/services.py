"""ECS services: they must match their task definition, target groups and cluster."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource, as_number
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.ecs import containers, list_objects
from rehearsal.values import UNKNOWN

TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
CLUSTER = "aws:ecs/cluster:Cluster"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
_GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
_ROUTES = (
    "aws:lb/listener:Listener",
    "aws:alb/listener:Listener",
    "aws:lb/listenerRule:ListenerRule",
    "aws:alb/listenerRule:ListenerRule",
)
_BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"
_INVALID = "InvalidParameterException"


@rule(SERVICE, source="https://github.com/aws/containers-roadmap/issues/692")
def daemon_overrides_the_cluster(it: Resource, program: Program) -> Found:
    cluster = program.refer(it, "cluster", CLUSTER)
    if it.get("schedulingStrategy") != "DAEMON" or it.get("launchType") is not None or cluster is None:
        return
    for provider in program.referring(cluster, "clusterName", PROVIDERS):
        if provider.list("defaultCapacityProviderStrategies") and program.waits_for(it, provider):
            message = f"{_INVALID}: Specifying a capacity provider strategy is not supported when you create a service"
            message = f"{message} using the DAEMON scheduling strategy. The cluster has a default one"
            yield "launchType", f"{message}: set launchType to EC2"


@rule(SERVICE, source=f"{_API}/API_CreateService.html")
def one_provider_has_a_base(it: Resource) -> Found:
    bases = [strategy for _, strategy in it.blocks("capacityProviderStrategies") if strategy.number("base")]
    if len(bases) > 1:
        message = f"{_INVALID}: only one capacity provider in a strategy can have a base"
        yield "capacityProviderStrategies", f"{message}, found {len(bases)}"


@rule(SERVICE, source=f"{_GUIDE}/task-networking-awsvpc.html")
def task_runs_on_fargate(it: Resource, program: Program) -> Found:
    chosen = [strategy.text("capacityProvider") for _, strategy in it.blocks("capacityProviderStrategies")]
    fargate = {"FARGATE", "FARGATE_SPOT"} & {it.text("launchType"), *chosen}
    task = program.refer(it, "taskDefinition", TASK) if fargate else None
    if task is None:
        return
    # ECS checks `requiresCompatibilities` at registration; without it, a task runs on each launch type that it suits.
    sized = task.get("cpu") is not None and task.get("memory") is not None
    suits = task.text("networkMode") == "awsvpc" and sized
    if not suits and not {"FARGATE", UNKNOWN} & set(task.list("requiresCompatibilities")):
        where = "launchType" if it.text("launchType") else "capacityProviderStrategies"
        yield where, f"{_INVALID}: Task definition does not support launch_type FARGATE."


@rule(SERVICE, source=f"{_GUIDE}/service-load-balancing.html")
def load_balancer_finds_the_port(it: Resource, program: Program) -> Found:
    task = program.refer(it, "taskDefinition", TASK)
    made = containers(task) if task else []
    for path, balancer in it.blocks("loadBalancers"):
        name, port = balancer.text("containerName"), balancer.number("containerPort")
        named = [container for container in made if container.get("name") == name]
        ports = [
            as_number(mapping.get("containerPort"))
            for container in named
            for mapping in list_objects(container, "portMappings")
        ]
        if named and port is not None and port not in ports:
            message = f"{_INVALID}: The container {name} did not have a container port {port:g} defined."
            yield f"{path}.containerPort", message


@rule(SERVICE, source="https://github.com/hashicorp/terraform/issues/12634")
def target_group_has_a_listener_first(it: Resource, program: Program) -> Found:
    for index, _ in enumerate(it.list("loadBalancers")):
        path = f"loadBalancers[{index}].targetGroupArn"
        group = program.refer(it, path, *_GROUPS)
        if group is None or not group.new:
            continue
        routes = [route for route in program.of(*_ROUTES) if program.waits_for(route, group)]
        if routes and not program.waits_for(it, *routes) and _come_late(routes, it, program):
            message = f"{_INVALID}: The target group {group.name} does not have an associated load balancer"
            yield path, f"{message} yet: let the service depend on {routes[0].name!r}"
        if not routes and not _may_be_attached_elsewhere(group, program):
            yield path, f"{_INVALID}: The target group {group.name} does not have an associated load balancer."


def _come_late(routes: list[Resource], service: Resource, program: Program) -> bool:
    """Whether each route waits for a new load balancer for which the service does not wait.

    The provider tries to create a service again for four minutes. That is long enough for a listener, but not safely
    for a balancer (terraform-provider-aws, internal/service/ecs/service.go: "does not have an associated load balancer").
    """
    balancers = [balancer for balancer in program.of(*_BALANCERS) if balancer.new]
    late = [balancer for balancer in balancers if not program.waits_for(service, balancer)]
    return all(any(program.waits_for(route, balancer) for balancer in late) for route in routes)


def _may_be_attached_elsewhere(group: Resource, program: Program) -> bool:
    """Whether something that the rule does not read may attach the target group.

    Examples are a listener with unknown actions, a VPC link and CodeDeploy.
    """
    return any(
        group.urn in resource.after
        for resource in program.resources
        if resource.type not in (SERVICE, "aws:cloudwatch/metricAlarm:MetricAlarm")
    )


@rule(SERVICE, source=f"{_GUIDE}/cluster-capacity-providers.html")
def capacity_providers_of_the_cluster(it: Resource, program: Program) -> Found:
    cluster = program.refer(it, "cluster", CLUSTER)
    wanted = [strategy.get("capacityProvider") for _, strategy in it.blocks("capacityProviderStrategies")]
    if cluster is None or not cluster.new or not wanted:
        return
    providers = [
        provider for provider in program.of(PROVIDERS) if cluster in program.refers(provider, "clusterName", CLUSTER)
    ]
    offered = [name for provider in providers for name in provider.list("capacityProviders")]
    if UNKNOWN in offered or any(provider.get("capacityProviders") is UNKNOWN for provider in providers):
        return
    for name in wanted:
        if isinstance(name, str) and name not in offered:
            message = f"{_INVALID}: The specified capacity provider '{name}' is not associated with the cluster"
            yield "capacityProviderStrategies", f"{message} {cluster.name!r}"
    if providers and not program.waits_for(it, *providers):
        message = f"{_INVALID}: the capacity providers are not associated with the cluster yet"
        yield "capacityProviderStrategies", f"{message}: let the service depend on {providers[0].name!r}"
