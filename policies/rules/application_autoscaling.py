"""Application Auto Scaling: the targets, policies and schedules that move SageMaker, ECS and Lambda capacity."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, cost
from ..sagemaker_modes import endpoint_queues
from ..serving import ENDPOINT, serves
from ..serving import SCALABLE as TARGET
from .alarms import ALARM

POLICY = "aws:appautoscaling/policy:Policy"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"
TRACKING = "targetTrackingScalingPolicyConfiguration"
METRIC = f"{TRACKING}.predefinedMetricSpecification.predefinedMetricType"
GUIDE = "https://docs.aws.amazon.com/autoscaling/application/userguide"
SEPARATE_INSTANCES = ("sagemaker:variant:DesiredInstanceCount", "ecs:service:DesiredCount")
# the services that serve models, and how their metrics begin; tables and caches scale by other numbers
FITTING = {"sagemaker": ("SageMaker",), "ecs": ("ECSService", "ALBRequestCountPerTarget"), "lambda": ("Lambda",)}


def serves_a_queue(target: Resource, stack: Stack) -> bool:
    """Whether the target scales an asynchronous SageMaker endpoint, which may go down to nothing."""
    return any(endpoint_queues(endpoint, stack) for endpoint in stack.follow(target, "resourceId", ENDPOINT))


def scales_serving(resource: Resource, stack: Stack) -> bool:
    """Whether a policy or schedule scales what serves. True if its target is not in this stack."""
    targets = stack.follow(resource, "resourceId", TARGET)
    return not targets or any(serves(target, stack) for target in targets)


@autoscaling.high(
    TARGET,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
    fix="Set min_capacity to 2 or more.",
    config_key="scaling.min",
    serving=True,
)
def scaling_target_keeps_two(target: Resource, stack: Stack, *, least: int = 2) -> Iterator[str]:
    """A scalable target keeps at least two instances.

    One instance runs in one zone. If it fails, or is patched or updated, every caller gets errors until a new one
    has started and loaded the model, which takes minutes. (Asynchronous endpoints are left out: their requests wait
    in a queue.)
    """
    if target.text("scalableDimension") not in SEPARATE_INSTANCES or serves_a_queue(target, stack):
        return
    if (target.number("minCapacity") or 0) < least:
        yield f"minCapacity is {target.show('minCapacity')}, wanted {least} or more"


@autoscaling.high(
    TARGET,
    reference=f"{GUIDE}/application-auto-scaling-target-tracking.html",
    fix="Set max_capacity above min_capacity.",
    config_key="scaling.max",
    serving=True,
)
def scaling_target_has_room(target: Resource) -> Iterator[str]:
    """A scalable target has a maximum above its minimum.

    With equal bounds autoscaling is on and looks healthy on every dashboard, but cannot add an instance when
    traffic doubles.
    """
    low, high = target.number("minCapacity") or 0, target.number("maxCapacity") or 0
    if high <= low:
        yield f"maxCapacity is {high:g} and minCapacity is {low:g}, wanted maxCapacity above minCapacity"


@cost.medium(
    TARGET,
    reference="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
    fix="Lower max_capacity to 100 or less, or raise the rule's own bound.",
    config_key="scaling.max",
    serving=True,
)
def scaling_target_is_bounded(target: Resource, *, most: int = 100) -> Iterator[str]:
    """A scalable target has a maximum of 100 or less, unless the team sets another bound.

    A policy adds instances up to the maximum, for a storm of retries as well as for real demand. AWS accepts a
    maximum far above the account's quota, so a zero too many is first noticed on the invoice.
    """
    if (target.number("maxCapacity") or 0) > most:
        yield f"maxCapacity is {target.show('maxCapacity')}, wanted {most} or less"


@autoscaling.high(
    TARGET,
    reference=f"{GUIDE}/application-auto-scaling-suspend-resume-scaling.html",
    fix="Remove suspendedState, or set its flags to false.",
    serving=True,
)
def scaling_target_is_not_suspended(target: Resource) -> Iterator[str]:
    """A scalable target is not suspended.

    Suspending is meant for the minutes of an incident. Left in the code, it turns autoscaling off, and nobody sees
    that until the next peak.
    """
    for flag in ("dynamicScalingInSuspended", "dynamicScalingOutSuspended", "scheduledScalingSuspended"):
        if target.flag(f"suspendedState.{flag}"):
            yield f"suspendedState.{flag} is true, wanted false"


@autoscaling.critical(
    TARGET,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_adapt_to_changes_autoscale_adapt.html",
    fix="Add a target tracking policy on the target's resource id and dimension.",
    config_key="scaling.metric",
    serving=True,
)
def scaling_target_has_a_policy(target: Resource, stack: Stack) -> Iterator[str]:
    """A scalable target has a scaling policy or a schedule.

    Registering a target only sets bounds. Without a policy or a schedule nothing changes the number between them.
    """
    if not any(stack.referring(target, type_, "resourceId") for type_ in (POLICY, SCHEDULED)):
        yield "no scaling policy refers to this target, wanted at least one"


@autoscaling.medium(
    TARGET,
    reference=f"{GUIDE}/scheduled-scaling-policy-overview.html",
    fix="Add a target tracking, step or predictive policy beside the schedules.",
    config_key="scaling.metric",
    serving=True,
)
def scaling_target_follows_the_load(target: Resource, stack: Stack) -> Iterator[str]:
    """A scalable target with schedules also has a policy that follows the load.

    A schedule only knows when callers usually come. If they come at another hour, nothing adds an instance between
    the bounds that it set.
    """
    schedules, policies = (stack.referring(target, type_, "resourceId") for type_ in (SCHEDULED, POLICY))
    if schedules and not policies:
        yield f"no scaling policy refers to this target, only {schedules[0]}, wanted a policy too"


@autoscaling.high(
    POLICY,
    reference=f"{GUIDE}/application-auto-scaling-target-tracking.html",
    fix="Set the policy type to TargetTrackingScaling with a target tracking configuration.",
    config_key="scaling.metric",
)
def scaling_policy_tracks_a_target(policy: Resource, stack: Stack) -> Iterator[str]:
    """A scaling policy tracks a target value, forecasts and scales, or is called by an alarm.

    The provider's default type is StepScaling, and a step policy does nothing without alarms that call it. Target
    tracking brings its own alarms, for both directions. A predictive policy that only forecasts changes nothing.
    """
    kind = policy.text("policyType")
    if kind == "PredictiveScaling":
        mode = "predictiveScalingPolicyConfiguration.mode"
        others = [sibling for sibling in _siblings(policy, stack) if sibling.text("policyType") != kind]
        if policy.text(mode) != "ForecastAndScale" and not others:
            yield f'{mode} is {policy.show(mode)} on the only policy, wanted "ForecastAndScale"'
    elif kind == "TargetTrackingScaling":
        if not policy.has(f"{TRACKING}.targetValue"):
            yield f"{TRACKING}.targetValue is not set, wanted the value to hold"
    elif not stack.referring(policy, ALARM, "alarmActions"):
        yield f'policyType is {policy.show("policyType")} and no alarm calls it, wanted "TargetTrackingScaling"'


def _siblings(policy: Resource, stack: Stack) -> list[Resource]:
    """The policies of the target that the policy belongs to, itself included."""
    targets = stack.follow(policy, "resourceId", TARGET)
    return [other for target in targets for other in stack.referring(target, POLICY, "resourceId")]


@cost.medium(
    POLICY,
    reference=f"{GUIDE}/target-tracking-scaling-policy-overview.html",
    fix="Remove disableScaleIn, or set it to false.",
)
def scaling_policy_scales_in_too(policy: Resource) -> Iterator[str]:
    """A scaling policy also removes the instances that it added.

    With scale-in disabled, the instances of every peak stay and are paid for until somebody lowers the number by
    hand. It is advice, because another policy or a schedule may remove them.
    """
    if policy.flag(f"{TRACKING}.disableScaleIn"):
        yield f"{TRACKING}.disableScaleIn is true, wanted false"


@autoscaling.high(
    POLICY,
    reference="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html",
    fix="Choose a metric of the service that is scaled; ALBRequestCountPerTarget also needs a resource label.",
    config_key="scaling.metric",
)
def scaling_policy_metric_fits(policy: Resource) -> Iterator[str]:
    """A scaling policy's metric belongs to the service that is scaled.

    AWS accepts a metric of another service, but it never has data: the policy's alarms stay in INSUFFICIENT_DATA,
    and the capacity never changes.
    """
    metric, service = policy.text(METRIC), policy.text("serviceNamespace")
    if metric and service in FITTING and not metric.startswith(FITTING[service]):
        yield f"predefinedMetricType is {policy.show(METRIC)}, wanted one of {service}"
    label = f"{TRACKING}.predefinedMetricSpecification.resourceLabel"
    if metric == "ALBRequestCountPerTarget" and not policy.has(label):
        yield f"{label} is not set, wanted the load balancer's and target group's"


@autoscaling.medium(
    POLICY,
    reference=f"{GUIDE}/target-tracking-scaling-policy-overview.html",
    fix="Set scale_in_cooldown no shorter than scale_out_cooldown, and that to 600 or less.",
    config_key="scaling.cooldowns.scale_in",
)
def scaling_policy_removes_slower_than_it_adds(policy: Resource, *, longest: int = 600) -> Iterator[str]:
    """A scaling policy waits at least as long before removing as before adding.

    A model needs minutes to load. If instances are removed faster than they can be added again, the fleet swings,
    and every swing drops requests. More than ten minutes between additions is too slow for a peak. A cooldown that
    is not set has the service's default: 300 seconds for SageMaker and ECS, none for Lambda's provisioned
    concurrency.
    """
    service = policy.text("serviceNamespace")
    if service not in FITTING or not policy.has(TRACKING):
        return
    default = 0 if service == "lambda" else 300
    into, out = (policy.number(f"{TRACKING}.scale{way}Cooldown") for way in ("In", "Out"))
    into, out = (default if seconds is None else seconds for seconds in (into, out))
    if into < out or out > longest:
        wanted = f"scale-in no shorter than scale-out, which is {longest} s at most"
        yield f"scaleInCooldown is {into:g} s and scaleOutCooldown {out:g} s, wanted {wanted}"
