"""ECS services: capacity, spread and how a new version comes out."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule
from .application_autoscaling import TARGET
from .logs import ALARM, alarm_metrics

SERVICE = "aws:ecs/service:Service"
CLUSTER = "aws:ecs/cluster:Cluster"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"


@rule(
    SERVICE,
    category="autoscaling",
    severity="critical",
    reference=f"{GUIDE}/service-auto-scaling.html",
    fix="Register a scalable target for the service (dimension ecs:service:DesiredCount).",
    config_key="scaling",
)
def ecs_service_scales(service: Resource, stack: Stack) -> Iterator[str]:
    """Every service has a scalable target.

    ECS replaces tasks that die; it never adds one because traffic grew. Only a scalable target does.
    """
    if not stack.referring(service, TARGET, "resourceId"):
        yield "no scalable target's resourceId is this service, wanted one"


@rule(
    SERVICE,
    category="lifecycle",
    severity="high",
    reference=f"{GUIDE}/service-auto-scaling.html",
    fix="Add desiredCount to the service's ignore_changes (through a transform where awsx makes the service).",
)
def ecs_service_leaves_count_to_scaling(service: Resource, stack: Stack) -> Iterator[str]:
    """A deployment does not reset the number of tasks.

    The autoscaler owns desiredCount. If the program sets it on every run, a deployment at noon shrinks forty tasks to
    the two in the code.
    """
    if stack.referring(service, TARGET, "resourceId") and "desiredCount" not in service.ignores:
        yield "ignoreChanges does not name desiredCount, wanted it there because a scalable target owns the number"


@rule(
    SERVICE,
    category="availability",
    severity="high",
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
    fix="Set scaling.min to 2 or more; the service starts with it.",
    config_key="scaling.min",
)
def ecs_service_starts_with_two(service: Resource) -> Iterator[str]:
    """A service starts with at least two tasks.

    One task runs in one zone, and a deployment or a failed host leaves nothing behind it.
    """
    if (service.number("desiredCount") or 0) < 2 and service.text("schedulingStrategy") != "DAEMON":
        yield f"desiredCount is {service.show('desiredCount')}, wanted 2 or more"


@rule(
    SERVICE,
    category="availability",
    severity="high",
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
    fix="Set availability.zones to 2 or more.",
    config_key="availability.zones",
)
def ecs_service_spans_zones(service: Resource, stack: Stack) -> Iterator[str]:
    """A service runs in at least two zones.

    Two tasks in one zone go down together, however many subnets they are in.
    """
    if (count := stack.zones(service, "networkConfiguration.subnets")) < 2:
        yield f"networkConfiguration.subnets reaches {count} zones, wanted 2 or more"


@rule(
    SERVICE,
    category="availability",
    severity="medium",
    reference=f"{GUIDE}/service-rebalancing.html",
    fix='Set availability_zone_rebalancing to "ENABLED", or leave it out.',
)
def ecs_service_rebalances_zones(service: Resource) -> Iterator[str]:
    """Tasks are spread over zones again after one came back.

    Without rebalancing the tasks stay where the last outage pushed them, so the next one takes more than its share.
    """
    if service.text("availabilityZoneRebalancing") == "DISABLED":
        yield 'availabilityZoneRebalancing is "DISABLED", wanted "ENABLED"'


@rule(
    SERVICE,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/deployment-circuit-breaker.html",
    fix="Set deployment_circuit_breaker to enable and rollback.",
)
def ecs_service_rolls_back(service: Resource) -> Iterator[str]:
    """A deployment that cannot start rolls back by itself.

    Without the circuit breaker ECS tries to start the broken version for ever, and the deployment neither ends nor
    fails.
    """
    if service.has("deploymentController.type") and service.text("deploymentController.type") != "ECS":
        return
    for flag in ("enable", "rollback"):
        if not service.flag(f"deploymentCircuitBreaker.{flag}"):
            yield f"deploymentCircuitBreaker.{flag} is {service.show(f'deploymentCircuitBreaker.{flag}')}, wanted true"


@rule(
    SERVICE,
    category="availability",
    severity="medium",
    reference=f"{GUIDE}/deployment-alarm-failure.html",
    fix="Name the service's alarms in its deployment alarms, with enable and rollback.",
    config_key="alarms",
)
def ecs_service_rolls_back_on_alarms(service: Resource) -> Iterator[str]:
    """A deployment that answers wrongly rolls back.

    The circuit breaker sees only tasks that do not start. A version that starts and returns errors is seen by alarms.
    """
    if not (service.count("alarms.alarmNames") and service.flag("alarms.enable") and service.flag("alarms.rollback")):
        yield f"alarms has {service.count('alarms.alarmNames')} names, wanted at least one, with enable and rollback"


@rule(
    SERVICE,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/deployment-type-ecs.html",
    fix="Set deployment_minimum_healthy_percent to 100.",
)
def ecs_service_keeps_capacity_while_deploying(service: Resource) -> Iterator[str]:
    """A deployment never serves with fewer tasks than before it.

    Below 100 percent ECS stops old tasks first. With two tasks and 50 percent, half of the callers wait for a model to
    load.
    """
    if (share := service.number("deploymentMinimumHealthyPercent")) is not None and share < 100:
        yield f"deploymentMinimumHealthyPercent is {share:g}, wanted 100 or more"


@rule(
    SERVICE,
    category="availability",
    severity="medium",
    reference=f"{GUIDE}/load-balancer-healthcheck.html",
    fix="Set health_check_grace_period_seconds to the time the model needs to load.",
    config_key="service.start_seconds",
)
def ecs_service_waits_for_the_model(service: Resource) -> Iterator[str]:
    """A task has time to load its model before health checks count.

    The default is zero: the load balancer calls the task unhealthy while it still loads, ECS kills it, and the next one
    meets the same end.
    """
    if service.has("loadBalancers") and not service.number("healthCheckGracePeriodSeconds"):
        yield "healthCheckGracePeriodSeconds is 0, wanted the seconds the model needs to load"


@rule(
    SERVICE,
    category="security",
    severity="high",
    reference=f"{HUB}#ecs-2",
    fix="Set assign_public_ip to false and run the tasks in private subnets.",
)
def ecs_service_is_private(service: Resource) -> Iterator[str]:
    """Tasks have no public address.

    A public address makes every port the container opens reachable past the load balancer, its TLS and its firewall.
    """
    if service.flag("networkConfiguration.assignPublicIp"):
        yield "networkConfiguration.assignPublicIp is true, wanted false"


@rule(
    SERVICE,
    category="security",
    severity="medium",
    reference=f"{GUIDE}/ecs-exec.html",
    fix="Remove enable_execute_command.",
)
def ecs_service_has_no_shell(service: Resource) -> Iterator[str]:
    """Nobody can open a shell in a serving task.

    ECS Exec gives root in the container with the task's role, and what is changed there is in no repository.
    """
    if service.flag("enableExecuteCommand"):
        yield "enableExecuteCommand is true, wanted false"


@rule(
    SERVICE,
    category="availability",
    severity="medium",
    reference=f"{GUIDE}/fargate-capacity-providers.html",
    fix="Give the FARGATE capacity provider a base of scaling.min.",
    config_key="service.on_demand_base",
)
def ecs_service_is_not_spot_alone(service: Resource) -> Iterator[str]:
    """A service has a base on capacity that is not taken away.

    Spot tasks get two minutes' notice, and a whole pool can go at once. A base on demand keeps answering meanwhile.
    """
    strategies = service.children("capacityProviderStrategies")
    steady = [s for s in strategies if s.text("capacityProvider") != "FARGATE_SPOT" and (s.number("base") or 0) >= 1]
    if strategies and not steady:
        yield "no capacityProviderStrategies entry beside FARGATE_SPOT has a base, wanted a base of 1 or more"


@rule(
    SERVICE,
    category="observability",
    severity="high",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html",
    fix="Add the alarm on the service's target group.",
    config_key="alarms",
)
def ecs_service_has_alarms(service: Resource, stack: Stack) -> Iterator[str]:
    """Errors and unhealthy tasks of a service raise alarms.

    The load balancer counts what callers were told; the service's own metrics end at CPU and memory.
    """
    if not service.has("loadBalancers"):
        return
    names = {name for alarm in stack.of(ALARM) for name in alarm_metrics(alarm, "AWS/ApplicationELB")}
    for name in ("HTTPCode_Target_5XX_Count", "UnHealthyHostCount"):
        if name not in names:
            yield f"no alarm on {name} in AWS/ApplicationELB, wanted one"


@rule(
    CLUSTER,
    category="observability",
    severity="medium",
    reference=f"{HUB}#ecs-12",
    fix="Set the cluster setting containerInsights to enhanced.",
)
def ecs_cluster_has_insights(cluster: Resource) -> Iterator[str]:
    """A cluster reports on its tasks.

    Without Container Insights there are no task counts, restarts or memory per container: the first question of every
    incident has no answer.
    """
    values = {s.text("value") for s in cluster.children("settings") if s.text("name") == "containerInsights"}
    if not values & {"enabled", "enhanced"}:
        found = ", ".join(sorted(value or "empty" for value in values)) or "not set"
        yield f"setting containerInsights is {found}, wanted enhanced"
