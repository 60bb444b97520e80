"""From a metric to the person: alarms that read what is published, and topics that take what alarms send."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..alarm_reach import find_uneven_share
from ..metrics import find_compared, list_watched
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import autoscaling, observability
from .alarms import ALARM, TOPIC
from .application_autoscaling import POLICY

TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
ELB = ("AWS/ApplicationELB", "AWS/NetworkELB", "AWS/GatewayELB")
PUBLISHER = "cloudwatch.amazonaws.com"
METRICS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html"
# metrics that are 1 or nothing: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
OF_ONE = ("HasBacklogWithoutCapacity",)
# counts of which average, minimum and maximum are 1 or less; of the whole name, or how it begins.
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html ("binary indicators"),
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html and
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html (1 for each error, otherwise 0)
COUNTS = {
    **dict.fromkeys(ELB, ("HTTPCode_",)),
    "AWS/Lambda": ("Invocations", "Errors", "Throttles"),
    "AWS/ApiGateway": ("Count", "4XXError", "5XXError", "4xx", "5xx"),
    "AWS/SageMaker": ("Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors"),
}
OF_ONE_REQUEST = re.compile(r"Average|Maximum|Minimum|p\d.*")
LATENCIES = ("ModelLatency", "OverheadLatency", "TargetResponseTime", "Latency", "IntegrationLatency", "Duration")
# gauges of which the lowest value is that of the quietest moment, or of the idlest machine:
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html ("view this metric using MAX")
GAUGES = re.compile(r"\w*ConcurrentExecutions|\w*Concurrency\w*|ConcurrentRequests\w*|\w*Utili[sz]ation")
# metrics that are worse the higher they are, of which the lowest value says nothing: errors, and hosts that are gone
FAILURES = {
    *("UnHealthyHostCount", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count", "TargetConnectionErrorCount"),
    *("RejectedConnectionCount", "5XXError", "5xx", "Errors", "Throttles", "InvocationsFailed"),
    *("Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors"),
}


@observability.high(
    TOPIC,
    reference="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services",
    fix="Use a key of your own whose policy names cloudwatch.amazonaws.com, and allow it sns:Publish.",
)
def alarm_topic_lets_cloudwatch_publish(topic: Resource, stack: Stack) -> Iterator[str]:
    """A topic of alarms lets CloudWatch publish.

    An alarm may not use the key that AWS manages for SNS, nor publish to a topic whose policy names other services
    alone. It goes off, its action fails, and nobody hears of it
    (repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger).
    """
    if not stack.referring(topic, ALARM, "alarmActions"):
        return
    if (topic.text_if_known("kmsMasterKeyId") or "").endswith("alias/aws/sns"):
        yield 'kmsMasterKeyId is "alias/aws/sns", which alarms may not use, wanted a key of your own'
    policies = [topic] if topic.has("policy") else stack.referring(topic, TOPIC_POLICY, "arn")
    for policy in policies:
        statements = policy.document("policy").children("Statement") if policy.known("policy") else []
        if statements and not any(_lets_alarms_in(statement) for statement in statements):
            yield f"no statement of the topic's policy allows {PUBLISHER}, wanted one"


def _lets_alarms_in(statement: Properties) -> bool:
    """Whether a statement is for CloudWatch, or for accounts, of which the topic's own may be one."""
    who = statement.raw.get("Principal")
    return statement.text("Effect") == "Allow" and (who == "*" or "AWS" in (who or {}) or PUBLISHER in str(who))


