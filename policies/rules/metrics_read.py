"""What reads metrics: alarms, scaling policies and dashboards on what AWS publishes, and alarms that are always on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..alarm_reach import SHARES, find_the_share
from ..metric_places import find_misplaced
from ..metrics import (
    INSTANCES,
    SPELT,
    Series,
    find_compared,
    find_unpublished,
    list_charted,
    list_tracked,
    list_watched,
)
from ..resources import Resource, Stack
from ..rule import observability
from ..serving import GROUP, SCALABLE, SERVICE
from .alarms import ALARM
from .application_autoscaling import POLICY, SCHEDULED
from .auto_scaling_groups import SCALING as FLEET_POLICY

DASHBOARD, PORTAL = "aws:cloudwatch/dashboard:Dashboard", "azure-native:portal:Dashboard"
# metrics that are above 0 whenever somebody calls, or something runs
ABOVE_ZERO = re.compile(r"\w*(Latency|Duration|Utili[sz]ation|ResponseTime)|ConcurrentExecutions")
# shares of what there is, which are well when they are low; from half of it on, somebody means a full one. SageMaker's
# CPUUtilization counts 100 for each core, and a training job's GPU that idles is a fault.
FILLED = {
    **dict.fromkeys(
        (
            *((space, "CPUUtilization") for space in ("AWS/ECS", "AWS/EC2", "AWS/RDS")),
            *((space, "MemoryUtilization") for space in ("AWS/ECS", INSTANCES)),
            (INSTANCES, "DiskUtilization"),
        ),
        50.0,
    ),
    ("AWS/Lambda", "ProvisionedConcurrencyUtilization"): 0.5,
}
# a load balancer's counts are there only when they are not 0: at 0 or more such an alarm goes off at the first
ONLY_SOME = re.compile(r"HTTPCode_\w+|\w+ErrorCount|RejectedConnectionCount|Lambda\w+|ELBAuth\w+")
READS = {ALARM: list_watched, POLICY: list_tracked, FLEET_POLICY: list_tracked, DASHBOARD: list_charted}


@observability.medium(
    ALARM,
    POLICY,
    FLEET_POLICY,
    DASHBOARD,
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html",
    fix="Name the metric and all its dimensions as the service's page of metrics does.",
    config_key="alarms",
)
def metric_is_published(reader: Resource) -> Iterator[str]:
    """A metric that is watched, scaled by or shown is one that its service publishes.

    CloudWatch accepts any name, and takes each set of dimensions for another metric: under a name in other case, or
    with one dimension too few, there is no data. The alarm stays in INSUFFICIENT_DATA, the policy scales nothing and
    the graph is empty. An HTTP API counts `5xx` under its ApiId, a REST API `5XXError` under its ApiName; a target
    group's health is counted under the group and its balancer, a variant's requests under the endpoint and the
    variant. Without a function's name, Lambda's metrics are those of the account: no policy can follow them. Nor is
    there data in the namespace of another kind of balancer, or in a unit that the metric is not published in.
    """
    if reader.type == DASHBOARD and not reader.known("dashboardBody"):
        return
    read = list(READS[reader.type](reader))
    yield from dict.fromkeys(message for series in read for message in find_unpublished(series))
    yield from dict.fromkeys(message for series in read for message in find_misplaced(series))
    for series in read if reader.type == POLICY else ():
        if series.namespace == "AWS/Lambda" and not series.dimensions:
            yield f"{series.metric} has no dimension FunctionName: it counts all functions of the account, wanted it"


@observability.medium(
    ALARM,
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    fix="Set a threshold that the metric passes only when something is wrong.",
    config_key="alarms",
)
def alarm_can_be_off(alarm: Resource, stack: Stack) -> Iterator[str]:
    """An alarm is off while all is well.

    Counts, times and shares are never below 0: at 0 or more the alarm is on whenever there is data, and so it is
    above 0 for a latency or a utilization, below 100 percent or most of it, and below more hosts than there can be.
    People learn to ignore it, and a rollback that waits for it undoes every release. (Left out are
    alarms that move capacity, and counts that are published only when there are some.)
    """
    threshold, operator = alarm.number("threshold"), alarm.text("comparisonOperator") or ""
    compared, share = find_compared(alarm), find_the_share(alarm)
    known = bool(share) or (compared is not None and _is_known(compared))
    if threshold is None or not known or stack.follow(alarm, "alarmActions", POLICY, FLEET_POLICY):
        return
    if operator.startswith("Greater") and _is_always_above(threshold, "OrEqual" in operator, compared):
        what = compared.metric if compared else "the share"
        yield f"threshold is {threshold:g} and comparisonOperator {operator}: {what} always is, wanted a higher one"
    most = SHARES.get((compared.namespace, compared.metric)) if compared else share
    half = FILLED.get((compared.namespace, compared.metric), 0) if compared else 0
    if operator.startswith("LessThan") and 0 < half <= threshold < 2 * half and not _moves_capacity(alarm):
        yield f"comparisonOperator is {operator} {threshold:g} of what is full at {2 * half:g}, wanted Greater"
    if most and operator.startswith("LessThan") and threshold >= most:
        yield f"threshold is {threshold:.10g} and comparisonOperator {operator}: the most is {most}, wanted a lower one"
    hosts = _count_hosts(alarm, compared, stack) if compared and operator.startswith("LessThan") else None
    if hosts is not None and threshold > hosts:
        yield f"threshold is {threshold:.10g} and there are {hosts:g} hosts at most, wanted {hosts:g} or less"


def _is_known(series: Series) -> bool:
    return series.metric in SPELT.get(series.namespace, "").split() or (series.namespace, series.metric) in FILLED


def _moves_capacity(alarm: Resource) -> bool:
    """Whether one of the alarm's actions is an ARN of a scaling policy or of a machine's stop, or not known yet."""
    actions = alarm.texts("alarmActions") if alarm.known("alarmActions") else [":scalingPolicy:"]
    return any(":scalingPolicy:" in action or ":ec2:" in action for action in actions)


def _count_hosts(alarm: Resource, compared: Series, stack: Stack) -> float | None:
    """The most targets that the services of a group register; None where one of them has no bound that is known."""
    if compared.metric != "HealthyHostCount" or compared.statistic in ("Sum", "SampleCount"):
        return None
    groups = stack.follow(alarm, f"{compared.at}dimensions.TargetGroup", GROUP)
    services = [service for group in groups for service in stack.referring(group, SERVICE, "loadBalancers")]
    bounds: list[float] = []
    for service in services:
        targets = stack.referring(service, SCALABLE, "resourceId")
        schedules = [schedule for target in targets for schedule in stack.referring(target, SCHEDULED, "resourceId")]
        raised = (schedule.number("scalableTargetAction.maxCapacity") or 0 for schedule in schedules)
        bounds.append(max([*(target.number("maxCapacity") or 0 for target in targets), *raised], default=0))
    return sum(bounds) if bounds and all(bounds) else None


def _is_always_above(threshold: float, inclusive: bool, compared: Series | None) -> bool:
    """Whether what is never below 0 always passes the threshold, while there is data."""
    if compared and ONLY_SOME.fullmatch(compared.metric):
        return False
    above_zero = compared is not None and ABOVE_ZERO.fullmatch(compared.metric) is not None
    return threshold < 0 or (threshold == 0 and (inclusive or above_zero))


@observability.low(
    DASHBOARD,
    PORTAL,
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
    fix="Give the dashboard the graphs that its readers open first, or remove it.",
)
def dashboard_shows_something(dashboard: Resource) -> Iterator[str]:
    """A dashboard shows something.

    It may have no widgets, and a graph no metrics: both are accepted, and found empty by whoever opens the link of an
    alarm. (A dashboard that is edited by hand, so that the program ignores its body, is left out.)
    """
    body = "properties.lenses" if dashboard.type == PORTAL else "dashboardBody"
    if not dashboard.known(body) or any(path.startswith(body.partition(".")[0]) for path in dashboard.ignores):
        return
    if dashboard.type == PORTAL:
        lenses = dashboard.children(body)
        if not any(lens.count("parts") for lens in lenses):
            yield "no lens has a part, wanted one or more"
        return
    widgets = dashboard.document(body).children("widgets")
    if not widgets:
        yield "dashboardBody has no widgets, wanted one or more"
    for index, widget in enumerate(widgets):
        drawn = any(widget.count(f"properties.{part}") for part in ("metrics", "annotations"))
        if widget.text("type") == "metric" and not drawn:
            yield f"widgets[{index}] has no metrics, wanted one or more"
