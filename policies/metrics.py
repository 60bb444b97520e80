"""CloudWatch's metrics: which an alarm, a scaling policy or a dashboard reads, and whether AWS publishes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .properties import Properties
from .resources import Resource

ELB = ("AWS/ApplicationELB", "AWS/NetworkELB")
INSTANCES = "/aws/sagemaker/Endpoints"
OF_VARIANTS = "Invocations(PerInstance)?|Invocation([45]XX|Model)Errors|(Model|Overhead)Latency"
# Namespace, metrics, and the dimensions one of which is in every set that they are published with: another line of the
# same metrics wants a second one.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html,
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html,
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html,
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html,
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html,
# https://www.pulumi.com/docs/reference/pkg/nodejs/pulumi/awsx/ (classic.lb.metrics.application.healthyHostCount),
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
WANTED = (
    ("AWS/ApiGateway", "[45]XXError|Cache(Hit|Miss)Count", ("ApiName",)),
    ("AWS/ApiGateway", "[45]xx|DataProcessed", ("ApiId",)),
    ("AWS/ApiGateway", "Count|Latency|IntegrationLatency", ("ApiName", "ApiId")),
    ("AWS/SQS", ".*", ("QueueName",)),
    ("AWS/SageMaker", OF_VARIANTS, ("EndpointName", "InferenceComponentName")),
    ("AWS/SageMaker", OF_VARIANTS, ("VariantName", "InferenceComponentName")),
    (INSTANCES, ".*", ("EndpointName",)),
    (INSTANCES, ".*", ("VariantName",)),
    # of a target group alone too: requests per target and what a function answers
    ("AWS/ApplicationELB", "(?!RequestCountPerTarget|Lambda|.*HostCount).*", ("LoadBalancer",)),
    ("AWS/ApplicationELB", "(UnH|H)ealthyHostCount", ("LoadBalancer",)),
    ("AWS/ApplicationELB", "(UnH|H)ealthyHostCount|RequestCountPerTarget", ("TargetGroup",)),
    ("AWS/NetworkELB", ".*", ("LoadBalancer",)),
    ("AWS/NetworkELB", "(UnH|H)ealthyHostCount", ("TargetGroup",)),
    ("AWS/ECS", "(CPU|Memory|GPU)(Reservation|Utilization)", ("ClusterName",)),
)
# Dimensions that are never alone, and one of which each goes with. Of Lambda's the pages say that a resource is a
# version or alias of a function: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics.html
BESIDE = {
    ("AWS/ApiGateway", "Stage"): ("ApiName", "ApiId"),
    ("AWS/SageMaker", "VariantName"): ("EndpointName", "InferenceComponentName"),
    ("AWS/ECS", "ServiceName"): ("ClusterName",),
    ("AWS/Lambda", "Resource"): ("FunctionName",),
    ("AWS/Lambda", "ExecutedVersion"): ("FunctionName",),
}
# Metrics as the services' pages spell them: what differs from one of them only in case or in its ending is none.
SPELT = {
    "AWS/ApiGateway": """
        4XXError 5XXError 4xx 5xx CacheHitCount CacheMissCount Count IntegrationLatency Latency DataProcessed
    """,
    "AWS/ApplicationELB": """
        ActiveConnectionCount ConsumedLCUs HTTPCode_ELB_3XX_Count HTTPCode_ELB_4XX_Count HTTPCode_ELB_5XX_Count
        HTTPCode_ELB_500_Count HTTPCode_ELB_502_Count HTTPCode_ELB_503_Count HTTPCode_ELB_504_Count
        NewConnectionCount ProcessedBytes RejectedConnectionCount RequestCount RuleEvaluations HealthyHostCount
        UnHealthyHostCount HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count
        HTTPCode_Target_5XX_Count RequestCountPerTarget TargetConnectionErrorCount TargetResponseTime
        LambdaInternalError TargetTLSNegotiationErrorCount ClientTLSNegotiationErrorCount LambdaTargetProcessedBytes
        LambdaUserError
    """,
    "AWS/NetworkELB": """
        ActiveFlowCount ClientTLSNegotiationErrorCount ConsumedLCUs HealthyHostCount NewFlowCount ProcessedBytes
        TargetTLSNegotiationErrorCount TCP_Client_Reset_Count TCP_ELB_Reset_Count TCP_Target_Reset_Count
        UnHealthyHostCount
    """,
    "AWS/ECS": "CPUReservation CPUUtilization MemoryReservation MemoryUtilization GPUReservation",
    "AWS/Lambda": """
        Invocations Errors DeadLetterErrors DestinationDeliveryFailures Throttles Duration IteratorAge
        ProvisionedConcurrencyInvocations ProvisionedConcurrencySpilloverInvocations PostRuntimeExtensionsDuration
        OffsetLag ConcurrentExecutions ProvisionedConcurrentExecutions ProvisionedConcurrencyUtilization
        ClaimedAccountConcurrency UnreservedConcurrentExecutions
    """,
    "AWS/SageMaker": """
        Invocation4XXErrors Invocation5XXErrors InvocationModelErrors Invocations InvocationsPerInstance
        ModelLatency OverheadLatency ModelSetupTime ModelLoadingWaitTime ModelUnloadingTime ModelDownloadingTime
        ModelLoadingTime ModelCacheHit
    """,
    INSTANCES: """
        CPUUtilization MemoryUtilization GPUUtilization GPUMemoryUtilization DiskUtilization LoadedModelCount
    """,
    "AWS/SQS": """
        ApproximateAgeOfOldestMessage ApproximateNumberOfMessagesDelayed ApproximateNumberOfMessagesNotVisible
        ApproximateNumberOfMessagesVisible NumberOfEmptyReceives NumberOfMessagesDeleted NumberOfMessagesReceived
        NumberOfMessagesSent SentMessageSize
    """,
}


@dataclass(frozen=True)
class Series:
    """A metric that something reads. `at` is where its properties stand, with a dot at the end, or nothing.

    `named` holds the values of the dimensions, None where one is not known yet.
    """

    at: str
    namespace: str
    metric: str
    dimensions: frozenset[str]
    statistic: str = ""
    period: float = 0
    unit: str = ""
    named: Mapping[str, str | None] = field(default_factory=dict, compare=False)


def list_watched(alarm: Resource) -> list[Series]:
    """The metrics that an alarm reads: its own, or those of its queries. Left out is what is not known yet."""
    count = alarm.count("metricQueries") if alarm.known("metricQueries") else 0
    places = ["", *(f"metricQueries[{index}].metric." for index in range(count))]
    return [series for at in places if (series := _read_watched(alarm, at))]


def _read_watched(alarm: Resource, at: str) -> Series | None:
    namespace, metric = (alarm.text_if_known(f"{at}{part}") for part in ("namespace", "metricName"))
    if not metric or not alarm.known(f"{at}dimensions"):
        return None
    period = alarm.number(f"{at}period") if alarm.known(f"{at}period") else None
    names = ("stat",) if at else ("statistic", "extendedStatistic")
    statistic = next((text for name in names if (text := alarm.text_if_known(f"{at}{name}"))), "")
    unit = alarm.text_if_known(f"{at}unit") or ""
    named = {name: alarm.text_if_known(f"{at}dimensions.{name}") for name in alarm.keys(f"{at}dimensions")}
    return Series(at, namespace or "", metric, frozenset(named), statistic, period or 0, unit, named)


def find_compared(alarm: Resource) -> Series | None:
    """The metric that the threshold is compared with as it is; None where it is an expression's value."""
    for series in list_watched(alarm):
        if not series.at or alarm.flag(series.at.removesuffix("metric.") + "returnData"):
            return series
    return None


