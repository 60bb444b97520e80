"""What is watched: the gateway's answers, the function behind it, and its warm copies.

Names and units (latencies and durations in milliseconds):
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from model_function import LIVE
from settings import Settings
from stage import STAGE

from shared.aws.alarms import Alarm, Panel, Series
from shared.aws.lambda_limits import REQUESTS_PER_MINUTE

GATEWAY, FUNCTION = "AWS/ApiGateway", "AWS/Lambda"
# of the time allowed: what comes nearer is about to be cut off
NEAR_TIMEOUT = 0.9
NEAR_LIMIT = 0.9


def gateway(api: str, metric: str, stat: str = "Sum") -> Series:
    return Series(GATEWAY, metric, {"ApiName": api, "Stage": STAGE}, stat)


def function(name: str, metric: str, stat: str = "Sum") -> Series:
    return Series(FUNCTION, metric, {"FunctionName": name}, stat)


def warm(name: str, metric: str, stat: str = "Sum") -> Series:
    return Series(FUNCTION, metric, {"FunctionName": name, "Resource": f"{name}:{LIVE}"}, stat)


def alarms(name: str, settings: Settings) -> list[Alarm]:
    """API and function carry the same physical name."""
    limits, allowed = settings.alarms, settings.function
    requests, failed = gateway(name, "Count"), gateway(name, "5XXError")
    calls, raised = function(name, "Invocations"), function(name, "Errors")
    cut_off = NEAR_TIMEOUT * allowed.timeout_seconds * 1000
    full = NEAR_LIMIT * allowed.reserved_concurrency
    admitted = min(REQUESTS_PER_MINUTE * allowed.reserved_concurrency, 60 * settings.api.requests_per_second)
    return [
        Alarm("api-errors", "Percent of requests answered with 5xx", (failed, requests), limits.error_percent),
        Alarm("api-latency", "p99 of the latency, ms", gateway(name, "Latency", "p99"), limits.latency_ms),
        Alarm("function-errors", "Percent of calls that raised", (raised, calls), limits.error_percent),
        Alarm("throttles", "Calls refused at the reserved concurrency", function(name, "Throttles"), 0),
        Alarm("duration", "p99 nears the timeout, ms", function(name, "Duration", "p99"), cut_off),
        Alarm(
            "rate",
            "Requests a minute near what is admitted",
            function(name, "Invocations"),
            NEAR_LIMIT * admitted,
        ),
        Alarm("concurrency", "Nears the reserved concurrency", function(name, "ConcurrentExecutions", "Maximum"), full),
        Alarm(
            "cold-starts", "Calls beyond the warm copies", warm(name, "ProvisionedConcurrencySpilloverInvocations"), 0
        ),
    ]


def panels(name: str, region: str, settings: Settings) -> list[Panel]:
    """Traffic, errors, latency and saturation, from the caller's side inwards."""
    latency = [gateway(name, metric, stat) for metric in ("Latency", "IntegrationLatency") for stat in ("p50", "p99")]
    return [
        Panel("Requests", [gateway(name, "Count")], region),
        Panel("Errors", [gateway(name, metric) for metric in ("5XXError", "4XXError")], region),
        Panel("Latency, ms", latency, region, settings.alarms.latency_ms),
        Panel("Function", [function(name, metric) for metric in ("Invocations", "Errors", "Throttles")], region),
        Panel(
            "Requests at once",
            [function(name, "ConcurrentExecutions", "Maximum")],
            region,
            settings.function.reserved_concurrency,
        ),
        Panel("Warm copies in use", [warm(name, "ProvisionedConcurrencyUtilization", "Maximum")], region),
    ]
