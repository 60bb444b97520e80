"""A team's own machines: Auto Scaling groups, and the capacity that ECS takes from them."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability

FLEET = "aws:autoscaling/group:Group"
CAPACITY = "aws:ecs/capacityProvider:CapacityProvider"
SCALING = "aws:autoscaling/policy:Policy"


@autoscaling.high(
    CAPACITY,
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html",
    fix="Enable managed_scaling, or give the Auto Scaling group a scaling policy of its own.",
)
def ecs_capacity_provider_scales_with_its_tasks(capacity: Resource, stack: Stack) -> Iterator[str]:
    """A capacity provider adds machines for the tasks that a service adds.

    A service that scales out on a full cluster has tasks that stay in PROVISIONING or PENDING: it scales, but
    nothing more answers. It is advice, because another tool may scale the group. With managed termination
    protection the group must protect new machines too, or ECS refuses the capacity provider
    (docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-termination-protection.html).
    """
    path = "autoScalingGroupProvider.managedTerminationProtection"
    for fleet in stack.follow(capacity, "autoScalingGroupProvider", FLEET):
        if capacity.text(path) == "ENABLED" and not fleet.flag("protectFromScaleIn"):
            yield f'{path} is "ENABLED" and {fleet} has no protectFromScaleIn, wanted both'
    if capacity.text("autoScalingGroupProvider.managedScaling.status") != "DISABLED":
        return
    fleets = stack.follow(capacity, "autoScalingGroupProvider", FLEET)
    if not any(stack.referring(fleet, SCALING, "autoscalingGroupName") for fleet in fleets):
        yield 'managedScaling.status is "DISABLED" and the group has no scaling policy, wanted one of them'


@availability.medium(
    FLEET,
    reference="https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-1",
    fix='Set health_check_type to "ELB", with a health_check_grace_period in which the model loads.',
)
def auto_scaling_group_uses_elb_health_checks(fleet: Resource, stack: Stack) -> Iterator[str]:
    """An Auto Scaling group replaces a machine that the load balancer calls unhealthy.

    EC2's own checks only see that a machine runs. The load balancer stops sending requests to one whose server
    hangs, but the group keeps it and starts no other, so the fleet shrinks. Without a grace period, each new
    machine is called dead while it loads the model, and so is the one that replaces it.
    """
    attached = fleet.count("targetGroupArns")
    if attached and "ELB" not in (fleet.text("healthCheckType") or "EC2").split(","):
        yield f'healthCheckType is {fleet.show("healthCheckType")}, wanted "ELB"'
    elif attached and fleet.number("healthCheckGracePeriod") == 0 and not fleet.count("initialLifecycleHooks"):
        yield "healthCheckGracePeriod is 0, wanted the seconds the model needs to load"


@availability.high(
    FLEET,
    reference="https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html",
    fix="Set min_healthy_percentage of the instance refresh to 50 or more (90 is the default), or leave it out.",
)
def auto_scaling_group_refresh_keeps_capacity(fleet: Resource, stack: Stack, *, least: int = 50) -> Iterator[str]:
    """An instance refresh does not replace all machines behind a load balancer at once.

    It removes as many machines as its minimum allows before it starts others. At 0 percent it removes all of them,
    and nobody answers until the new ones have loaded the model.
    """
    share = fleet.number("instanceRefresh.preferences.minHealthyPercentage")
    attached = fleet.count("targetGroupArns")
    if attached and share is not None and share < least:
        yield f"minHealthyPercentage is {share:g}, wanted {least} or more"


@autoscaling.high(
    FLEET,
    reference="https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html",
    fix="Take Launch and AddToLoadBalancer out of suspended_processes.",
)
def auto_scaling_group_can_launch(fleet: Resource) -> Iterator[str]:
    """An Auto Scaling group launches machines and adds them to its load balancer.

    Suspending a process is meant for the minutes of an incident. While Launch is suspended, the group does not grow
    but still removes unhealthy machines. Machines that are added while AddToLoadBalancer is suspended get no
    requests, even later.
    """
    for process in sorted({*fleet.texts("suspendedProcesses")} & {"Launch", "AddToLoadBalancer"}):
        yield f'suspendedProcesses has "{process}", wanted it absent'
