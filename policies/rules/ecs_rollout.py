"""ECS services: how a new version comes out, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule
from .application_autoscaling import TARGET
from .ecs import GUIDE, SERVICE


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
    reference=f"{GUIDE}/deployment-circuit-breaker.html",
    fix="Set deployment_circuit_breaker to enable and rollback.",
)
def ecs_service_rolls_back(service: Resource) -> Iterator[str]:
    """A deployment that cannot start rolls back by itself.

    Without the circuit breaker ECS tries to start the broken version for ever, and the deployment neither ends nor
    fails.
    """
    if _deployed_by_another(service):
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
    if _deployed_by_another(service):
        return
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


def _deployed_by_another(service: Resource) -> bool:
    """CodeDeploy and external controllers roll back by themselves, and refuse ECS's own settings for it."""
    return service.text("deploymentController.type") not in (None, "", "ECS")
