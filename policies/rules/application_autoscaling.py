"""Application Auto Scaling: the targets, policies and schedules that move SageMaker, ECS and Lambda capacity."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule
from .logs import ALARM

TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
TRACKING = "targetTrackingScalingPolicyConfiguration"
METRIC = f"{TRACKING}.predefinedMetricSpecification.predefinedMetricType"
GUIDE = "https://docs.aws.amazon.com/autoscaling/application/userguide"
SEPARATE_INSTANCES = ("sagemaker:variant:DesiredInstanceCount", "ecs:service:DesiredCount")
MOST = 100
# the services that serve models, and how their metrics begin; tables and caches scale by other numbers
FITTING = {"sagemaker": ("SageMaker",), "ecs": ("ECSService", "ALBRequestCountPerTarget"), "lambda": ("Lambda",)}


def serves_a_queue(target: Resource, stack: Stack) -> bool:
    """Whether the target scales an asynchronous SageMaker endpoint, which may go down to nothing."""
    for endpoint in stack.referred(target, "resourceId", ENDPOINT):
        for configuration in stack.referred(endpoint, "endpointConfigName", CONFIGURATION):
            if configuration.has("asyncInferenceConfig"):
                return True
    return False


@rule(
    TARGET,
    category="autoscaling",
    severity="high",
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
    fix="Set scaling.min to 2 or more.",
    config_key="scaling.min",
)
def scaling_target_keeps_two(target: Resource, stack: Stack) -> Iterator[str]:
    """A scalable target keeps at least two instances.

    One instance means one zone: when it fails, or is patched, or is rolled at night, every caller gets errors until a
    new one has started and loaded the model, which takes minutes. (Behind an asynchronous endpoint's queue they wait.)
    """
    if target.text("scalableDimension") not in SEPARATE_INSTANCES or serves_a_queue(target, stack):
        return
    if (target.number("minCapacity") or 0) < 2:
        yield f"minCapacity is {target.show('minCapacity')}, wanted 2 or more"


@rule(
    TARGET,
    category="autoscaling",
    severity="high",
    reference=f"{GUIDE}/application-auto-scaling-target-tracking.html",
    fix="Set scaling.max above scaling.min.",
    config_key="scaling.max",
)
def scaling_target_has_room(target: Resource) -> Iterator[str]:
    """A scalable target can grow.

    With equal bounds the autoscaler is on, green on every dashboard, and cannot add a single instance when traffic
    doubles.
    """
    low, high = target.number("minCapacity") or 0, target.number("maxCapacity") or 0
    if high <= low:
        yield f"maxCapacity is {high:g} and minCapacity is {low:g}, wanted maxCapacity above minCapacity"


@rule(
    TARGET,
    category="cost",
    severity="medium",
    reference="https://docs.aws.amazon.com/wellarchitected/latest/cost-optimization-pillar/cost_manage_demand_resources_dynamic.html",
    fix=f"Lower scaling.max to {MOST} or less, or exempt the target with the reason.",
    config_key="scaling.max",
)
def scaling_target_is_bounded(target: Resource) -> Iterator[str]:
    """A scalable target has an upper bound somebody chose.

    A retry storm scales out as well as real demand does. The bound is what stands between a client's bug and the
    month's budget; a zero too many in it is noticed on the invoice.
    """
    if target.text("serviceNamespace") in FITTING and (target.number("maxCapacity") or 0) > MOST:
        yield f"maxCapacity is {target.show('maxCapacity')}, wanted {MOST} or less"


@rule(
    TARGET,
    category="autoscaling",
    severity="high",
    reference=f"{GUIDE}/application-auto-scaling-suspend-resume-scaling.html",
    fix="Remove suspendedState, or set its flags to false.",
)
def scaling_target_is_not_suspended(target: Resource) -> Iterator[str]:
    """Scaling is not suspended.

    Suspending is meant for the minutes of an incident. Left in the code it is an autoscaler that does nothing, which
    nobody sees until the next peak.
    """
    for flag in ("dynamicScalingInSuspended", "dynamicScalingOutSuspended", "scheduledScalingSuspended"):
        if target.flag(f"suspendedState.{flag}"):
            yield f"suspendedState.{flag} is true, wanted false"


@rule(
    TARGET,
    category="autoscaling",
    severity="critical",
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_adapt_to_changes_autoscale_adapt.html",
    fix="Add a target tracking policy on the target's resource id and dimension.",
    config_key="scaling.metric",
)
def scaling_target_has_a_policy(target: Resource, stack: Stack) -> Iterator[str]:
    """Every scalable target has a scaling policy.

    Registering a target only sets bounds. Without a policy nothing ever moves the number between them.
    """
    if not stack.referring(target, POLICY, "resourceId"):
        yield "no scaling policy refers to this target, wanted at least one"


@rule(
    POLICY,
    category="autoscaling",
    severity="high",
    reference=f"{GUIDE}/application-auto-scaling-target-tracking.html",
    fix="Set the policy type to TargetTrackingScaling with a target tracking configuration.",
    config_key="scaling.metric",
)
def scaling_policy_tracks_a_target(policy: Resource, stack: Stack) -> Iterator[str]:
    """A scaling policy tracks a target value, or an alarm calls it.

    The provider's default type is StepScaling, and a step policy without alarms that call it does nothing at all.
    Target tracking brings its own alarms, for both directions.
    """
    kind = policy.text("policyType")
    if kind not in ("TargetTrackingScaling", "PredictiveScaling"):
        if not stack.referring(policy, ALARM, "alarmActions"):
            yield f'policyType is {policy.show("policyType")} and no alarm calls it, wanted "TargetTrackingScaling"'
    elif kind == "TargetTrackingScaling" and not policy.has(f"{TRACKING}.targetValue"):
        yield f"{TRACKING}.targetValue is not set, wanted the value to hold"


@rule(
    POLICY,
    category="cost",
    severity="medium",
    reference=f"{GUIDE}/target-tracking-scaling-policy-overview.html",
    fix="Remove disableScaleIn, or set it to false.",
)
def scaling_policy_scales_in_too(policy: Resource) -> Iterator[str]:
    """A scaling policy removes what it added.

    With scale-in disabled every peak is kept, and paid, until somebody lowers the number by hand.
    """
    if policy.flag(f"{TRACKING}.disableScaleIn"):
        yield f"{TRACKING}.disableScaleIn is true, wanted false"


@rule(
    POLICY,
    category="autoscaling",
    severity="high",
    reference="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html",
    fix="Choose a metric of the service that is scaled; ALBRequestCountPerTarget also needs a resource label.",
    config_key="scaling.metric",
)
def scaling_policy_metric_fits(policy: Resource) -> Iterator[str]:
    """The metric belongs to the service that is scaled.

    A metric of another service is accepted and never has data: the policy's alarms stay in INSUFFICIENT_DATA and
    capacity stays where it is.
    """
    metric, service = policy.text(METRIC), policy.text("serviceNamespace")
    if metric and service in FITTING and not metric.startswith(FITTING[service]):
        yield f"predefinedMetricType is {policy.show(METRIC)}, wanted one of {service}"
    label = f"{TRACKING}.predefinedMetricSpecification.resourceLabel"
    if metric == "ALBRequestCountPerTarget" and not policy.has(label):
        yield f"{label} is not set, wanted the load balancer's and target group's"


@rule(
    POLICY,
    category="autoscaling",
    severity="medium",
    reference=f"{GUIDE}/target-tracking-scaling-policy-overview.html",
    fix="Set both cooldowns, scaling.cooldowns.scale_in no shorter than scaling.cooldowns.scale_out.",
    config_key="scaling.cooldowns.scale_in",
)
def scaling_policy_removes_slower_than_it_adds(policy: Resource) -> Iterator[str]:
    """Both cooldowns are set, and removing waits at least as long as adding.

    A model needs minutes to load. Removing instances faster than they can be brought back makes the fleet swing, and
    every swing drops requests. Waiting more than ten minutes before adding again loses every race with a peak.
    """
    if policy.text("serviceNamespace") not in FITTING or not policy.has(TRACKING):
        return
    into, out = policy.number(f"{TRACKING}.scaleInCooldown"), policy.number(f"{TRACKING}.scaleOutCooldown")
    if into is None or out is None:
        yield f"scaleInCooldown is {_seconds(into)} and scaleOutCooldown is {_seconds(out)}, wanted both set"
    elif into < out or out > 600:
        yield f"scaleInCooldown is {into:g} s and scaleOutCooldown is {out:g} s, wanted in ≥ out and out ≤ 600 s"


def _seconds(value: float | None) -> str:
    return "not set" if value is None else f"{value:g} s"


SANE = {
    "ECSServiceAverageCPUUtilization": (20, 80),
    "ECSServiceAverageMemoryUtilization": (20, 85),
    "LambdaProvisionedConcurrencyUtilization": (0.1, 0.9),
    "SageMakerVariantProvisionedConcurrencyUtilization": (0.1, 0.9),
    "SageMakerVariantInvocationsPerInstance": (1, 60_000),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (1, 100),
    "ALBRequestCountPerTarget": (1, 100_000),
}


@rule(
    POLICY,
    category="autoscaling",
    severity="high",
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_adapt_to_changes_load_tested_adapt.html",
    fix="Set scaling.target inside the range the finding names, from a load test.",
    config_key="scaling.target",
)
def scaling_policy_target_leaves_headroom(policy: Resource) -> Iterator[str]:
    """The target value leaves headroom.

    New capacity takes minutes to serve. A target near 100 percent (or a percent where the metric is a ratio) starts
    scaling when requests are already queueing; one near zero pays for an idle fleet.
    """
    span = SANE.get(policy.text(METRIC) or "")
    value = policy.number(f"{TRACKING}.targetValue")
    if span and value is not None and not span[0] <= value <= span[1]:
        yield f"targetValue is {value:g} for {policy.text(METRIC)}, wanted {span[0]:g} to {span[1]:g}"