@observability.high(
    ALARM,
    reference=METRICS,
    fix="Take arn_suffix for the dimensions of a load balancer, the sum of a count, and >= 1 where a metric is 0 or 1.",
)
def alarm_can_see_the_failure(alarm: Resource) -> Iterator[str]:
    """An alarm can see the failure that it is for.

    A load balancer's metrics have the end of its ARN as dimension; under the whole ARN there is no data. The average of
    a count of requests is 1 at most, whatever happens. Nor does a metric that is 0 or 1 ever come above 1. An alarm
    that goes off when there are few errors, or looks at the lowest count of them or the lowest concurrency, sees the
    failure of nobody. A share divides the sum of one function's failures by that of its own requests, or it is the
    share of nothing.
    """
    for series in (series for series in list_watched(alarm) if series.namespace in ELB):
        for path in (f"{series.at}dimensions.{name}" for name in sorted(series.dimensions)):
            if (alarm.text_if_known(path) or "").startswith("arn:"):
                yield f"{path} is an ARN, wanted its end (arn_suffix)"
    yield from find_uneven_share(alarm)
    compared = find_compared(alarm)
    metric, statistic = (compared.metric, compared.statistic) if compared else ("", "")
    threshold, operator = alarm.number("threshold") or 0, alarm.text("comparisonOperator") or ""
    above_one = operator.startswith("Greater") and (threshold > 1 or (threshold == 1 and "OrEqual" not in operator))
    single = compared is not None and is_one_at_most(compared.namespace, metric, statistic)
    if above_one and single and (statistic != "Minimum" or metric not in FAILURES):  # of those it is said below
        yield f'statistic is "{statistic}" of {metric}, which is 1 at most, wanted "Sum"'
    if metric in FAILURES and operator.startswith("LessThan"):
        yield f"comparisonOperator is {operator} of {metric}, which is well when it is low, wanted GreaterThanThreshold"
    if metric in FAILURES and statistic in ("Minimum", "SampleCount"):
        yield f'statistic is "{statistic}" of {metric}, which says nothing of failures, wanted "Sum" or "Maximum"'
    if metric in LATENCIES and statistic == "Minimum":
        yield f'statistic is "Minimum" of {metric}, which is one fast answer, wanted a percentile, such as p99'
    if GAUGES.fullmatch(metric) and statistic == "Minimum" and operator.startswith("Greater"):
        yield f'statistic is "Minimum" of {metric}, which is its quietest moment, wanted "Maximum" or "Average"'
    if metric == "HealthyHostCount" and operator.startswith("Greater"):
        yield f"comparisonOperator is {operator} of {metric}, which is well when it is high, wanted LessThanThreshold"
    if metric in OF_ONE and statistic != "Sum" and above_one:
        yield f"threshold is {threshold:g} and {metric} is 1 at most, wanted GreaterThanOrEqualToThreshold"


def is_one_at_most(namespace: str | None, metric: str | None, statistic: str | None) -> bool:
    """Whether a metric is 1 for each request, and the statistic of it that of a single one."""
    begins = COUNTS.get(namespace or "", ())
    counted = (metric or "").startswith(begins) if namespace in ELB else metric in begins
    return counted and OF_ONE_REQUEST.fullmatch(statistic or "") is not None


@observability.medium(
    ALARM,
    reference=METRICS,
    fix='Set treat_missing_data to "breaching".',
)
def alarm_on_healthy_hosts_counts_missing_data(alarm: Resource) -> Iterator[str]:
    """An alarm on healthy hosts goes off when there is no data.

    A load balancer publishes healthy targets while it has targets. When the last one is gone there is no data, and an
    alarm that takes silence for good turns green.
    """
    silence, compared = alarm.text("treatMissingData"), find_compared(alarm)
    alive = compared is not None and compared.namespace in ELB and compared.metric == "HealthyHostCount"
    few = (alarm.text("comparisonOperator") or "").startswith("LessThan")
    if alive and few and silence in ("notBreaching", "ignore"):
        yield f'treatMissingData is "{silence}" on "HealthyHostCount", wanted "breaching"'


@autoscaling.high(
    POLICY,
    reference="https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-code-define.html",
    fix="Give the metric's dimensions the endpoint and the variant of the resource id.",
)
def scaling_policy_uses_its_own_variants_metric(policy: Resource) -> Iterator[str]:
    """A variant of an endpoint is scaled by its own metric.

    Under the name of a variant that is not there, a metric has no data: the policy is in force and moves nothing. The
    metric of another variant says nothing of this one's load.
    """
    named = (policy.text_if_known("resourceId") or "").split("/")
    wanted = {"EndpointName": named[1], "VariantName": named[3]} if len(named) == 4 else {}
    spec = policy.child("targetTrackingScalingPolicyConfiguration.customizedMetricSpecification")
    for dimension in spec.children("dimensions"):
        name = dimension.text("name") or ""
        if name in wanted and dimension.known("value") and dimension.text("value") != wanted[name]:
            yield f'{name} of the metric is {dimension.show("value")}, wanted "{wanted[name]}"'
