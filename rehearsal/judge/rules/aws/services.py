"""ECS services: they must fit their task definition, their target groups and their cluster."""

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
_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"
_INVALID = "InvalidParameterException"
_FOREIGN = ("CODE_DEPLOY", "EXTERNAL")
"""Controllers of deployments that are not ECS's own."""


@rule(SERVICE, source=f"{_API}/API_CreateService.html")
def launch_type_or_capacity_providers(it: Resource) -> Found:
    if it.get("launchType") is not None and it.get("capacityProviderStrategies") is not None:
        message = f"{_INVALID}: Specifying both a launch type and capacity provider strategy is not supported."
        yield "launchType", f"{message} Remove one and try again."
    bases = [one for _, one in it.blocks("capacityProviderStrategies") if one.number("base")]
    if len(bases) > 1:
        message = f"{_INVALID}: only one capacity provider in a strategy can have a base"
        yield "capacityProviderStrategies", f"{message}, found {len(bases)}"


def is_daemon(it: Resource) -> bool:
    return it.get("schedulingStrategy") == "DAEMON"


@rule(SERVICE, source=f"{_API}/API_CreateService.html")
def daemon_runs_on_each_instance(it: Resource) -> Found:
    if not is_daemon(it):
        return
    if it.get("capacityProviderStrategies") is not None:
        message = (
            f"{_INVALID}: Specifying a capacity provider strategy is not supported when you create a service using"
        )
        yield "capacityProviderStrategies", f"{message} the DAEMON scheduling strategy."
    if it.get("orderedPlacementStrategies") is not None:
        message = f"{_INVALID}: The daemon scheduling strategy does not support placement strategies. Remove the"
        yield "orderedPlacementStrategies", f"{message} placement strategy and try again"
    for path, value in (("launchType", "FARGATE"), *(("deploymentController.type", one) for one in _FOREIGN)):
        if it.get(path) == value:
            yield path, f"{_INVALID}: {value} does not support the DAEMON scheduling strategy"


@rule(SERVICE, source="https://github.com/aws/containers-roadmap/issues/692")
def daemon_overrides_the_cluster(it: Resource, program: Program) -> Found:
    cluster = program.refer(it, "cluster", CLUSTER)
    if not is_daemon(it) or it.get("launchType") is not None or cluster is None:
        return
    for one in program.referring(cluster, "clusterName", PROVIDERS):
        if one.list("defaultCapacityProviderStrategies") and program.waits_for(it, one):
            message = f"{_INVALID}: Specifying a capacity provider strategy is not supported when you create a service"
            message = f"{message} using the DAEMON scheduling strategy. The cluster has a default one"
            yield "launchType", f"{message}: set launchType to EC2"


@rule(SERVICE, source=f"{_API}/API_CreateService.html")
def parameters_of_a_service(it: Resource) -> Found:
    fargate = it.text("launchType") == "FARGATE"
    if fargate and it.get("orderedPlacementStrategies") is not None:
        message = f"{_INVALID}: Placement strategies are not supported with FARGATE launch type."
        yield "orderedPlacementStrategies", message
    if fargate and it.get("placementConstraints") is not None:
        yield "placementConstraints", f"{_INVALID}: Placement constraints are not supported with FARGATE launch type."
    if it.get("launchType") == "EC2" and it.get("networkConfiguration.assignPublicIp") is True:
        message = f"{_INVALID}: Assign public IP is not supported for this launch type."
        yield "networkConfiguration.assignPublicIp", message
    if it.get("launchType") == "EC2" and it.get("platformVersion") is not None:
        yield "platformVersion", f"{_INVALID}: The platform version must be null when specifying an EC2 launch type."
    # of a daemon the provider sends neither the desired count nor the maximum
    daemon = is_daemon(it)
    least, most = it.number("deploymentMinimumHealthyPercent"), it.number("deploymentMaximumPercent")
    if not daemon and least is not None and most is not None and most <= least:
        message = f"{_INVALID}: minimumHealthyPercent should be less than maximumPercent"
        yield "deploymentMaximumPercent", f"{message}: {least:g} and {most:g}"
    controller = it.text("deploymentController.type")
    if controller in _FOREIGN and it.get("deploymentCircuitBreaker.enable") is True:
        message = f"{_INVALID}: Deployment circuit breaker feature can only be configured with ECS deployment"
        yield "deploymentCircuitBreaker", f"{message} controller."


@rule(SERVICE, source=f"{_GUIDE}/task-networking-awsvpc.html")
def service_fits_its_task(it: Resource, program: Program) -> Found:
    task = program.refer(it, "taskDefinition", TASK)
    if task is None:
        return
    own_network = task.text("networkMode") == "awsvpc"
    if own_network and it.get("networkConfiguration") is None:
        message = f"{_INVALID}: Network Configuration must be provided when networkMode 'awsvpc' is specified."
        yield "networkConfiguration", message
    if _shares_the_network(task) and it.get("networkConfiguration") is not None:
        message = f"{_INVALID}: Network Configuration is not valid for the given networkMode of this task"
        yield "networkConfiguration", f"{message} definition."
    if own_network and it.get("iamRole") is not None:
        yield "iamRole", f"{_INVALID}: You cannot specify an IAM role for services that require a service linked role."
    # what is required is asked at registration; a task runs wherever it could be registered for
    suits = own_network and task.get("cpu") is not None and task.get("memory") is not None
    compatibilities = task.list("requiresCompatibilities")
    if it.text("launchType") == "FARGATE" and not suits and not {"FARGATE", UNKNOWN} & set(compatibilities):
        yield "launchType", f"{_INVALID}: Task definition does not support launch_type FARGATE."
    if it.get("enableExecuteCommand") is True and task.get("taskRoleArn") is None:
        message = f"{_INVALID}: The service couldn't be created because a valid taskRoleArn is not being used."
        yield "enableExecuteCommand", message


