"""ECS services: how a new version is deployed, and what a deployment must not change."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from math import ceil, floor

from ..resources import SUBNET, Resource, Stack
from ..rule import availability, cost, lifecycle
from ..serving import GROUP, SERVICE, TASK
from ..serving import SCALABLE as TARGET
from .ecs import GUIDE


@lifecycle.high(
    SERVICE,
    reference=f"{GUIDE}/service-auto-scaling.html",
    fix="Add desiredCount to the service's ignore_changes (through a transform where awsx makes the service).",
)
def ecs_service_leaves_count_to_scaling(service: Resource, stack: Stack) -> Iterator[str]:
    """A service that is scaled ignores changes of its number of tasks.

    The autoscaler owns desiredCount. The provider sends the program's number if it has changed, or differs after a
    refresh: a deployment at noon then shrinks forty tasks to the two in the code.
    """
    if stack.referring(service, TARGET, "resourceId") and "desiredCount" not in service.ignores:
        yield "ignoreChanges does not name desiredCount, wanted it there because a scalable target owns the number"


@availability.high(
    SERVICE,
    reference=f"{GUIDE}/deployment-circuit-breaker.html",
    fix="Set deployment_circuit_breaker to enable and rollback.",
    serving=True,
)
def ecs_service_rolls_back(service: Resource) -> Iterator[str]:
    """A service rolls back a deployment that does not start.

    Without the circuit breaker, ECS tries to start the broken version forever, and the deployment neither ends nor
    fails. (Left out are CodeDeploy and external controllers, which roll back by themselves; blue/green deployments
    may roll back on alarms instead.)
    """
    shifting = service.text("deploymentConfiguration.strategy") in ("BLUE_GREEN", "LINEAR", "CANARY")
    if _is_deployed_by_another(service) or (shifting and service.flag("alarms.rollback")):
        return
    for flag in ("enable", "rollback"):
        if not service.flag(f"deploymentCircuitBreaker.{flag}"):
            yield f"deploymentCircuitBreaker.{flag} is {service.show(f'deploymentCircuitBreaker.{flag}')}, wanted true"


@availability.medium(
    SERVICE,
    reference=f"{GUIDE}/deployment-alarm-failure.html",
    fix="Name the service's alarms in its deployment alarms, with enable and rollback.",
    config_key="alarms",
    serving=True,
)
def ecs_service_rolls_back_on_alarms(service: Resource) -> Iterator[str]:
    """A service rolls back a deployment whose answers are wrong.

    The circuit breaker only sees tasks that do not start. Alarms see a version that starts and returns errors.
    """
    if _is_deployed_by_another(service):
        return
    if not (service.count("alarms.alarmNames") and service.flag("alarms.enable") and service.flag("alarms.rollback")):
        found = ", ".join(f"{switch} is {service.show(f'alarms.{switch}')}" for switch in ("enable", "rollback"))
        yield f"alarms has {service.count('alarms.alarmNames')} names, {found}, wanted at least one, and both true"


@availability.high(
    SERVICE,
    reference=f"{GUIDE}/deployment-type-ecs.html",
    fix="Set deployment_minimum_healthy_percent to 100.",
    serving=True,
)
def ecs_service_keeps_capacity_while_deploying(service: Resource) -> Iterator[str]:
    """A deployment keeps as many tasks running as there were before.

    Below 100 percent ECS stops old tasks first. With two tasks and 50 percent, half of the callers wait until a
    model is loaded. (Daemons are left out: they have one task per host and always stop it first. On the team's own
    instances, which may have no room for more tasks, two that stay are enough, and one where the maximum of 100
    percent says that there is no room.)
    """
    share = service.number("deploymentMinimumHealthyPercent")
    if share is None or share >= 100 or service.text("schedulingStrategy") == "DAEMON":
        return
    staying = ceil((service.number("desiredCount") or 0) * share / 100)
    enough = 1 if service.number("deploymentMaximumPercent") == 100 else 2
    if not (_on_own_instances(service) and staying >= enough) and not _is_deployed_by_another(service):
        yield f"deploymentMinimumHealthyPercent is {share:g}, wanted 100 or more"


def _on_own_instances(service: Resource) -> bool:
    strategies = service.children("capacityProviderStrategies")
    own = [strategy for strategy in strategies if not (strategy.text("capacityProvider") or "").startswith("FARGATE")]
    return service.text("launchType") in ("EC2", "EXTERNAL") or bool(own)


@availability.high(
    SERVICE,
    reference=f"{GUIDE}/service-configuration-parameters.html",
    fix="Raise deployment_maximum_percent (200 is the default), or lower deployment_minimum_healthy_percent.",
)
def ecs_service_has_room_to_deploy(service: Resource) -> Iterator[str]:
    """A deployment can start a new task or stop an old one.

    ECS rounds the minimum up to whole tasks and the maximum down. If there is nothing between them, it may neither
    start nor stop a task: the deployment waits forever.
    """
    if service.text("schedulingStrategy") == "DAEMON" or _is_deployed_by_another(service):
        return
    low, high = service.number("deploymentMinimumHealthyPercent"), service.number("deploymentMaximumPercent")
    if high is None:
        return
    low, count = 100 if low is None else low, service.number("desiredCount") or 1
    if floor(count * high / 100) <= ceil(count * low / 100):
        yield f"of {count:g} tasks {low:g} percent must stay and {high:g} percent may run, wanted room for one more"


@availability.medium(
    SERVICE,
    reference=f"{GUIDE}/load-balancer-healthcheck.html",
    fix="Set health_check_grace_period_seconds to the time the model needs to load.",
    config_key="service.start_seconds",
    serving=True,
)
def ecs_service_has_a_health_check_grace_period(service: Resource) -> Iterator[str]:
    """A service ignores health checks until its tasks have loaded the model.

    The default grace period is zero: the load balancer calls the task unhealthy while it is loading, ECS stops it,
    and the same happens to the next one.
    """
    if service.count("loadBalancers") and not service.number("healthCheckGracePeriodSeconds"):
        yield "healthCheckGracePeriodSeconds is 0, wanted the seconds the model needs to load"


@availability.high(
    SERVICE,
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    fix="Use larger or more subnets, or lower the scalable target's max_capacity.",
)
def ecs_service_fits_its_subnets(service: Resource, stack: Stack) -> Iterator[str]:
    """A service's subnets have an address for each task of its maximum.

    Each task needs an address of its own, and AWS keeps five of every subnet. If they are used up, neither scaling
    out at the peak nor a deployment can start a task.
    """
    path = "networkConfiguration.subnets"
    subnets = stack.follow(service, path, SUBNET)
    if not subnets or (service.known(path) and service.count(path) > len(subnets)):
        return
    sizes = [_addresses(subnet.text_if_known("cidrBlock")) for subnet in subnets]
    free = sum(size for size in sizes if size is not None)
    for target in stack.referring(service, TARGET, "resourceId"):
        most = target.number("maxCapacity") or 0
        if None not in sizes and free < most:
            yield f"the subnets have {free} addresses and maxCapacity is {most:g}, wanted one for each task"


def _addresses(block: str | None) -> int | None:
    """The usable addresses of an IPv4 block; None for anything else."""
    try:
        return ip_network(block or "", strict=False).num_addresses - 5
    except ValueError:
        return None


@availability.medium(
    SERVICE,
    reference=f"{GUIDE}/load-balancer-connection-draining.html",
    fix="Set stop_timeout of the container to the longest request (120 seconds at most on Fargate), or leave it out.",
    serving=True,
)
def ecs_task_stop_timeout_covers_its_requests(service: Resource, stack: Stack) -> Iterator[str]:
    """A container that is stopped has time to finish its requests.

    The target group lets requests continue for its deregistration delay. A container that is killed sooner after
    the stop signal drops them, at every deployment and scale-in.
    """
    groups = stack.follow(service, "loadBalancers", GROUP)
    known = (group.number("deregistrationDelay") for group in groups if group.known("deregistrationDelay"))
    delays = [delay for delay in known if delay]
    for task in stack.follow(service, "taskDefinition", TASK) if delays else ():
        for container in task.document("containerDefinitions").children("items"):
            stop = container.number("stopTimeout")
            if stop is not None and stop < min(120, *delays):
                yield f"stopTimeout is {stop:g} s and the deregistration delay {min(delays):g} s, wanted it as long"


@lifecycle.low(
    SERVICE,
    reference="https://www.pulumi.com/registry/packages/aws/api-docs/ecs/service/#waitforsteadystate_python",
    fix="Set wait_for_steady_state (of awsx, leave out continue_before_steady_state).",
    serving=True,
)
def ecs_service_update_waits_for_its_tasks(service: Resource) -> Iterator[str]:
    """An update of a service ends when its tasks run, not when ECS has taken it down to do.

    Otherwise the update is reported as done while the new tasks are starting, and nobody looks when they fail
    (github.com/hashicorp/terraform-provider-aws/issues/20858). It is advice: a pipeline may wait by itself.
    """
    if service.flag("waitForSteadyState") is False and not _is_deployed_by_another(service):
        yield "waitForSteadyState is false, wanted true"


@cost.low(
    SERVICE,
    reference="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
    fix='Set propagate_tags to "SERVICE" or "TASK_DEFINITION".',
    serving=True,
)
def ecs_service_passes_its_tags_on(service: Resource) -> Iterator[str]:
    """A service whose tasks ECS tags passes its own tags on to them too.

    Tasks are what is paid for. With ECS's tags alone, cluster and service, Cost Explorer shows them under no team's and
    no model's name. A task gets tags only when it starts, so that they cannot be added to what was spent.
    """
    tagged = service.flag("enableEcsManagedTags") and service.count("tags")
    if tagged and service.text("propagateTags") in (None, "", "NONE"):
        yield f'propagateTags is {service.show("propagateTags")}, wanted "SERVICE" or "TASK_DEFINITION"'


def _is_deployed_by_another(service: Resource) -> bool:
    """Whether CodeDeploy or an external controller deploys, which roll back by themselves without ECS's settings."""
    return service.text("deploymentController.type") not in (None, "", "ECS")
