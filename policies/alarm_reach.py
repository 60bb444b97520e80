"""What an alarm can see: the most that its metric can be, and whether its dimensions belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .metrics import SPELT, Series, find_compared, list_watched
from .resources import Resource, Stack
from .serving import ALIAS, CLUSTER, FUNCTION, GROUP, HTTP_INTEGRATION, INTEGRATION, SERVICE

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER, LISTENER_RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"
REST_API, HTTP_API = "aws:apigateway/restApi:RestApi", "aws:apigatewayv2/api:Api"
# namespace and metric → the dimension that names a resource, its type, the property that ends the metric, its default,
# and how many of the metric's unit are one of the property's.
# https://www.pulumi.com/docs/reference/pkg/nodejs/pulumi/awsx/lambda/ (Duration ends at the time-out),
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html,
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#connection-idle-timeout,
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
ENDS = {
    ("AWS/Lambda", "Duration"): ("FunctionName", FUNCTION, "timeout", 3, 1000),
    ("AWS/Lambda", "ConcurrentExecutions"): ("FunctionName", FUNCTION, "reservedConcurrentExecutions", -1, 1),
    ("AWS/ApplicationELB", "TargetResponseTime"): ("LoadBalancer", BALANCER, "idleTimeout", 60, 1),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): (
        *("QueueName", "aws:sqs/queue:Queue", "messageRetentionSeconds"),
        *(345_600, 1),
    ),
}
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
WAITS = (("ApiName", REST_API, INTEGRATION, "restApi", 29_000), ("ApiId", HTTP_API, HTTP_INTEGRATION, "apiId", 30_000))
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html and
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html
SHARES = {
    ("/aws/sagemaker/Endpoints", "MemoryUtilization"): 100,
    ("/aws/sagemaker/Endpoints", "DiskUtilization"): 100,
    ("AWS/Lambda", "ProvisionedConcurrencyUtilization"): 1,
}
# counts of requests that failed, and of requests
FAILED = {
    *("5XXError", "5xx", "4XXError", "4xx", "Errors"),
    *("Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors"),
    *("HTTPCode_Target_5XX_Count", "HTTPCode_Target_4XX_Count", "HTTPCode_ELB_5XX_Count"),
}
ASKED = {"Count", "Invocations", "RequestCount"}
TOTALS = {"Sum", "SampleCount"}
NAME, NUMBER = re.compile(r"[A-Za-z_]\w*"), re.compile(r"(?<![\w.])\d[\d.]*")
# the dimension that names the whole, its type, the dimension that names a part, its type, where the part names the
# whole, and the part's name
PARTS = (
    ("FunctionName", FUNCTION, "Resource", ALIAS, "functionName", "name"),
    ("ApiName", REST_API, "Stage", "aws:apigateway/stage:Stage", "restApi", "stageName"),
    ("ClusterName", CLUSTER, "ServiceName", SERVICE, "cluster", "name"),
)


def find_the_most(alarm: Resource, series: Series, stack: Stack) -> tuple[float, str] | None:
    """The most that the metric can be, and what ends it there; None where that is not known."""
    metric = (series.namespace, series.metric)
    if metric in SHARES:
        return SHARES[metric], "all of it"
    dimension, type_, path, default, unit = ENDS.get(metric, ("", "", "", 0, 1))
    for named in stack.follow(alarm, f"{series.at}dimensions.{dimension}", type_) if dimension else ():
        end = named.number(path) if named.has(path) else default
        return (end * unit, f"{path} of {named}") if end is not None and end > 0 else None
    return _find_the_longest_wait(alarm, series, stack) if metric == ("AWS/ApiGateway", "IntegrationLatency") else None


def _find_the_longest_wait(alarm: Resource, series: Series, stack: Stack) -> tuple[float, str] | None:
    """The longest time-out of an API's integrations; None where some are in a document."""
    for dimension, type_, integration, path, default in WAITS:
        for api in stack.follow(alarm, f"{series.at}dimensions.{dimension}", type_):
            waits = [each.number("timeoutMilliseconds") or default for each in stack.referring(api, integration, path)]
            return (max(waits), f"timeoutMilliseconds of {api}") if waits and not api.has("body") else None
    return None


def find_the_share(alarm: Resource) -> int | None:
    """The most of an alarm's value, 100 or 1, if that is the share of the requests that fail; None otherwise."""
    queries = alarm.children("metricQueries") if alarm.known("metricQueries") else []
    formulas = [text for query in queries if query.known("expression") and (text := query.text("expression"))]
    named = [query for query in queries if query.known("metric.metricName")]
    metrics = {query.text("id") or "": query.text("metric.metricName") or "" for query in named}
    return _read_share(formulas[0], metrics) if len(formulas) == 1 else None


