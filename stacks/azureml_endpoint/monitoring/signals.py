"""What is watched: the endpoint's answers, the slots' load, and the names under which Azure counts them.

https://learn.microsoft.com/azure/machine-learning/how-to-monitor-online-endpoints (latencies in milliseconds).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ENDPOINT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
DEPLOYMENT = f"{ENDPOINT}/deployments"
AUTOSCALE = "Microsoft.Insights/autoscaleSettings"
# What a caller gets: a timeout is 408, more than is let in 429, and whatever the model answers but 200 is 424, its own
# status beside it. A 424 over the model's 4xx is the caller's mistake.
# https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints#http-status-codes
FAILED = ("408", "429", "500", "502", "503", "504")
MODEL_ERROR = 424
MODEL_FAILED = ("500", "502", "503", "504")
LOGS = ("AmlOnlineEndpointTrafficLog", "AmlOnlineEndpointConsoleLog", "AmlOnlineEndpointEventLog")


@dataclass(frozen=True)
class Alert:
    """Raised when `metric`, over `window`, is above `threshold`. Severity 1 wakes people, 2 waits for the day."""

    name: str
    description: str
    metric: str
    threshold: float
    aggregation: str = "Average"
    severity: int = 1
    window: str = "PT5M"
    dimensions: dict[str, list[str]] = field(default_factory=dict)


def endpoint_alerts(latency_ms: int) -> list[Alert]:
    """The share of failures is watched by a query; these are the bursts that are over before a share is counted.

    The largest of the series counts, not their average: others, such as the answers with 200, would dilute it.
    """
    burst: dict[str, Any] = {"metric": "RequestsPerMinute", "threshold": 60, "aggregation": "Maximum"}
    return [
        Alert("latency", "p99 of the latency, ms", "RequestLatency_P99", latency_ms),
        Alert(
            "failures",
            "Requests not served in time, refused or failed in Azure, per minute",
            dimensions={"statusCode": list(FAILED)},
            **burst,
        ),
        Alert(
            "model-failures",
            "Requests that the model failed, per minute",
            dimensions={"statusCode": [str(MODEL_ERROR)], "modelStatusCode": list(MODEL_FAILED)},
            **burst,
        ),
    ]


def slot_alerts() -> list[Alert]:
    slow: dict[str, Any] = {"severity": 2, "window": "PT15M"}
    return [
        Alert("cpu", "Percent of the CPU in use", "CpuUtilizationPercentage", 90, **slow),
        Alert("memory", "Percent of the memory in use", "CpuMemoryUtilizationPercentage", 90, **slow),
    ]


def capacity_alerts(maximum: int) -> list[Alert]:
    """Of the autoscale setting, which has one series of it; the deployment's own has one per instance and state.

    https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-insights-autoscalesettings-metrics
    """
    # one below: above it there is nothing left to add
    return [
        Alert("full", "Instances, at the most allowed", "ObservedCapacity", maximum - 0.5, severity=2, window="PT15M")
    ]


def failed_share(endpoint: str, percent: float) -> str:
    """A query with a row for every five minutes in which more than `percent` of the requests failed, but for mistakes.

    A 424 without the model's status is a model that did not answer.
    https://learn.microsoft.com/azure/azure-monitor/reference/tables/amlonlineendpointtrafficlog
    """
    return (
        "AmlOnlineEndpointTrafficLog\n"
        f"| where EndpointName == '{endpoint}'\n"
        "| extend status = toint(ResponseCode), model = coalesce(toint(ModelStatusCode), 500)\n"
        f"| extend failed = status in (408, 429) or status >= 500 or (status == {MODEL_ERROR} and model >= 500)\n"
        "| summarize failures = countif(failed), requests = count() by bin(TimeGenerated, 5m)\n"
        f"| where requests > 0 and 100.0 * failures / requests > {percent:g}"
    )
