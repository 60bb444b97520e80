"""What an alarm can see: the most that its metric can be, and whether its dimensions belong together."""

from __future__ import annotations

from collections.abc import Iterator

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
# the dimension that names the whole, its type, the dimension that names a part, its type, where the part names the
# whole, and the part's name
PARTS = (
    ("FunctionName", FUNCTION, "Resource", ALIAS, "functionName", "name"),
    ("ApiName", REST_API, "Stage", "aws:apigateway/stage:Stage", "restApi", "stageName"),
    ("ClusterName", CLUSTER, "ServiceName", SERVICE, "cluster", "name"),
)


def find_the_most(alarm: Resource, stack: Stack) -> tuple[float, str] | None:
    """The most that the metric can be, and what ends it there; None where that is not known."""
    metric = (alarm.text("namespace") or "", alarm.text("metricName") or "")
    if metric in SHARES:
        return SHARES[metric], "all of it"
    dimension, type_, path, default, unit = ENDS.get(metric, ("", "", "", 0, 1))
    for named in stack.follow(alarm, f"dimensions.{dimension}", type_) if dimension else ():
        end = named.number(path) if named.has(path) else default
        return (end * unit, f"{path} of {named}") if end is not None and end > 0 else None
    return _find_the_longest_wait(alarm, stack) if metric == ("AWS/ApiGateway", "IntegrationLatency") else None


def _find_the_longest_wait(alarm: Resource, stack: Stack) -> tuple[float, str] | None:
    """The longest time-out of an API's integrations; None where some are in a document."""
    for dimension, type_, integration, path, default in WAITS:
        for api in stack.follow(alarm, f"dimensions.{dimension}", type_):
            waits = [each.number("timeoutMilliseconds") or default for each in stack.referring(api, integration, path)]
            return (max(waits), f"timeoutMilliseconds of {api}") if waits and not api.has("body") else None
    return None


def find_strange_parts(alarm: Resource, stack: Stack) -> Iterator[str]:
    """Dimensions that name a part which the whole beside it has not: there is no data under both."""
    for whole, type_, part, part_type, path, name in PARTS:
        named = alarm.text_if_known(f"dimensions.{part}") or ""
        wholes = stack.follow(alarm, f"dimensions.{whole}", type_) if named else []
        names = {one.text_if_known(name) for owner in wholes for one in stack.referring(owner, part_type, path)}
        own = named.rpartition(":")[2] if part == "Resource" else named
        known = names and None not in names and not (own.isdigit() or own == "$LATEST")
        if known and own not in {*names, alarm.text_if_known(f"dimensions.{whole}")}:
            there = ", ".join(sorted(map(str, names)))
            yield f'dimensions.{part} is "{named}", which {wholes[0]} has not, wanted one of {there}'
    yield from _find_strange_groups(alarm, stack)


def _find_strange_groups(alarm: Resource, stack: Stack) -> Iterator[str]:
    named = alarm.text_if_known("dimensions.TargetGroup")
    balancers = stack.follow(alarm, "dimensions.LoadBalancer", BALANCER) if named else []
    behind = {group.urn for balancer in balancers for group in _groups_behind(balancer, stack)}
    meant = stack.follow(alarm, "dimensions.TargetGroup", GROUP)
    leads = {group.urn for balancer in stack.of(BALANCER) for group in _groups_behind(balancer, stack)}
    elsewhere = all(group.urn in leads - behind for group in meant)
    if named and behind and elsewhere:
        yield f'dimensions.TargetGroup is "{named}", to which no listener of {balancers[0]} leads, wanted one behind it'


def _groups_behind(balancer: Resource, stack: Stack) -> Iterator[Resource]:
    for listener in stack.referring(balancer, LISTENER, "loadBalancerArn"):
        yield from stack.follow(listener, "defaultActions", GROUP)
        for rule in stack.referring(listener, LISTENER_RULE, "listenerArn"):
            yield from stack.follow(rule, "actions", GROUP)


def find_unreachable(alarm: Resource, stack: Stack) -> Iterator[str]:
    """A threshold that the metric never passes."""
    threshold, operator = alarm.number("threshold"), alarm.text("comparisonOperator") or ""
    counted = alarm.text("statistic") in ("Sum", "SampleCount")
    end = None if counted or threshold is None else find_the_most(alarm, stack)
    inclusive = "OrEqual" in operator
    if end and threshold is not None and operator.startswith("Greater"):
        most, what = end
        metric = alarm.text("metricName")
        if threshold > most or (threshold == most and not inclusive):
            yield f"threshold is {threshold:.10g} and {metric} ends at {most:.10g} ({what}), wanted less"