def _read_share(formula: str, metrics: Mapping[str, str]) -> int | None:
    """The most that `100 * errors / requests` can be, in percent or as a fraction; None for any other formula.

    What a load balancer answers by itself is not among its requests: it only counts where the larger is the divisor.
    """
    part, divided, whole = formula.partition("/")
    numbers = set(NUMBER.findall(formula)) - {"0"}
    strange = set(NAME.findall(formula)) - {*metrics, "MAX", "FILL", "SUM"} or numbers - {"100"}
    if not divided or strange or "/" in whole or "-" in formula:
        return None
    parts, wholes = ({metrics[name] for name in NAME.findall(side) if name in metrics} for side in (part, whole))
    failing = FAILED if "MAX" in whole else FAILED - {"HTTPCode_ELB_5XX_Count"}
    share = parts and parts <= failing and wholes & ASKED
    return (100 if numbers else 1) if share else None


def find_uneven_share(alarm: Resource) -> Iterator[str]:
    """A share that is none: of the failures of more than the requests that divide them, or of a sum and an average."""
    watched = [series for series in list_watched(alarm) if series.at] if find_the_share(alarm) else []
    wholes = [series for series in watched if series.metric in ASKED]
    for part in (series for series in watched if series.metric in FAILED):
        if wholes and all(part.dimensions < whole.dimensions for whole in wholes):
            lacking = ", ".join(sorted(wholes[0].dimensions - part.dimensions))
            yield f"{part.metric} has no dimension {lacking} and {wholes[0].metric} has, wanted those of the same"
    statistics = {series.statistic for series in watched}
    if "" not in statistics and statistics & TOTALS and statistics - TOTALS:
        uneven = next(series for series in watched if series.statistic not in TOTALS)
        yield f'stat is "{uneven.statistic}" of {uneven.metric} and a total of the other, wanted "Sum" of both'


def find_strange_parts(alarm: Resource, stack: Stack) -> Iterator[str]:
    """Dimensions that name a part which the whole beside it has not: there is no data under both."""
    for series in list_watched(alarm):
        yield from _find_strange_parts(alarm, f"{series.at}dimensions.", stack)
        yield from _find_strange_groups(alarm, f"{series.at}dimensions.", stack)


def _find_strange_parts(alarm: Resource, at: str, stack: Stack) -> Iterator[str]:
    for whole, type_, part, part_type, path, name in PARTS:
        named = alarm.text_if_known(f"{at}{part}") or ""
        wholes = stack.follow(alarm, f"{at}{whole}", type_) if named else []
        names = {one.text_if_known(name) for owner in wholes for one in stack.referring(owner, part_type, path)}
        own = named.rpartition(":")[2] if part == "Resource" else named
        known = names and None not in names and not (own.isdigit() or own == "$LATEST")
        if known and own not in {*names, alarm.text_if_known(f"{at}{whole}")}:
            there = ", ".join(sorted(map(str, names)))
            yield f'{at}{part} is "{named}", which {wholes[0]} has not, wanted one of {there}'


def _find_strange_groups(alarm: Resource, at: str, stack: Stack) -> Iterator[str]:
    named = alarm.text_if_known(f"{at}TargetGroup")
    balancers = stack.follow(alarm, f"{at}LoadBalancer", BALANCER) if named else []
    behind = {group.urn for balancer in balancers for group in _groups_behind(balancer, stack)}
    meant = stack.follow(alarm, f"{at}TargetGroup", GROUP)
    leads = {group.urn for balancer in stack.of(BALANCER) for group in _groups_behind(balancer, stack)}
    elsewhere = all(group.urn in leads - behind for group in meant)
    if named and behind and elsewhere:
        yield f'{at}TargetGroup is "{named}", to which no listener of {balancers[0]} leads, wanted one behind it'


def _groups_behind(balancer: Resource, stack: Stack) -> Iterator[Resource]:
    for listener in stack.referring(balancer, LISTENER, "loadBalancerArn"):
        yield from stack.follow(listener, "defaultActions", GROUP)
        for rule in stack.referring(listener, LISTENER_RULE, "listenerArn"):
            yield from stack.follow(rule, "actions", GROUP)


def find_unreachable(alarm: Resource, stack: Stack) -> Iterator[str]:
    """A threshold that the metric never passes."""
    threshold, operator = alarm.number("threshold"), alarm.text("comparisonOperator") or ""
    series, share = find_compared(alarm), find_the_share(alarm)
    if threshold is None:
        return
    counted = series is not None and series.statistic in ("Sum", "SampleCount")
    end = find_the_most(alarm, series, stack) if series and not counted else None
    most, what = (share, "a share of the requests") if share else end or (None, "")
    metric = series.metric if series else "the expression"
    passed = threshold > most or (threshold == most and "OrEqual" not in operator) if most else False
    if most and operator.startswith("Greater") and passed:
        yield f"threshold is {threshold:.10g} and {metric} ends at {most:.10g} ({what}), wanted less"
    never_less = threshold < 0 or (threshold == 0 and "OrEqual" not in operator)
    counts = bool(share) or (series is not None and series.metric in SPELT.get(series.namespace, "").split())
    # of hosts that are gone there is no data, and an alarm on nothing else but silence is one of its own
    silent = alarm.text("treatMissingData") == "breaching" and metric != "HealthyHostCount"
    if operator.startswith("LessThan") and never_less and counts and not silent:
        yield f"threshold is {threshold:g} and {metric} is never less, wanted more"