def _shares_the_network(task: Resource) -> bool:
    """Whether the tasks have the network of their instance; without a mode that is the bridge."""
    return task.get("networkMode", "bridge") in ("bridge", "host", "none")


@rule(SERVICE, source=f"{_GUIDE}/service-load-balancing.html")
def load_balancer_finds_the_container(it: Resource, program: Program) -> Found:
    task = program.refer(it, "taskDefinition", TASK)
    made = containers(task) if task else []
    for path, balancer in it.blocks("loadBalancers") if made else ():
        name, port = balancer.text("containerName"), balancer.number("containerPort")
        named = [one for one in made if one.get("name") == name]
        if name and not named:
            message = f"{_INVALID}: The container {name} does not exist in the task definition."
            yield f"{path}.containerName", message
        ports = [as_number(mapping.get("containerPort")) for one in named for mapping in one.get("portMappings") or ()]
        if named and port is not None and port not in ports:
            message = f"{_INVALID}: The container {name} did not have a container port {port:g} defined."
            yield f"{path}.containerPort", message


@rule(SERVICE, source=f"{_GUIDE}/service-connect-concepts.html")
def service_connect_finds_the_port(it: Resource, program: Program) -> Found:
    task = program.refer(it, "taskDefinition", TASK)
    made = containers(task) if task else []
    names = {mapping.get("name") for one in made for mapping in list_objects(one, "portMappings")}
    for path, service in it.blocks("serviceConnectConfiguration.services") if made else ():
        name = service.text("portName")
        if name and name not in names:
            message = f"{_INVALID}: The task definition does not have a port mapping with the name {name!r}"
            yield f"{path}.portName", f"{message}, expected one of {', '.join(sorted(filter(None, names))) or 'none'}"


@rule(SERVICE, source=f"{_GUIDE}/alb.html")
def target_group_takes_the_tasks(it: Resource, program: Program) -> Found:
    task = program.refer(it, "taskDefinition", TASK)
    for index, _ in enumerate(it.list("loadBalancers")):
        path = f"loadBalancers[{index}].targetGroupArn"
        group = program.refer(it, path, *_GROUPS)
        if group is None:
            continue
        kind = group.get("targetType", "instance")
        if task and task.text("networkMode") == "awsvpc" and kind in ("instance", "lambda", "alb"):
            message = f"{_INVALID}: The provided target group {group.name} has target type {kind}, which is"
            yield path, f"{message} incompatible with the awsvpc network mode specified in the task definition."
        if task and _shares_the_network(task) and kind == "ip":
            mode = task.get("networkMode", "bridge")
            message = f"{_INVALID}: The provided target group {group.name} has target type ip, which is incompatible"
            yield path, f"{message} with the {mode} network mode specified in the task definition."


@rule(SERVICE, source="https://github.com/hashicorp/terraform/issues/12634")
def target_group_has_a_listener_first(it: Resource, program: Program) -> Found:
    for index, _ in enumerate(it.list("loadBalancers")):
        path = f"loadBalancers[{index}].targetGroupArn"
        group = program.refer(it, path, *_GROUPS)
        if group is None or not group.new:
            continue
        routes = [route for route in program.of(*_ROUTES) if program.waits_for(route, group)]
        if routes and not program.waits_for(it, *routes):
            message = f"{_INVALID}: The target group {group.name} does not have an associated load balancer"
            yield path, f"{message} yet: let the service depend on {routes[0].name!r}"
        if not routes and not _may_be_attached_elsewhere(group, program):
            yield path, f"{_INVALID}: The target group {group.name} does not have an associated load balancer."


def _may_be_attached_elsewhere(group: Resource, program: Program) -> bool:
    """Whether something that this rule does not read may attach it: a listener with unknown actions, a VPC link,
    CodeDeploy."""
    return any(
        group.urn in one.after
        for one in program.resources
        if one.type not in (SERVICE, "aws:cloudwatch/metricAlarm:MetricAlarm")
    )


@rule(SERVICE, source=f"{_GUIDE}/cluster-capacity-providers.html")
def capacity_providers_of_the_cluster(it: Resource, program: Program) -> Found:
    cluster = program.refer(it, "cluster", CLUSTER)
    wanted = [one.get("capacityProvider") for _, one in it.blocks("capacityProviderStrategies")]
    if cluster is None or not cluster.new or not wanted:
        return
    providers = [one for one in program.of(PROVIDERS) if cluster in program.refers(one, "clusterName", CLUSTER)]
    offered = [name for one in providers for name in one.list("capacityProviders")]
    if UNKNOWN in offered or any(one.get("capacityProviders") is UNKNOWN for one in providers):
        return
    for name in wanted:
        if isinstance(name, str) and name not in offered:
            message = f"{_INVALID}: The specified capacity provider '{name}' is not associated with the cluster"
            yield "capacityProviderStrategies", f"{message} {cluster.name!r}"
    if providers and not program.waits_for(it, *providers):
        message = f"{_INVALID}: the capacity providers are not associated with the cluster yet"
        yield "capacityProviderStrategies", f"{message}: let the service depend on {providers[0].name!r}"
