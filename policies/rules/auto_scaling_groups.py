"""A team's own machines: Auto Scaling groups, and the capacity that ECS takes from them."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability

FLEET = "aws:autoscaling/group:Group"
CAPACITY = "aws:ecs/capacityProvider:CapacityProvider"
SCALING, SCHEDULE = "aws:autoscaling/policy:Policy", "aws:autoscaling/schedule:Schedule"
GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide"
# what attaches a group to a load balancer, and by which property
ATTACHING = {
    "aws:autoscaling/attachment:Attachment": "autoscalingGroupName",
    "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment": "autoscalingGroupName",
}


def _gets_requests(fleet: Resource, stack: Stack) -> bool:
    """Whether a load balancer sends requests to the machines of the group."""
    beside = any(stack.referring(fleet, type_, path) for type_, path in ATTACHING.items())
    return beside or any(fleet.count(path) for path in ("targetGroupArns", "trafficSources"))


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
    fleets = stack.follow(capacity, "autoScalingGroupProvider", FLEET)
    for fleet in fleets:
        if capacity.text(path) == "ENABLED" and not fleet.flag("protectFromScaleIn"):
            yield f'{path} is "ENABLED" and {fleet} has no protectFromScaleIn, wanted both'
    if capacity.text("autoScalingGroupProvider.managedScaling.status") != "DISABLED":
        return
    if not any(stack.referring(fleet, SCALING, "autoscalingGroupName") for fleet in fleets):
        yield 'managedScaling.status is "DISABLED" and the group has no scaling policy, wanted one of them'


@availability.medium(
    FLEET,
    reference="https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-1",
    fix='Set health_check_type to "ELB", with a health_check_grace_period in which the model loads.',
)
def auto_scaling_group_uses_elb_health_checks(fleet: Resource) -> Iterator[str]:
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
def auto_scaling_group_refresh_keeps_capacity(fleet: Resource, *, least: int = 50) -> Iterator[str]:
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


@availability.high(
    FLEET,
    reference="https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-2",
    fix="Give vpc_zone_identifiers subnets of two zones or more.",
)
def auto_scaling_group_spans_zones(fleet: Resource, stack: Stack) -> Iterator[str]:
    """The machines behind a load balancer lie in several zones.

    A group in one zone is gone with it, and the load balancer's other zones have nobody to send requests to. It is
    advice: a group for each zone, behind one target group, is a right way as well.
    """
    zones = fleet.count("availabilityZones") or stack.zones(fleet, "vpcZoneIdentifiers")
    others = [other for other in stack.of(FLEET) if other.urn != fleet.urn and _gets_requests(other, stack)]
    if zones < 2 and _gets_requests(fleet, stack) and not others:
        yield f"vpcZoneIdentifiers lie in {zones} zone, wanted two or more"


@autoscaling.high(
    FLEET,
    reference=f"{GUIDE}/as-scaling-target-tracking.html",
    fix="Set min_size to 2, max_size above it, and add a scaling policy for the group.",
)
def auto_scaling_group_scales(fleet: Resource, stack: Stack, *, least: int = 2) -> Iterator[str]:
    """An Auto Scaling group behind a load balancer keeps two machines, has room, and something that moves it.

    With one machine each replacement is an outage. With a maximum at the minimum, or without a policy or a schedule,
    the group keeps its size whatever the load. It is advice: another stack may scale the group, or its size is
    fixed on purpose.
    """
    low, high = fleet.number("minSize") or 0, fleet.number("maxSize")
    filled = bool(stack.referring(fleet, CAPACITY, "autoScalingGroupProvider"))
    if high is not None and high <= low and (filled or _gets_requests(fleet, stack)):
        yield f"maxSize is {high:g} and minSize {low:g}, wanted a maximum above the minimum"
    if filled or not _gets_requests(fleet, stack):
        return
    if low < least:
        yield f"minSize is {low:g}, wanted {least} or more"
    for schedule in stack.referring(fleet, SCHEDULE, "autoscalingGroupName"):
        if schedule.number("maxSize") == 0 or schedule.number("desiredCapacity") == 0:
            yield f"{schedule} takes all machines away, wanted {least} or more"
    if not any(stack.referring(fleet, type_, "autoscalingGroupName") for type_ in (SCALING, SCHEDULE)):
        yield "no scaling policy and no schedule is for this group, wanted one"


@availability.high(
    FLEET,
    reference=f"{GUIDE}/ec2-auto-scaling-mixed-instances-groups.html",
    fix="Set on_demand_base_capacity, or on_demand_percentage_above_base_capacity, above 0.",
)
def auto_scaling_group_is_not_all_spot(fleet: Resource, stack: Stack) -> Iterator[str]:
    """The machines behind a load balancer are not all Spot instances.

    EC2 takes Spot instances back when it needs them, and there may be no others to replace them. It is advice: several
    instance types in several zones make that rarer.
    """
    mixed = fleet.child("mixedInstancesPolicy.instancesDistribution")
    base, above = mixed.number("onDemandBaseCapacity") or 0, mixed.number("onDemandPercentageAboveBaseCapacity")
    if base == 0 and above == 0 and _gets_requests(fleet, stack):
        yield "onDemandPercentageAboveBaseCapacity is 0 and there is no base on demand, wanted some on demand"
