"""Alarms whose values make them useless: thresholds in another unit, and rollbacks on missing data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..metrics import Series, find_compared
from ..resources import Resource, Stack
from ..rule import lifecycle, observability
from .alarms import ALARM, alarm_metrics, rollback_alarms

# Namespace and metric → its unit, and the thresholds that somebody can mean in it.
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html (microseconds),
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html (seconds),
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html and
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html (milliseconds)
UNITS = {
    ("AWS/SageMaker", "ModelLatency"): ("microseconds", 10_000, 3_600_000_000),
    ("AWS/SageMaker", "OverheadLatency"): ("microseconds", 10_000, 3_600_000_000),
    ("AWS/ApplicationELB", "TargetResponseTime"): ("seconds", 0.001, 90),
    ("AWS/ApiGateway", "Latency"): ("milliseconds", 20, 300_000),
    ("AWS/ApiGateway", "IntegrationLatency"): ("milliseconds", 20, 300_000),
    ("AWS/Lambda", "Duration"): ("milliseconds", 20, 900_000),
}
PER_REQUEST = {
    *("Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors", "ModelLatency", "OverheadLatency"),
    *("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count", "TargetResponseTime"),
}
"""Metrics that have no data while nobody calls."""
MEDIAN, PERCENTILE = 50, re.compile(r"p(\d+(?:\.\d+)?)")


@observability.high(
    ALARM,
    reference="https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html",
    fix="Set the threshold in the metric's unit: SageMaker counts microseconds, load balancers seconds.",
)
def alarm_threshold_is_in_the_metrics_unit(alarm: Resource) -> Iterator[str]:
    """An alarm on a latency has a threshold in the metric's unit.

    SageMaker's ModelLatency counts microseconds: 500 is half a millisecond, so the alarm is always on, and every
    rollout that waits for it rolls back. A load balancer's TargetResponseTime counts seconds: 500 is eight minutes,
    so the alarm never fires.
    """
    compared, threshold = find_compared(alarm), alarm.number("threshold")
    if compared is None or (compared.namespace, compared.metric) not in UNITS or not threshold:
        return
    unit, least, most = UNITS[compared.namespace, compared.metric]
    if threshold < least:
        yield f"threshold is {threshold:.10g} {unit}, wanted {least} or more"
    elif threshold > most:
        yield f"threshold is {threshold:.10g} {unit}, wanted {most} or less"


@lifecycle.high(
    ALARM,
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    fix='Set treat_missing_data to "notBreaching".',
)
def alarm_of_a_rollback_ignores_missing_data(alarm: Resource, stack: Stack) -> Iterator[str]:
    """An alarm that rolls deployments back stays off while nobody calls.

    Errors and latencies are only measured when there are requests. If missing data counts as a breach, a deployment
    in a quiet hour is rolled back without cause, and the fix that it brings never arrives.
    """
    counted = set(alarm_metrics(alarm, "AWS/SageMaker", "AWS/ApplicationELB")) & PER_REQUEST
    if (
        counted
        and alarm.text("treatMissingData") == "breaching"
        and alarm.text_if_known("name") in rollback_alarms(stack)
    ):
        yield 'treatMissingData is "breaching" on a metric of requests, wanted "notBreaching"'


@observability.low(
    ALARM,
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Percentiles",
    fix='Set extended_statistic (or stat) to "p90" or higher.',
)
def alarm_on_a_latency_sees_the_slow_answers(alarm: Resource, stack: Stack) -> Iterator[str]:
    """An alarm on a latency looks at the slow answers.

    At the median, half of the callers can wait for ever before it goes off. (Left out are medians beside an alarm on
    a higher percentile of the same metric.)
    """
    compared = find_compared(alarm)
    percentile = _read_percentile(compared)
    if compared is None or percentile is None or percentile > MEDIAN:
        return
    if not (alarm.text("comparisonOperator") or "").startswith("Greater"):
        return
    others = [other for each in stack.of(ALARM) if (other := find_compared(each)) and other.metric == compared.metric]
    if not any((_read_percentile(other) or 0) > MEDIAN or other.statistic == "Maximum" for other in others):
        yield f"{compared.metric} is watched at p{percentile:g}, wanted p90 or higher"


def _read_percentile(series: Series | None) -> float | None:
    """The percentile of a latency that is compared; None for any other statistic."""
    found = PERCENTILE.fullmatch(series.statistic) if series else None
    latency = series is not None and (series.namespace, series.metric) in UNITS
    return float(found[1]) if found and latency else None
