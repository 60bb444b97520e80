"""Azure Machine Learning: logs that are stored, alerts that are raised, and who is notified."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..azure_traffic import ENDPOINT
from ..durations import minutes
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import hygiene, observability
from .azure_workspace import GUIDE, WORKSPACE

DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting"
ALERT = "azure-native:monitor:MetricAlert"
PROCESSING = "azure-native:alertsmanagement:AlertProcessingRuleByName"
LOGS, QUERY_ALERT = "azure-native:operationalinsights:Workspace", "azure-native:monitor:ScheduledQueryRule"
STATUS = re.compile(
    r"((status|response)_?code(class|category)?|httpstatus(group)?)$", re.IGNORECASE
)  # names of dimensions
ANSWER = re.compile(r"[1-5](\d\d|xx)|\*", re.IGNORECASE)
MORE = ("GreaterThan", "GreaterThanOrEqual")
WORSE_HIGH = ("Latency", "Error", "Failed", "Throttled", "Unhealthy", "5xx")  # parts of names of metrics


@observability.medium(
    ENDPOINT,
    reference=f"{GUIDE}/how-to-monitor-online-endpoints",
    fix="Add a DiagnosticSetting that sends the logs to Log Analytics.",
)
def azure_endpoint_keeps_its_logs(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """An endpoint's traffic, console and event logs are stored.

    Without a diagnostic setting, the logs exist only as long as the container.
    """
    yield from _without_logs(endpoint, stack)


@hygiene.medium(
    WORKSPACE,
    reference=f"{GUIDE}/monitor-azure-machine-learning",
    fix="Add a DiagnosticSetting that sends the logs to Log Analytics.",
)
def azure_workspace_keeps_its_logs(workspace: Resource, stack: Stack) -> Iterator[str]:
    """A workspace's events are stored.

    Who changed a model, a job or a compute cluster is asked weeks later. (The endpoints' logs need a setting of
    their own. Projects are left out: their hub has their events.)
    """
    if not workspace.has("hubResourceId"):
        yield from _without_logs(workspace, stack)


def _without_logs(resource: Resource, stack: Stack) -> Iterator[str]:
    """The finding if no setting of the resource itself has a log. A setting of what is inside it has another id."""
    own = (resource.text_if_known("id") or "").casefold()
    settings = [
        setting
        for setting in stack.referring(resource, DIAGNOSTICS, "resourceUri")
        if resource.urn in setting.list_sources("resourceUri")
        or own == (setting.text_if_known("resourceUri") or "").casefold()
    ]
    if not any(log.flag("enabled") for setting in settings for log in setting.children("logs")):
        yield "no DiagnosticSetting with an enabled log refers to this resource, wanted one"


@observability.high(
    ENDPOINT,
    reference=f"{GUIDE}/how-to-monitor-online-endpoints",
    fix="Add a MetricAlert on the endpoint, with an action group.",
    config_key="alarms",
)
def azure_endpoint_has_alarms(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """An endpoint has alerts on its errors and its latency.

    Callers rely on both. A dashboard is only looked at after somebody has complained. Errors are requests by their
    status: an alert on requests of every status, or without those of 5xx, does not see them.
    """
    alerts = stack.referring(endpoint, ALERT, "scopes")
    criteria = [criterion for alert in alerts for criterion in alert.children("criteria.allOf")]
    if not any("Requests" in (each.text("metricName") or "") and _sees_server_errors(each) for each in criteria):
        yield "no MetricAlert on this endpoint's errors, wanted one on requests with a status of 5xx"
    if not any("Latency" in (each.text("metricName") or "") for each in criteria):
        yield "no MetricAlert on this endpoint's latency, wanted one"


def _sees_server_errors(criterion: Properties) -> bool:
    """Whether a dimension of the status selects errors of the server, by naming them or by leaving out what is well."""
    statuses = [each for each in criterion.children("dimensions") if STATUS.search(each.text("name") or "")]
    return any(
        any(value.startswith(("5", "*")) for value in each.texts("values")) != (each.text("operator") == "Exclude")
        for each in statuses
    )


@observability.high(
    ALERT,
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/action-groups",
    fix="Give the alert the stack's action group, and enable it.",
    config_key="alarms.notify",
)
def azure_metric_alert_has_an_action(alert: Resource) -> Iterator[str]:
    """A metric alert is enabled and has an action.

    Without an action group, it turns red in a portal that nobody has open when it matters. It is advice, because an
    alert processing rule can give action groups to every alert of a subscription.
    """
    if not alert.flag("enabled"):
        yield f"enabled is {alert.show('enabled')}, wanted true"
    if not alert.count("actions"):
        yield "actions is empty, wanted an action group"


@observability.high(
    ALERT,
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-metric-overview",
    fix='Compare failures with "GreaterThan", over a window of six hours or less.',
)
def azure_metric_alert_can_see_the_failure(alert: Resource, *, longest: int = 360) -> Iterator[str]:
    """A metric alert can see the failure that it is for, while it lasts.

    Latency and failed requests are worse the higher they are: compared with "LessThan" the alert is red on quiet days
    and green in an outage. The lowest value of a window is that of its best moment. One that counts answers of class
    2xx, or all but the errors, counts successes. Over a window of a day an hour of errors disappears, and the alert
    comes when callers have gone.
    """
    for criterion in alert.children("criteria.allOf"):
        metric, operator = criterion.text("metricName") or "", criterion.text("operator") or ""
        if operator.startswith("LessThan") and any(part in metric for part in WORSE_HIGH):
            yield f'operator is "{operator}" of {metric}, which is well when it is low, wanted "GreaterThan"'
        if criterion.text("timeAggregation") == "Minimum" and any(part in metric for part in WORSE_HIGH):
            yield f'timeAggregation is "Minimum" of {metric}, which is the best of the window, wanted "Average"'
        for dimension in criterion.children("dimensions"):
            status = "status" in (dimension.text("name") or "").casefold()
            successes = dimension.texts("values") == ["2xx"] and dimension.text("operator") != "Exclude"
            values = dimension.texts("values") if STATUS.search(dimension.text("name") or "") else []
            if values and not any(ANSWER.fullmatch(value) for value in values):
                yield f"the dimension {dimension.show('name')} has {', '.join(values)}, which is no status, wanted 5xx"
            if _are_errors(values) and dimension.text("operator") == "Exclude" and operator in MORE:
                yield f"the dimension {dimension.show('name')} leaves out {', '.join(values)}, wanted Include of errors"
            if status and successes and not operator.startswith("LessThan"):
                yield f"the dimension {dimension.show('name')} has 2xx alone, which are successes, wanted 5xx"
    if minutes(alert.text("windowSize")) > longest:
        yield f"windowSize is {alert.show('windowSize')}, wanted PT{longest // 60}H or less"


def _are_errors(statuses: list[str]) -> bool:
    """Whether the statuses are errors, those of the server among them."""
    return all(status.startswith(("4", "5")) for status in statuses) and any(each.startswith("5") for each in statuses)


@observability.high(
    PROCESSING,
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-processing-rules",
    fix="Give the rule a schedule that ends, or disable it.",
)
def azure_alerts_are_not_suppressed(rule: Resource) -> Iterator[str]:
    """No rule suppresses alerts at all times.

    Suppression takes the action groups off every alert that fires in its scope, and nobody is called, not even after
    its end. Without a schedule it is always active. A rule for some alerts alone has conditions, and is left alone.
    """
    actions = [action.text("actionType") for action in rule.children("properties.actions")]
    limited = rule.has("properties.schedule") or rule.count("properties.conditions")
    if "RemoveAllActionGroups" in actions and rule.flag("properties.enabled") is not False and not limited:
        yield "RemoveAllActionGroups has no schedule and no conditions, wanted one of them"


@observability.medium(
    LOGS,
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/logs/daily-cap",
    fix="Take the cap out, and alert on what is ingested; filter logs before they are stored.",
)
def azure_alerts_outlast_a_daily_cap(workspace: Resource, stack: Stack) -> Iterator[str]:
    """Logs that alerts are raised on have no daily cap.

    When the cap is reached no log is collected until the next day, and a query finds nothing wrong. The day of an
    incident is the day of the most logs.
    """
    cap = workspace.number("workspaceCapping.dailyQuotaGb")
    if cap is not None and cap >= 0 and stack.referring(workspace, QUERY_ALERT, "scopes"):
        yield f"dailyQuotaGb is {cap:g} and an alert queries this workspace, wanted no cap"


@observability.medium(
    QUERY_ALERT,
    reference=f"{GUIDE}/how-to-monitor-online-endpoints#use-logs",
    fix="Enable the log category that the query reads in the DiagnosticSetting.",
)
def azure_query_alert_has_its_logs(alert: Resource, stack: Stack) -> Iterator[str]:
    """The logs that an alert queries are sent.

    A table that nothing is written to has no rows: the query finds nothing wrong, and the alert stays green. (Logs that
    a setting takes as a group, or that another program sends, are left out.)
    """
    logs = [log for setting in stack.of(DIAGNOSTICS) for log in setting.children("logs")]
    sent = {log.text("category") for log in logs if log.flag("enabled")}
    off = {log.text("category") or "" for log in logs if log.flag("enabled") is False} - sent - {""}
    grouped = any(log.has("categoryGroup") and log.flag("enabled") for log in logs)
    for criterion in alert.children("criteria.allOf"):
        words = set(re.findall(r"\w+", criterion.text("query") or ""))
        for category in sorted(off & words):
            if not grouped or category.startswith(
                "AmlOnlineEndpoint"
            ):  # a workspace's group has not its endpoints' logs
                yield f"the query reads {category}, which a DiagnosticSetting has switched off, wanted it enabled"
