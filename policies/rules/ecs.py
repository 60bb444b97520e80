"""ECS services and clusters: capacity, zones, access and alarms."""

from __future__ import annotations

from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import autoscaling, availability, observability, security
from ..serving import CLUSTER, GROUP, SERVICE, TASK
from ..serving import SCALABLE as TARGET
from .alarms import is_watched_elsewhere, metrics_with_alarms

HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
# a network load balancer sees connections, no status codes; HTTPCode_ELB_5XX_Count has none of the targets' answers
ERRORS = ("HTTPCode_Target_5XX_Count", "TCP_Target_Reset_Count", "5XXError", "5xx")
UNHEALTHY = ("UnHealthyHostCount", "HealthyHostCount")


@autoscaling.critical(
    SERVICE,
    reference=f"{GUIDE}/service-auto-scaling.html",
    fix="Register a scalable target for the service (dimension ecs:service:DesiredCount).",
    config_key="scaling",
    serving=True,
)
def ecs_service_scales(service: Resource, stack: Stack) -> Iterator[str]:
    """A service that callers reach has a scalable target.

    ECS replaces tasks that die, but only a scalable target adds tasks when traffic grows. (Left out are daemons,
    which run once on every host, and services that callers cannot reach.)
    """
    if service.text("schedulingStrategy") != "DAEMON" and not stack.referring(service, TARGET, "resourceId"):
        yield "no scalable target's resourceId is this service, wanted one"


@availability.high(
    SERVICE,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
    fix="Set desired_count to 2 or more.",
    config_key="scaling.min",
    serving=True,
)
def ecs_service_starts_with_two(service: Resource, *, least: int = 2) -> Iterator[str]:
    """A service starts with at least two tasks.

    One task runs in one zone, and a deployment or a failed host leaves no other. It is advice, because a scalable
    target raises the number to its minimum when it is registered.
    """
    if (service.number("desiredCount") or 0) < least and service.text("schedulingStrategy") != "DAEMON":
        yield f"desiredCount is {service.show('desiredCount')}, wanted {least} or more"


@availability.high(
    SERVICE,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
    fix="Give network_configuration subnets in 2 zones or more.",
    config_key="availability.zones",
    serving=True,
)
def ecs_service_spans_zones(service: Resource, stack: Stack, *, zones: int = 2) -> Iterator[str]:
    """A service has subnets in at least two zones.

    Two tasks in one zone fail together, however many subnets they use.
    """
    if not service.has("networkConfiguration"):  # the host's network: its instances lie where their group says
        return
    if (count := stack.zones(service, "networkConfiguration.subnets")) < zones:
        yield f"networkConfiguration.subnets reaches {count} zones, wanted {zones} or more"


@availability.medium(
    SERVICE,
    reference=f"{GUIDE}/service-rebalancing.html",
    fix='Set availability_zone_rebalancing to "ENABLED": an update that leaves it out keeps what the service has.',
    serving=True,
)
def ecs_service_rebalances_zones(service: Resource) -> Iterator[str]:
    """A service spreads its tasks over zones again after an outage.

    Without rebalancing, the tasks stay where the last outage moved them, so the next one stops more than its share.
    (Left out are daemons, external instances and services whose maximum allows no task above the desired number,
    for which ECS does not rebalance.)
    """
    most = service.number("deploymentMaximumPercent")
    unknown = service.text("schedulingStrategy") == "DAEMON" or service.text("launchType") == "EXTERNAL"
    if unknown or (most is not None and most <= 100):
        return
    if service.text("availabilityZoneRebalancing") == "DISABLED":
        yield 'availabilityZoneRebalancing is "DISABLED", wanted "ENABLED"'


@security.high(
    SERVICE,
    reference=f"{HUB}#ecs-2",
    fix="Set assign_public_ip to false and run the tasks in private subnets.",
    remedy={"networkConfiguration.assignPublicIp": False},
)
def ecs_service_is_private(service: Resource) -> Iterator[str]:
    """A service's tasks have no public address.

    A public address makes every port of the container reachable past the load balancer, its TLS and its firewall.
    """
    if service.flag("networkConfiguration.assignPublicIp"):
        yield "networkConfiguration.assignPublicIp is true, wanted false"