def list_tracked(policy: Resource) -> Iterator[Series]:
    """The metrics that a target tracking policy reads, of Application Auto Scaling or of a group of machines."""
    for spec in ("targetTrackingScalingPolicyConfiguration", "targetTrackingConfiguration"):
        own = policy.child(f"{spec}.customizedMetricSpecification") if policy.known(spec) else Properties({})
        alone = "metricDimensions" if own.has("metricDimensions") else "dimensions"
        queries = own.children("metrics") if own.known("metrics") else []
        asked = [query.child("metricStat") for query in queries if query.known("metricStat.metric")]
        yield from _read_tracked(own, alone, own)
        for stat in asked:
            yield from _read_tracked(stat.child("metric"), "dimensions", stat)


def _read_tracked(metric: Properties, path: str, measured: Properties) -> Iterator[Series]:
    if not metric.has("metricName") or not all(metric.known(part) for part in ("namespace", "metricName", path)):
        return
    parts = metric.children(path)
    if all(each.known("name") for each in parts):
        named = {each.text("name") or "": each.text("value") if each.known("value") else None for each in parts}
        unit = measured.text("unit") if measured.known("unit") else None
        space, name = metric.text("namespace") or "", metric.text("metricName") or ""
        yield Series("", space, name, frozenset(named), unit=unit or "", named=named)


def list_charted(dashboard: Resource) -> Iterator[Series]:
    """The metrics of a dashboard's graphs that are written out whole: not by `.` and `...` after the line above.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    for widget in dashboard.document("dashboardBody").children("widgets"):
        rows = widget.child("properties").raw.get("metrics")
        for row in rows if isinstance(rows, list) else ():
            texts = [part for part in row if isinstance(part, str)] if isinstance(row, list) else []
            if len(texts) > 1 and len(texts) % 2 == 0 and not {".", "..."} & {*texts}:
                named = dict(zip(texts[2::2], texts[3::2], strict=True))
                yield Series("", texts[0], texts[1], frozenset(named), named=named)


def find_unpublished(series: Series) -> Iterator[str]:
    """Why a metric of AWS has no data: it is spelt otherwise, or never has this set of dimensions."""
    namespace, metric = series.namespace, series.metric
    names = SPELT.get(namespace, "").split()
    alike = [] if metric in names else [name for name in names if _fold(name) == _fold(metric)]
    if alike:
        yield f"{metric} is no metric of {namespace}, wanted {alike[0]}"
        return
    lines = [wanted for space, metrics, wanted in WANTED if space == namespace and re.fullmatch(metrics, metric)]
    lines += [wanted for (space, name), wanted in BESIDE.items() if space == namespace and name in series.dimensions]
    for wanted in dict.fromkeys(lines):
        if not series.dimensions & {*wanted}:
            dimension = " or ".join(wanted)
            yield f"{metric} of {namespace} has no dimension {dimension}, under which it is published, wanted it"


def _fold(name: str) -> str:
    """A metric's name without case, underscores, the other spelling of `z`, and the ending of the plural."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower()).replace("utilis", "utiliz")
    return re.sub(r"(ie)?s$", lambda end: "y" if end[1] else "", plain)
