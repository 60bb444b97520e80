"""What is measured of the service: for its alarms, its autoscaling and its dashboard.

Names, units and what counts as whose:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from front import Front

from shared.aws.alarms import Alarm, Panel, Series, Total
from shared.aws.scaling import track_total
from shared.ownership import Alarms
from shared.scaling import Metric

BALANCER, CONTAINERS = "AWS/ApplicationELB", "AWS/ECS"
MILLISECONDS = 1000  # in a second, which is what the load balancer measures in
# alarms that turn a deployment back; the others tell people
ROLLBACK = ("errors", "unanswered", "latency")
# what the names of a target group's alarms end in
ENDINGS = ("", "-alternate")


def of_balancer(front: Front, metric: str) -> Series:
    return Series(BALANCER, metric, {"LoadBalancer": front.load_balancer.arn_suffix})


def of_targets(front: Front, metric: str, stat: str = "Sum") -> list[Series]:
    """One series for each target group: where traffic is shifted, none of them has all of it."""
    balancer = {"LoadBalancer": front.load_balancer.arn_suffix}
    groups = [{**balancer, "TargetGroup": group.arn_suffix} for group in front.target_groups]
    return [Series(BALANCER, metric, dimensions, stat) for dimensions in groups]


def alarms(front: Front, limits: Alarms) -> list[Alarm]:
    """The alarms, separately for each target group: in the sum, the few requests of a canary would be lost."""
    failed, all_requests = of_targets(front, "HTTPCode_Target_5XX_Count"), of_targets(front, "RequestCount")
    # 502, 503 and 504 of its own: a task that closes the connection, none that is healthy, one that does not answer
    unanswered = of_balancer(front, "HTTPCode_ELB_5XX_Count"), of_balancer(front, "RequestCount")
    latency = of_targets(front, "TargetResponseTime", "p99")
    unhealthy = of_targets(front, "UnHealthyHostCount", "Maximum")
    healthy = of_targets(front, "HealthyHostCount", "Minimum")
    slow, share = limits.latency_ms / MILLISECONDS, limits.error_percent
    by_group = [Alarm("unanswered", "Percent of requests that no task answered", unanswered, share)]
    for index, end in enumerate(ENDINGS[: len(front.target_groups)]):
        rate, unfit = (failed[index], all_requests[index]), unhealthy[index]
        by_group += [
            Alarm(f"errors{end}", "Percent of requests that failed in a task", rate, share),
            Alarm(f"latency{end}", "p99 of the answer time, seconds", latency[index], slow),
            Alarm(f"unhealthy{end}", "Tasks that fail their health check", unfit, 0, minutes=10, bad_minutes=8),
        ]
    empty = healthy[0] if len(healthy) == 1 else Total(tuple(healthy))
    return [*by_group, Alarm("empty", "No task is healthy", empty, 1, bad_minutes=2, missing="breaching", below=True)]


def choose_metrics(front: Front) -> Mapping[Metric, Mapping[str, Any]]:
    """How each metric of the `scaling` block is measured.

    The predefined metric names one target group, which has no task after a shift. The sum over both is what a task of
    either gets, as each has as many tasks as the service wants: https://github.com/aws/containers-roadmap/issues/1681
    """
    label = pulumi.Output.concat(front.load_balancer.arn_suffix, "/", front.target_group.arn_suffix)
    requests = {"predefined_metric_type": "ALBRequestCountPerTarget", "resource_label": label}
    per_task = Total(tuple(of_targets(front, "RequestCountPerTarget")))
    cpu = {"predefined_metric_type": "ECSServiceAverageCPUUtilization"}
    one = len(front.target_groups) == 1
    return {
        Metric.REQUESTS_PER_MINUTE: {"predefined_metric_specification": requests} if one else track_total(per_task),
        Metric.CPU: {"predefined_metric_specification": cpu},
    }


def panels(
    front: Front, cluster: pulumi.Input[str], service: pulumi.Input[str], region: str, limits: Alarms
) -> list[Panel]:
    """The four golden signals of the service."""
    codes = [metric for code in ("2XX", "4XX", "5XX") for metric in of_targets(front, f"HTTPCode_Target_{code}_Count")]
    codes.append(of_balancer(front, "HTTPCode_ELB_5XX_Count"))
    latency = [metric for stat in ("p50", "p99") for metric in of_targets(front, "TargetResponseTime", stat)]
    hosts = [
        metric for state in ("Healthy", "UnHealthy") for metric in of_targets(front, f"{state}HostCount", "Average")
    ]
    names = {"ClusterName": cluster, "ServiceName": service}
    used = [Series(CONTAINERS, f"{part}Utilization", names, "Average") for part in ("CPU", "Memory")]
    return [
        Panel("Requests", of_targets(front, "RequestCount"), region),
        Panel("Answers by code", codes, region),
        Panel("Latency, seconds", latency, region, limits.latency_ms / MILLISECONDS),
        Panel("Tasks", hosts, region),
        Panel("Use of the tasks, percent", used, region),
        Panel("Requests per task", of_targets(front, "RequestCountPerTarget"), region),
    ]
