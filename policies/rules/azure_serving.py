"""Azure: what a deployment says of its server, what its logs hold, and thresholds that its metrics cannot pass."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from ..durations import minutes
from ..resources import Resource, Stack
from ..rule import availability, hygiene, observability
from .azure_autoscale import DEPLOYMENT, SETTING
from .azure_ml import GUIDE
from .azure_watch import ALERT, MORE

# metrics that end at 100, and of those the ones that are never 0 while something runs
PERCENT = re.compile(r"percent", re.IGNORECASE)
USED = re.compile(r"(cpu|memory|gpu|disk).*percent|percentage cpu", re.IGNORECASE)
# milliseconds that an answer of an online endpoint may take: nobody alerts on less, no answer takes more
# https://learn.microsoft.com/en-us/azure/machine-learning/monitor-azure-machine-learning-reference
FEWEST, LONGEST = 5, 300_000
OVER_TIME = ("Total", "Count")
# of Azure's inference server, which reads it as on if it is not set: github.com/microsoft/azureml-inference-server
ON = ("true", "1", "on", "yes")
ANSWERS = "APP_INSIGHTS_LOG_RESPONSE_ENABLED"
GATEWAY_LOGS = ("azure-native:apimanagement:Diagnostic", "azure-native:apimanagement:ApiDiagnostic")
BODIES = [f"{end}.{part}.body.bytes" for end in ("frontend", "backend") for part in ("request", "response")]


@availability.medium(
    DEPLOYMENT,
    reference=f"{GUIDE}/reference-yaml-deployment-managed-online#probesettings",
    fix="Lower period or failure_threshold; give the model its time to load with initial_delay.",
)
def azure_deployment_notices_a_hung_server(deployment: Resource, *, longest: int = 30) -> Iterator[str]:
    """A deployment's probes notice within half an hour that its server does not answer.

    A probe gives up after `failureThreshold` times `period`. Until then an instance that hangs gets its share of the
    requests, and is not restarted. The time that a model takes to load belongs into `initialDelay`, which passes once.
    """
    for probe in ("livenessProbe", "readinessProbe"):
        settings = deployment.child(f"properties.{probe}")
        failures = settings.number("failureThreshold")
        lasts = minutes(settings.text("period") or "PT10S") * (30 if failures is None else failures)
        if lasts > longest:
            yield f"properties.{probe} gives up after {lasts:.3g} minutes, wanted {longest} or less"


@availability.medium(
    DEPLOYMENT,
    reference=f"{GUIDE}/reference-yaml-deployment-managed-online#requestsettings",
    fix="Set WORKER_COUNT to max_concurrent_requests_per_instance, or one more.",
)
def azure_deployment_has_a_worker_per_request(deployment: Resource) -> Iterator[str]:
    """A deployment lets in as many requests as its server has workers.

    Of more requests than workers, some wait inside the instance, where no metric shows it, and run into their time
    limit. With half as many requests as workers or fewer, callers get 429 while workers are idle, each with a model in
    memory. (Judged where the environment sets WORKER_COUNT, as Azure's own inference server reads it.)
    """
    workers, asked = (
        deployment.number("properties.environmentVariables.WORKER_COUNT"),
        deployment.number("properties.requestSettings.maxConcurrentRequestsPerInstance"),
    )
    if workers and asked and not asked <= workers <= 2 * asked:
        yield f"WORKER_COUNT is {workers:g} and maxConcurrentRequestsPerInstance {asked:g}, wanted a worker for each"


@observability.high(
    ALERT,
    reference=f"{GUIDE}/monitor-azure-machine-learning-reference",
    fix="Set a threshold below 100 for a metric in percent, and in milliseconds for the latency of requests.",
)
def azure_metric_alert_can_fire(alert: Resource, stack: Stack) -> Iterator[str]:
    """A metric alert has a threshold that its metric passes when something is wrong, and only then.

    No metric in percent is above 100, none is below 0, and no request of an endpoint takes longer than it is waited
    for. Autoscale never has more instances than its profiles allow. An alert on a processor that is used at all, or on
    requests of more than a millisecond because somebody thought in seconds, is always on: after a week nobody looks at
    it. (Sums over time, dynamic thresholds and other metrics are left out.)
    """
    for criterion in alert.children("criteria.allOf"):
        metric, limit = criterion.text("metricName") or "", criterion.number("threshold")
        latency, most = metric.startswith("RequestLatency"), _find_most(metric, alert, stack)
        if limit is None or criterion.text("timeAggregation") in OVER_TIME or most is None:
            continue
        operator = criterion.text("operator")
        always = limit < FEWEST if latency else limit <= 0 and USED.search(metric)
        if (operator == "GreaterThan" and limit >= most) or (operator == "LessThan" and limit <= 0):
            yield f"threshold is {limit:.10g}, and {metric} goes from 0 to {most:.10g}: the alert never fires"
        elif always and operator in MORE:
            yield f"threshold is {limit:.10g}, and {metric} is always above it: the alert is always on"


def _find_most(metric: str, alert: Resource, stack: Stack) -> float | None:
    """What ends a metric, None where nothing is known to: https://learn.microsoft.com/azure/azure-monitor/reference."""
    if metric.startswith("RequestLatency"):
        return LONGEST
    if metric == "ObservedCapacity":
        profiles = [each for scaled in stack.follow(alert, "scopes", SETTING) for each in scaled.children("profiles")]
        return max((profile.number("capacity.maximum") or math.inf for profile in profiles), default=None)
    return 100 if PERCENT.search(metric) else None


@hygiene.low(
    DEPLOYMENT,
    *GATEWAY_LOGS,
    reference="https://learn.microsoft.com/en-us/azure/api-management/diagnostic-logs-reference",
    fix="Set APP_INSIGHTS_LOG_RESPONSE_ENABLED to false, and bytes of the bodies to 0.",
)
def azure_logs_hold_no_payloads(source: Resource) -> Iterator[str]:
    """What callers send and are answered is not written to the logs.

    Logs are read by more people than the service has callers, and are kept for longer than the data may be. Azure's
    inference server writes each answer to Application Insights if its environment says so; API Management writes as
    many bytes of a body as its diagnostics say. It is advice: for a time it may be what a fault is found with.
    """
    answers = source.show(f"properties.environmentVariables.{ANSWERS}")
    if source.flag("properties.appInsightsEnabled") and answers.strip('"').casefold() in ON:
        yield f"{ANSWERS} is {answers}, wanted false"
    for path in BODIES:
        if (logged := source.number(path) or 0) > 0:
            yield f"{path} is {logged:g}, wanted 0"


@availability.medium(
    DEPLOYMENT,
    reference=f"{GUIDE}/reference-yaml-deployment-managed-online#probesettings",
    fix="Raise timeout, period or failure_threshold of the liveness probe, until it outlasts a slow answer.",
)
def azure_deployment_liveness_allows_slow_answers(deployment: Resource, *, seconds: int = 6) -> Iterator[str]:
    """A deployment that is busy for a moment is not restarted.

    While it computes, a server answers its health check late. A liveness probe that gives up at once restarts it with
    every request in it, the others get these, and are restarted in turn. Judged where requests may last five times as
    long as the probe is patient. It is advice, because a server may answer its checks beside the model.
    """
    probe = deployment.child("properties.livenessProbe")
    timeout, period = (
        60 * minutes(probe.text(path) or usual) for path, usual in (("timeout", "PT2S"), ("period", "PT10S"))
    )
    patience = ((probe.number("failureThreshold") or 30) - 1) * period + timeout
    lasts = 60 * minutes(deployment.text("properties.requestSettings.requestTimeout"))
    if patience < seconds and lasts > 5 * patience:
        yield f"properties.livenessProbe gives up after {patience:g} s and requests last {lasts:g} s, wanted it to wait"
