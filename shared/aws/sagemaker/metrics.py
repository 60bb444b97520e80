"""What SageMaker measures about an endpoint: for its alarms, its autoscaling and its dashboard.

Names and units: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html (latencies in microseconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from shared.aws.alarms import Alarm, Panel, Series
from shared.aws.sagemaker.instances import vcpus
from shared.aws.sagemaker.shadow import Shadow
from shared.ownership import Alarms
from shared.scaling import Metric

INVOCATIONS, INSTANCES = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
VARIANT = "primary"
SHADOW = "shadow"
MICROSECONDS = 1000
# alarms that turn a deployment back; the others tell people
ROLLBACK = ("errors", "latency")


def series(
    endpoint: pulumi.Input[str],
    metric: str,
    stat: str = "Sum",
    namespace: str = INVOCATIONS,
    variant: str = VARIANT,
) -> Series:
    return Series(namespace, metric, {"EndpointName": endpoint, "VariantName": variant}, stat)


def alarms(endpoint: str, limits: Alarms) -> list[Alarm]:
    """The alarms of an endpoint, known by its name so that they can exist before it does."""
    failed, all_requests = series(endpoint, "Invocation5XXErrors"), series(endpoint, "Invocations")
    latency = series(endpoint, "ModelLatency", "p99")
    memory = series(endpoint, "MemoryUtilization", "Average", INSTANCES)
    disk = series(endpoint, "DiskUtilization", "Maximum", INSTANCES)
    return [
        Alarm("errors", "Percent of requests that failed on the server", (failed, all_requests), limits.error_percent),
        Alarm("latency", "p99 of the model's latency, microseconds", latency, limits.latency_ms * MICROSECONDS),
        Alarm("memory", "Percent of an instance's memory in use", memory, 90, minutes=15, bad_minutes=10),
        Alarm("disk", "Percent of an instance's disk in use", disk, 85, minutes=15, bad_minutes=10),
    ]


def choose_metrics(endpoint: pulumi.Input[str]) -> Mapping[Metric, Mapping[str, Any]]:
    """How each metric of the `scaling` block is measured."""
    cpu = {
        "namespace": INSTANCES,
        # CPUUtilizationNormalized exists for endpoints with inference components alone; without data a policy never
        # scales out, and keeps the others from scaling in
        "metric_name": "CPUUtilization",
        "statistic": "Average",
        "dimensions": [{"name": "EndpointName", "value": endpoint}, {"name": "VariantName", "value": VARIANT}],
    }
    return {
        Metric.REQUESTS_PER_MINUTE: name_predefined("SageMakerVariantInvocationsPerInstance"),
        Metric.CONCURRENCY: name_predefined("SageMakerVariantConcurrentRequestsPerModelHighResolution"),
        Metric.CPU: {"customized_metric_specification": cpu},
    }


def factors(instance_type: str) -> Mapping[Metric, float]:
    """From the settings' units to SageMaker's: CPUUtilization is the sum over the cores, 400 for four busy ones."""
    return {Metric.CPU: vcpus(instance_type)}


def name_predefined(name: str) -> Mapping[str, Any]:
    return {"predefined_metric_specification": {"predefined_metric_type": name}}


def panels(endpoint: pulumi.Input[str], region: str, limits: Alarms) -> list[Panel]:
    """The four golden signals of one endpoint."""
    failed = [series(endpoint, name) for name in ("Invocation5XXErrors", "Invocation4XXErrors")]
    latency = [series(endpoint, "ModelLatency", stat) for stat in ("p50", "p99")]
    cpu = [series(endpoint, "CPUUtilization", stat, INSTANCES) for stat in ("Average", "Maximum")]
    used = [series(endpoint, f"{part}Utilization", "Average", INSTANCES) for part in ("Memory", "Disk")]
    return [
        Panel(f"Requests · {region}", [series(endpoint, "Invocations")], region),
        Panel(f"Errors · {region}", failed, region),
        Panel(f"Latency, µs · {region}", latency, region, limits.latency_ms * MICROSECONDS),
        Panel(f"CPU of an instance, percent of one core · {region}", cpu, region),
        Panel(f"Use of the instances, percent · {region}", used, region),
        Panel(f"Per instance · {region}", [series(endpoint, "InvocationsPerInstance")], region),
    ]


def shadow_panels(endpoint: pulumi.Input[str], region: str, shadow: Shadow | None) -> list[Panel]:
    """The two models side by side, where there are two."""
    if shadow is None:
        return []
    latency = [series(endpoint, "ModelLatency", "p99", variant=each) for each in (VARIANT, SHADOW)]
    failed = [series(endpoint, "Invocation5XXErrors", variant=each) for each in (VARIANT, SHADOW)]
    return [
        Panel(f"Latency p99 of model and shadow, µs · {region}", latency, region),
        Panel(f"Errors of model and shadow · {region}", failed, region),
    ]
