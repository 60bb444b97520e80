"""The values in scaling policies: the metric can reach them, and they leave headroom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability
from ..sagemaker_modes import variants_of
from ..serving import ENDPOINT, GROUP, SCALABLE, SERVICE
from .alarm_ways import is_one_at_most
from .application_autoscaling import FITTING, METRIC, POLICY, SEPARATE_INSTANCES, TRACKING, serves_a_queue
from .auto_scaling_groups import SCALING as FLEET_POLICY

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
CUSTOM = f"{TRACKING}.customizedMetricSpecification"
SANE = {
    "ECSServiceAverageCPUUtilization": (10, 90),
    "ECSServiceAverageMemoryUtilization": (10, 90),
    "ECSServiceAverageCPUUtilizationHighResolution": (10, 90),
    "ECSServiceAverageMemoryUtilizationHighResolution": (10, 90),
    "LambdaProvisionedConcurrencyUtilization": (0.1, 0.9),
    "SageMakerVariantProvisionedConcurrencyUtilization": (0.1, 0.9),
    "SageMakerVariantInvocationsPerInstance": (1, 60_000),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (1, 1000),
    "SageMakerInferenceComponentInvocationsPerCopy": (1, 60_000),
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": (1, 1000),
    "ALBRequestCountPerTarget": (1, 100_000),
    "ASGAverageCPUUtilization": (10, 90),
}
# namespaces in which a utilization is in percent, and the least that a policy can hold without an idle fleet
IN_PERCENT, LEAST = ("/aws/sagemaker/Endpoints", "AWS/ECS", "AWS/EC2"), 10
PERCENT = re.compile(r"(utili[sz]ation|normalized|percent(age)?)$", re.IGNORECASE)
CORES = {"CPUUtilization": 4, "GPUUtilization": 8, "GPUMemoryUtilization": 8}
MULTIPLIED = re.compile(r"\*\s*[\d(]|[\d)]\s*\*")
MOST = 100_000  # requests a minute, more than one instance, task or copy of a model answers
REQUESTS = "RequestCountPerTarget"
# namespace → metrics that count what arrives for the whole fleet, however large it is
OF_THE_WHOLE = {
    "AWS/SQS": ("ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible", "NumberOfMessagesSent"),
    "AWS/SageMaker": ("ApproximateBacklogSize", "Invocations"),
    "AWS/ApplicationELB": ("RequestCount",),
    "AWS/ApiGateway": ("Count",),
    "AWS/Lambda": ("Invocations",),
}
BLUE_GREEN = ("BLUE_GREEN", "LINEAR", "CANARY")


@autoscaling.high(
    POLICY,
    FLEET_POLICY,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_adapt_to_changes_proactive_adapt_auto.html",
    fix="Set target_value inside the range the finding names, from a load test.",
    config_key="scaling.target",
)
def scaling_policy_target_leaves_headroom(policy: Resource) -> Iterator[str]:
    """A scaling policy's target value leaves headroom.

    New capacity takes minutes to serve. With a target near 100 percent (or near 1 for a ratio), scaling starts when
    requests are already queueing; with one near zero, an idle fleet is paid for.
    """
    spec = policy.child(TRACKING if policy.type == POLICY else "targetTrackingConfiguration")
    metric, value = spec.text("predefinedMetricSpecification.predefinedMetricType") or "", spec.number("targetValue")
    span, own = SANE.get(metric), spec.child("customizedMetricSpecification")
    if span and value is not None and not span[0] <= value <= span[1]:
        yield f"targetValue is {value:.10g} for {metric}, wanted {span[0]:g} to {span[1]:g}"
    name, of_aws = own.text("metricName") or "", (own.text("namespace") or "") in IN_PERCENT
    if of_aws and PERCENT.search(name) and value is not None and value < LEAST:
        yield f"targetValue is {value:.10g} for {name}, wanted {LEAST} or more"


@autoscaling.high(
    POLICY,
    reference="https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html",
    fix="Set target_value below what the metric can reach, from a load test.",
    config_key="scaling.target",
)
def scaling_policy_target_can_be_reached(policy: Resource, stack: Stack) -> Iterator[str]:
    """A scaling policy's target value is one that the metric can reach.

    A metric in percent ends at 100, and one of provisioned concurrency at 1. A target above that is never reached:
    the policy's alarm stays green, and no instance is ever added. SageMaker's CPUUtilization counts 100 for each
    core, its GPU metrics 100 for each GPU.
    """
    name, value = policy.text(f"{CUSTOM}.metricName") or "", policy.number(f"{TRACKING}.targetValue")
    metric = policy.text(METRIC) or ""
    if metric.endswith("ProvisionedConcurrencyUtilization") and (value or 0) >= 1:
        yield f"targetValue is {value:g} for {metric}, wanted less than 1, the most it can be"
    if policy.count(f"{CUSTOM}.metrics") and (value or 0) > MOST:
        yield f"targetValue is {policy.show(f'{TRACKING}.targetValue')} for an expression, wanted no more than {MOST}"
    for count, of in _list_counts(policy) if (value or 0) > 1 else ():
        yield f'stat is "{of}" of {count}, which is 1 at most, and targetValue {value:.10g}, wanted "Sum"'
    if policy.text("serviceNamespace") not in FITTING or not PERCENT.search(name) or value is None:
        return
    if policy.text(f"{CUSTOM}.statistic") in ("Sum", "SampleCount"):
        yield f"statistic is {policy.show(f'{CUSTOM}.statistic')} of {name}, wanted Average: a sum grows with the fleet"
    most = 100 * _units(policy, name, stack)
    if value >= most:
        yield f"targetValue is {value:.10g} for {name}, wanted less than {most:g}, the most it can be"


def _list_counts(policy: Resource) -> Iterator[tuple[str, str]]:
    """The counts of requests of which an expression takes what makes 1 of them, if no number multiplies it."""
    queries = policy.children(f"{CUSTOM}.metrics")
    if any(MULTIPLIED.search(query.text("expression") or "") for query in queries):
        return
    for query in queries:
        metric, statistic = query.text("metricStat.metric.metricName"), query.text("metricStat.stat")
        if is_one_at_most(query.text("metricStat.metric.namespace"), metric, statistic):
            yield metric or "", statistic or ""


def _units(policy: Resource, metric: str, stack: Stack) -> int:
    """How many cores or GPUs a metric of a SageMaker instance adds up: an `xlarge` has 4 cores, an `8xlarge` 32."""
    if policy.text("serviceNamespace") != "sagemaker" or metric not in CORES:
        return 1
    targets = stack.follow(policy, "resourceId", SCALABLE)
    endpoints = [endpoint for target in targets for endpoint in stack.follow(target, "resourceId", ENDPOINT)]
    sizes = [v.text("instanceType") or "" for endpoint in endpoints for v in variants_of(endpoint, stack)]
    times = [int(match[1] or 1) for size in sizes if (match := re.search(r"\.(\d*)xlarge$", size))]
    return CORES[metric] * max(times, default=1 if sizes else 48) if metric == "CPUUtilization" else CORES[metric]


@autoscaling.high(
    POLICY,
    reference="https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html",
    fix="Track what each task or instance has of it: a metric expression that divides by their number, or steps.",
    config_key="scaling.metric",
)
def scaling_policy_tracks_load_per_instance(policy: Resource) -> Iterator[str]:
    """A target tracking policy tracks the load of one instance, not of the whole fleet.

    Target tracking assumes that twice the capacity halves the metric. The length of a queue does not halve, so the
    fleet grows to its maximum at the first backlog and shrinks to its minimum afterwards. It is advice, because this
    can be good enough if the bounds are close to each other.
    """
    namespace, name = (policy.text(f"{CUSTOM}.{part}") or "" for part in ("namespace", "metricName"))
    if name in OF_THE_WHOLE.get(namespace, ()):
        yield f"{name} of {namespace} is tracked, which measures the whole fleet, wanted a metric of one instance"


@autoscaling.high(
    POLICY,
    reference=f"{GUIDE}/service-autoscaling-targettracking.html",
    fix="Track the sum of RequestCountPerTarget over both target groups, or ECSServiceAverageCPUUtilization.",
    config_key="scaling.metric",
)
def scaling_policy_survives_blue_green(policy: Resource, stack: Stack) -> Iterator[str]:
    """A service with blue/green deployments does not scale on the requests of one target group.

    The policy's label, or a metric of your own, names one target group. After a deployment the tasks are in the
    other group, the metric of the first falls to zero, and the service is scaled in under load
    (github.com/aws/containers-roadmap/issues/1681). Track the sum over both groups instead.
    """
    if policy.text(METRIC) != "ALBRequestCountPerTarget" and _groups_tracked(policy) != 1:
        return
    targets = stack.follow(policy, "resourceId", SCALABLE)
    for service in (service for target in targets for service in stack.follow(target, "resourceId", SERVICE)):
        by_codedeploy = service.text("deploymentController.type") == "CODE_DEPLOY"
        if by_codedeploy or service.text("deploymentConfiguration.strategy") in BLUE_GREEN:
            yield "the requests of one target group are tracked under blue/green deployments, wanted those of both"


def _groups_tracked(policy: Resource) -> int:
    """The number of series of requests per target in the program's own metric."""
    alone = policy.text(f"{CUSTOM}.metricName") == REQUESTS
    queries = policy.children(f"{CUSTOM}.metrics")
    return alone + sum(query.text("metricStat.metric.metricName") == REQUESTS for query in queries)


