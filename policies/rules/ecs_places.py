"""Where tasks may run, who moves the machines beneath them, how both are replaced, and how long names are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability
from ..serving import SERVICE, TASK
from .auto_scaling_groups import CAPACITY, FLEET, SCALING

DEPLOYS = "aws:codedeploy/deploymentGroup:DeploymentGroup"
NAMES = "aws:servicediscovery/service:Service"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
ONE_ZONE = re.compile(r"attribute:ecs\.availability-zone\s*==\s*(?P<zone>[\w-]+)")
SWITCH = "terminateBlueInstancesOnDeploymentSuccess"


@availability.high(
    SERVICE,
    TASK,
    reference=f"{GUIDE}/task-placement-constraints.html",
    fix="Spread over attribute:ecs.availability-zone, or name several zones with `in`.",
)
def ecs_tasks_may_run_in_every_zone(placed: Resource, stack: Stack) -> Iterator[str]:
    """No constraint puts all tasks into one zone.

    Machines in three zones do not help where a constraint names one: when that zone fails, no other machine may take
    the tasks. Services that name several zones, one each, are taken for copies of one another.
    """
    zones = {zone for resource in stack.of(SERVICE, TASK) for zone in _list_single_zones(resource)}
    for zone in _list_single_zones(placed):
        if len(zones) == 1:
            yield f"placementConstraints puts every task into {zone}, wanted several zones"


def _list_single_zones(placed: Resource) -> list[str]:
    """The zones that constraints name alone: not a zone among others, nor one that is excluded."""
    texts = [constraint.text("expression") or "" for constraint in placed.children("placementConstraints")]
    return [found["zone"] for text in texts if (found := ONE_ZONE.fullmatch(text.strip()))]


@autoscaling.medium(
    CAPACITY,
    reference=f"{GUIDE}/asg-capacity-providers.html",
    fix="Take the Auto Scaling group's own policies away, or disable managed_scaling.",
)
def ecs_capacity_provider_is_the_only_scaler(capacity: Resource, stack: Stack) -> Iterator[str]:
    """Machines that ECS scales are scaled by ECS alone.

    A second policy takes machines away that ECS has just added for tasks that wait, and the two go on so. AWS offers
    one or the other: managed scaling, or policies of one's own.
    """
    managed = capacity.text("autoScalingGroupProvider.managedScaling.status") == "ENABLED"
    for fleet in stack.follow(capacity, "autoScalingGroupProvider", FLEET):
        for policy in stack.referring(fleet, SCALING, "autoscalingGroupName"):
            if managed and policy.text("policyType") != "PredictiveScaling" and policy.flag("enabled") is not False:
                yield f"{policy} scales {fleet} as managedScaling does, wanted one of them"


@availability.high(
    CAPACITY,
    reference="https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html",
    fix="Set min_healthy_percentage of the group's instance refresh to 50 or more, or leave it out.",
)
def ecs_capacity_provider_is_replaced_gradually(capacity: Resource, stack: Stack, *, least: int = 50) -> Iterator[str]:
    """The machines beneath a cluster are not replaced all at once.

    An instance refresh takes as many machines as its minimum lets it, with the tasks on them: at 0 percent the service
    has none until new machines have joined, pulled the image and loaded the model.
    """
    for fleet in stack.follow(capacity, "autoScalingGroupProvider", FLEET):
        share = fleet.number("instanceRefresh.preferences.minHealthyPercentage")
        if share is not None and share < least:
            yield f"minHealthyPercentage of {fleet} is {share:g}, wanted {least} or more"


@availability.high(
    DEPLOYS,
    reference="https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html",
    fix="Enable auto_rollback_configuration, and let the old tasks live for some minutes.",
)
def ecs_blue_green_can_roll_back(group: Resource) -> Iterator[str]:
    """A blue/green deployment of ECS by CodeDeploy can roll back.

    CodeDeploy rolls back where it is told to. What shows itself in the first minutes can be undone at once only while
    the old tasks are there; without them going back is a deployment of its own.
    """
    if not group.has("ecsService"):
        return
    if not group.flag("autoRollbackConfiguration.enabled"):
        yield f"autoRollbackConfiguration.enabled is {group.show('autoRollbackConfiguration.enabled')}, wanted true"
    path = f"blueGreenDeploymentConfig.{SWITCH}"
    if group.text(f"{path}.action") == "TERMINATE" and not group.number(f"{path}.terminationWaitTimeInMinutes"):
        yield "terminationWaitTimeInMinutes is 0, wanted 5 or more"


@availability.medium(
    NAMES,
    reference="https://docs.aws.amazon.com/cloud-map/latest/dg/services-values.html",
    fix="Set ttl of the DNS records to 60 or less.",
)
def ecs_service_discovery_has_a_short_ttl(names: Resource, *, seconds: int = 60) -> Iterator[str]:
    """Service discovery records have a short time to live.

    Cloud Map takes a stopped task out of the answer. Callers keep the answer they have for its time to live, and go on
    calling an address that nobody has, or that is somebody else's by then.
    """
    for record in names.children("dnsConfig.dnsRecords"):
        ttl = record.number("ttl") or 0
        if ttl > seconds and record.text("type") != "CNAME":  # a name for a name, which does not go with a task
            yield f"ttl is {ttl:g} s, wanted {seconds} s or less"
