"""Where a metric of AWS is published, and in which unit: its own namespace, and that of the balancer's kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .metrics import INSTANCES, Series

# namespace, metrics that it has not, and the namespace that has them.
# https://docs.aws.amazon.com/sagemaker/latest/dg/multi-container-metrics.html and monitoring-cloudwatch.html beside it,
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/appinsights-metrics-ecs.html,
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/metrics-collected-by-CloudWatch-agent.html (programs
# cannot publish into a namespace that begins with AWS/)
ELSEWHERE = (
    ("AWS/SageMaker", "(CPU|Memory|GPU|GPUMemory|Disk)Utilization", INSTANCES),
    (INSTANCES, "Invocations(PerInstance)?|Invocation([45]XX|Model)Errors|(Model|Overhead)Latency", "AWS/SageMaker"),
    (
        "AWS/ECS",
        "(Cpu|Memory)(Utilized|Reserved)|((Running|Desired|Pending)?Task|TaskSet|Deployment|ContainerInstance)Count",
        "ECS/ContainerInsights",
    ),
    ("ECS/ContainerInsights", "(CPU|Memory)(Utilization|Reservation)|GPUReservation", "AWS/ECS"),
    ("AWS/EC2", "(mem|disk|swap)_used_percent", "CWAgent"),
)
# how a balancer's dimension begins, by the namespace of its kind:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html and
# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
BALANCERS = {"AWS/ApplicationELB": "app/", "AWS/NetworkELB": "net/", "AWS/GatewayELB": "gwy/"}
# namespace, metrics, and the one unit that they are published in; left out is what its page gives no unit.
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html,
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html,
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html,
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html and
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
UNITS = (
    ("AWS/SageMaker", "(Model|Overhead)Latency", "Microseconds"),
    (INSTANCES, "(CPU|Memory|GPU|GPUMemory|Disk)Utilization", "Percent"),
    ("AWS/ECS", "(CPU|Memory|GPU)(Reservation|Utilization)", "Percent"),
    ("AWS/ApplicationELB", "TargetResponseTime", "Seconds"),
    ("AWS/ApiGateway", "(Integration)?Latency", "Milliseconds"),
    ("AWS/Lambda", "Duration|IteratorAge", "Milliseconds"),
)


def find_misplaced(series: Series) -> Iterator[str]:
    """Why a metric of AWS has no data: it is another namespace's, another kind of balancer's, or in another unit."""
    namespace, metric = series.namespace, series.metric
    for space, metrics, home in ELSEWHERE:
        if space == namespace and re.fullmatch(metrics, metric):
            yield f"{metric} is published in {home}, not in {namespace}, wanted that namespace"
    begins, balancer = BALANCERS.get(namespace, ""), series.named.get("LoadBalancer") or ""
    others = [space for space, start in BALANCERS.items() if balancer.startswith(start)]
    if begins and others and not balancer.startswith(begins):
        yield f'LoadBalancer is "{balancer}", whose metrics are in {others[0]}, not in {namespace}'
    for space, metrics, unit in UNITS:
        if space == namespace and re.fullmatch(metrics, metric) and series.unit not in ("", unit):
            yield f'unit is "{series.unit}" and {metric} is published in {unit} alone, wanted {unit} or none'
