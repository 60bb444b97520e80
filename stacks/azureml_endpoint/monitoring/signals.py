"""What is watched: the endpoint's answers, the slots' load, and the names under which Azure counts them.

https://learn.microsoft.com/azure/machine-learning/how-to-monitor-online-endpoints (latencies in milliseconds).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ENDPOINT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
DEPLOYMENT = f"{ENDPOINT}/deployments"
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
    return [
        Alert("latency", "p99 of the latency, ms", "RequestLatency_P99", latency_ms),
        # the share is watched by a query; this is the burst that is over before a share is counted
        Alert(
            "failures",
            "Requests answered with 5xx, per minute",
            "RequestsPerMinute",
            60,
            dimensions={"statusCodeClass": ["5xx"]},
        ),
    ]


def slot_alerts(maximum: int) -> list[Alert]:
    slow: dict[str, Any] = {"severity": 2, "window": "PT15M"}
    return [
        Alert("cpu", "Percent of the CPU in use", "CpuUtilizationPercentage", 90, **slow),
        Alert(
            "memory", "Percent of the memory in use", "CpuMemoryUtilizationPercentage", 90, severity=2, window="PT15M"
        ),
        # one below: above it there is nothing left to add
        Alert(
            "full", "Instances, at the most allowed", "DeploymentCapacity", maximum - 0.5, severity=2, window="PT15M"
        ),
    ]


def failed_share(endpoint: str, percent: float) -> str:
    """A query with a row for every five minutes in which more than `percent` of the requests failed on the server."""
    return (
        "AmlOnlineEndpointTrafficLog\n"
        f"| where EndpointName == '{endpoint}'\n"
        "| summarize failed = countif(toint(ResponseCode) >= 500), requests = count() by bin(TimeGenerated, 5m)\n"
        f"| where requests > 0 and 100.0 * failed / requests > {percent:g}"
    )
