"""What is measured of the service: for its alarms, its autoscaling and its dashboard.

Names, units and what counts as whose: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from front import Front

from shared.aws.alarms import Alarm, Panel, Series
from shared.ownership import Alarms
from shared.scaling import Metric

BALANCER, CONTAINERS = "AWS/ApplicationELB", "AWS/ECS"
MILLISECONDS = 1000  # in a second, which is what the load balancer measures in
# alarms that turn a deployment back; the others tell people
ROLLBACK = ("errors", "unanswered", "latency")


def of_balancer(front: Front, metric: str) -> Series:
    return Series(BALANCER, metric, {"LoadBalancer": front.load_balancer.arn_suffix})


def of_targets(front: Front, metric: str, stat: str = "Sum") -> Series:
    dimensions = {"LoadBalancer": front.load_balancer.arn_suffix, "TargetGroup": front.target_group.arn_suffix}
    return Series(BALANCER, metric, dimensions, stat)


def alarms(front: Front, limits: Alarms) -> list[Alarm]:
    failed, all_requests = of_targets(front, "HTTPCode_Target_5XX_Count"), of_targets(front, "RequestCount")
    # 502, 503 and 504 of its own: a task that closes the connection, none that is healthy, one that does not answer
    unanswered = of_balancer(front, "HTTPCode_ELB_5XX_Count"), of_balancer(front, "RequestCount")
    latency = of_targets(front, "TargetResponseTime", "p99")
    unhealthy = of_targets(front, "UnHealthyHostCount", "Maximum")
    healthy = of_targets(front, "HealthyHostCount", "Minimum")
    return [
        Alarm("errors", "Percent of requests that failed in a task", (failed, all_requests), limits.error_percent),
        Alarm("unanswered", "Percent of requests that no task answered", unanswered, limits.error_percent),
        Alarm("latency", "p99 of the answer time, seconds", latency, limits.latency_ms / MILLISECONDS),
        Alarm("unhealthy", "Tasks that fail their health check", unhealthy, 0, minutes=10, bad_minutes=8),
        Alarm("empty", "No task is healthy", healthy, 1, bad_minutes=2, missing="breaching", below=True),
    ]


def choose_metrics(front: Front) -> Mapping[Metric, Mapping[str, Any]]:
    """How each metric of the `scaling` block is measured."""
    label = pulumi.Output.concat(front.load_balancer.arn_suffix, "/", front.target_group.arn_suffix)
    requests = {"predefined_metric_type": "ALBRequestCountPerTarget", "resource_label": label}
    cpu = {"predefined_metric_type": "ECSServiceAverageCPUUtilization"}
    return {
        Metric.REQUESTS_PER_MINUTE: {"predefined_metric_specification": requests},
        Metric.CPU: {"predefined_metric_specification": cpu},
    }


def panels(
    front: Front, cluster: pulumi.Input[str], service: pulumi.Input[str], region: str, limits: Alarms
) -> list[Panel]:
    """The four golden signals of the service."""
    codes = [of_targets(front, f"HTTPCode_Target_{code}_Count") for code in ("2XX", "4XX", "5XX")]
    codes.append(of_balancer(front, "HTTPCode_ELB_5XX_Count"))
    latency = [of_targets(front, "TargetResponseTime", stat) for stat in ("p50", "p99")]
    hosts = [of_targets(front, f"{state}HostCount", "Average") for state in ("Healthy", "UnHealthy")]
    names = {"ClusterName": cluster, "ServiceName": service}
    used = [Series(CONTAINERS, f"{part}Utilization", names, "Average") for part in ("CPU", "Memory")]
    return [
        Panel("Requests", [of_targets(front, "RequestCount")], region),
        Panel("Answers by code", codes, region),
        Panel("Latency, seconds", latency, region, limits.latency_ms / MILLISECONDS),
        Panel("Tasks", hosts, region),
        Panel("Use of the tasks, percent", used, region),
        Panel("Requests per task", [of_targets(front, "RequestCountPerTarget")], region),
    ]