@autoscaling.high(
    POLICY,
    reference="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html",
    fix="Make resource_label of the balancer and the target group that the scaled service is registered with.",
    config_key="scaling.metric",
)
def scaling_policy_tracks_the_services_target_group(policy: Resource, stack: Stack) -> Iterator[str]:
    """A scaling policy tracks the requests of the service that it scales.

    With the label of another target group, the service follows another service's traffic and does not grow with its
    own.
    """
    label = policy.text_if_known(f"{TRACKING}.predefinedMetricSpecification.resourceLabel") or ""
    group = label.partition("/targetgroup/")[2].partition("/")[0]
    targets = stack.follow(policy, "resourceId", SCALABLE)
    services = [service for target in targets for service in stack.follow(target, "resourceId", SERVICE)]
    groups = [g for service in services for g in stack.follow(service, "loadBalancers", GROUP)]
    names = {name for group in groups if (name := group.text_if_known("name"))}
    if group and names and group not in names:
        yield f'resourceLabel names the target group "{group}", wanted {" or ".join(sorted(names))}'


@availability.high(
    SCALABLE,
    reference="https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html",
    fix="Set min_capacity to 1 or more.",
    config_key="scaling.min",
    serving=True,
)
def scaling_target_keeps_one(target: Resource, stack: Stack) -> Iterator[str]:
    """A scalable target that answers callers keeps at least one instance.

    With a minimum of 0, the first caller after a quiet hour gets an error, or waits until a model is loaded, in
    every environment. (Left out are asynchronous endpoints, whose requests wait in a queue, and inference
    components, whose copies may go to zero.)
    """
    dimensions = (*SEPARATE_INSTANCES, "lambda:function:ProvisionedConcurrency")
    if target.text("scalableDimension") not in dimensions or serves_a_queue(target, stack):
        return
    if target.number("minCapacity") == 0:
        yield "minCapacity is 0, wanted 1 or more"