@security.medium(
    SERVICE,
    reference=f"{GUIDE}/ecs-exec.html",
    fix="Remove enable_execute_command.",
    remedy={"enableExecuteCommand": False},
)
def ecs_service_has_no_shell(service: Resource) -> Iterator[str]:
    """A service does not allow a shell in its tasks.

    ECS Exec gives root in the container with the task's role, and changes made there are in no repository.
    """
    if service.flag("enableExecuteCommand"):
        yield "enableExecuteCommand is true, wanted false"


@observability.high(
    SERVICE,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html",
    fix="Add the alarm on the service's target group.",
    config_key="alarms",
    serving=True,
)
def ecs_service_has_alarms(service: Resource, stack: Stack) -> Iterator[str]:
    """A service has alarms on its errors and its unhealthy tasks.

    The load balancer counts the errors that callers got; the service's own metrics end at CPU and memory. Behind a
    network balancer, which does not read requests, only the alarm on unhealthy tasks is required. An alarm on the
    errors of an API in front counts as well. (Stacks that send their metrics to another product are left out: their
    alarms are there.)
    """
    if not service.count("loadBalancers") or is_watched_elsewhere(stack):
        return
    balancers = ("AWS/ApplicationELB", "AWS/NetworkELB", "AWS/ApiGateway")
    names = metrics_with_alarms(stack, service, *balancers)
    groups = stack.follow(service, "loadBalancers", GROUP)
    passes = groups and all(group.text("protocol") in ("TCP", "UDP", "TCP_UDP", "TLS") for group in groups)
    for known in (UNHEALTHY,) if passes else (ERRORS, UNHEALTHY):
        if not names & set(known):
            yield f"no alarm on {known[0]} in {balancers[0]}, wanted one"


@observability.medium(
    CLUSTER,
    reference=f"{HUB}#ecs-12",
    fix="Set the cluster setting containerInsights to enhanced.",
    serving=True,
)
def ecs_cluster_has_insights(cluster: Resource) -> Iterator[str]:
    """A cluster has Container Insights on.

    Without it there are no task counts, restarts or memory per container, which every incident asks for first.
    """
    values = {s.text("value") for s in cluster.children("settings") if s.text("name") == "containerInsights"}
    if not values & {"enabled", "enhanced"}:
        found = ", ".join(sorted(value or "empty" for value in values)) or "not set"
        yield f"setting containerInsights is {found}, wanted enhanced"


@availability.high(
    SERVICE,
    reference=f"{GUIDE}/troubleshoot-service-load-balancers.html",
    fix="Give the service and the target group's health check a container and a port that the task definition maps.",
)
def ecs_service_health_check_uses_a_mapped_port(service: Resource, stack: Stack) -> Iterator[str]:
    """A load balancer's health check uses a container and a port that the task definition maps.

    At any other port no health check passes: each task is started, called unhealthy and stopped, forever. It is
    advice, because a port may be open that the definition does not map.
    """
    for task in stack.follow(service, "taskDefinition", TASK):
        mapped = {
            container.text("name"): _ports(container)
            for container in task.document("containerDefinitions").children("items")
        }
        for entry in service.children("loadBalancers"):
            name, port = entry.text("containerName"), entry.number("containerPort")
            if name and name not in mapped:
                yield f'loadBalancers names the container "{name}", wanted one of {", ".join(map(str, mapped))}'
            elif mapped.get(name) and port not in mapped[name]:
                yield f"loadBalancers names port {port or 0:g}, wanted one that {name} maps"
        every = set[float]().union(*mapped.values())
        for group in stack.follow(service, "loadBalancers", GROUP):
            asked = group.text("healthCheck.port") if group.known("healthCheck.port") else None
            if asked and asked.isdecimal() and every and float(asked) not in every:
                yield f"healthCheck.port of {group} is {asked}, wanted one that a container maps"


def _ports(container: Properties) -> set[float]:
    """The ports that a container maps, its own and its host's; none if it maps a range."""
    mappings = container.children("portMappings")
    if any(mapping.has("containerPortRange") for mapping in mappings):
        return set()
    return {p for mapping in mappings for path in ("containerPort", "hostPort") if (p := mapping.number(path))}
