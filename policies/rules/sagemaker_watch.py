"""SageMaker endpoints: which of their metrics raise alarms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import observability
from ..sagemaker_modes import by_components, endpoint_queues, names_of, queues, variants_of
from ..serving import CONFIGURATION, ENDPOINT
from .alarms import ALARM, SELECT, alarm_metrics, is_watched_elsewhere
from .sagemaker_rollout import GUIDE

NAMESPACES = ("AWS/SageMaker", "AWS/SageMaker/InferenceComponents")
WATCHED = {
    "errors": ("Invocation5XXErrors", "InvocationModelErrors"),
    "latency": ("ModelLatency", "OverheadLatency"),
}
# what callers of an asynchronous endpoint wait for: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
WATCHED_IN_A_QUEUE = {
    "errors": ("InvocationFailures", "InvocationsFailed", *WATCHED["errors"]),
    "latency": (
        *("TimeInBacklog", "TotalProcessingTime", "ApproximateAgeOfOldestRequest", "HasBacklogWithoutCapacity"),
        *("ApproximateBacklogSize", "ApproximateBacklogSizePerInstance", "ModelLatency"),
    ),
}


@observability.high(
    ENDPOINT,
    reference=f"{GUIDE}/monitoring-cloudwatch.html",
    fix="Add the alarm for the endpoint's variant.",
    config_key="alarms",
)
def sagemaker_endpoint_has_alarms(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """An endpoint has alarms on its errors and its latency.

    Callers rely on both. Nobody watches a dashboard at night, and a rollback needs an alarm. (Inference components
    have metrics of their own. An alarm on an SQL query watches the endpoints that the query names, or all.)
    """
    if is_watched_elsewhere(stack):
        return
    most = stack.remember("metric queries", lambda: max((a.count("metricQueries") for a in stack.of(ALARM)), default=0))
    paths = ["dimensions", *(f"metricQueries[{at}].metric.dimensions" for at in range(most))]
    alarms = [alarm for path in paths for alarm in stack.referring(endpoint, ALARM, f"{path}.EndpointName")]
    if any(by_components(variant) for variant in variants_of(endpoint, stack)):
        alarms += [a for a in stack.of(ALARM) if any(a.has(f"{path}.InferenceComponentName") for path in paths)]
    asking = stack.remember("alarms with a query", lambda: list(filter(_asks, stack.of(ALARM))))
    alarms += [alarm for alarm in asking if _asks_about(alarm, endpoint)]
    watched = {name for alarm in alarms for name in alarm_metrics(alarm, *NAMESPACES)}
    wanted = WATCHED_IN_A_QUEUE if endpoint_queues(endpoint, stack) else WATCHED
    for what, names in wanted.items():
        if not watched & set(names):
            yield f"no alarm on this endpoint's {what} ({' or '.join(names)}), wanted one"


def _asks(alarm: Resource) -> bool:
    """Whether one of the alarm's queries is, or may be, a Metrics Insights query."""
    queries = alarm.children("metricQueries")
    return any(not query.known("expression") or SELECT.match(query.text("expression") or "") for query in queries)


def _asks_about(alarm: Resource, endpoint: Resource) -> bool:
    """Whether a Metrics Insights query of the alarm covers the endpoint."""
    from_it = endpoint.urn in alarm.list_sources(
        "metricQueries"
    )  # then a query that is not known yet is a question to later
    queries = [query for query in alarm.children("metricQueries") if from_it or query.known("expression")]
    asked = [text for query in queries if SELECT.match(text := query.text("expression") or "")]
    name = endpoint.text_if_known("name")
    return any(not (among := re.findall(r"EndpointName\s*=\s*'([^']*)'", text)) or name in among for text in asked)


@observability.high(
    ALARM,
    reference=f"{GUIDE}/monitoring-cloudwatch.html",
    fix="Give the alarm's VariantName the variant_name that the endpoint's configuration has.",
    config_key="alarms",
)
def alarm_names_an_existing_variant(alarm: Resource, stack: Stack) -> Iterator[str]:
    """An alarm on a variant names one that the endpoint has.

    Metrics under another name have no data: the alarm looks healthy and never fires, nor does a rollback that waits
    for it.
    """
    named = alarm.text_if_known("dimensions.VariantName")
    for endpoint in stack.follow(alarm, "dimensions.EndpointName", ENDPOINT) if named else ():
        names = names_of(variants_of(endpoint, stack))
        if names and named not in names:
            yield f'dimensions.VariantName is "{named}", wanted one of {", ".join(names)}'


@observability.medium(
    CONFIGURATION,
    reference=f"{GUIDE}/async-inference-check-predictions.html",
    fix="Set s3_failure_path, or error_topic in notification_config.",
)
def sagemaker_async_endpoint_reports_failures(configuration: Resource) -> Iterator[str]:
    """An asynchronous endpoint reports failed requests.

    The answer to a request is an object in a bucket. A failed request has no such object: without a path or a topic
    for failures, its caller waits forever.
    """
    output = configuration.child("asyncInferenceConfig.outputConfig")
    told = output.has("s3FailurePath") or output.has("notificationConfig.errorTopic")
    if queues(configuration) and not told:
        yield "outputConfig has no s3FailurePath and no errorTopic, wanted one of them"
