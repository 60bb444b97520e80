"""Azure Machine Learning: online endpoints and their deployments."""

from __future__ import annotations

from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import rule
from .azure_autoscale import DEPLOYMENT

WORKSPACE = "azure-native:machinelearningservices:Workspace"
ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint"
TEMPLATE = "azure-native:resources:Deployment"
DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting"
ALERT = "azure-native:monitor:MetricAlert"
GUIDE = "https://learn.microsoft.com/en-us/azure/machine-learning"
ARCHITECTED = "https://learn.microsoft.com/en-us/azure/well-architected/service-guides/azure-machine-learning"


@rule(
    DEPLOYMENT,
    category="availability",
    severity="high",
    reference=f"{ARCHITECTED}#reliability",
    fix="Set scaling.min to 3 or more; the deployment starts with it.",
    config_key="scaling.min",
)
def azure_deployment_starts_with_three(deployment: Resource) -> Iterator[str]:
    """A deployment starts with at least three instances.

    Online deployments have no zone setting; the platform spreads instances and updates them in turn. Three leave two
    while one is updated.
    """
    if (deployment.number("sku.capacity") or 0) < 3:
        yield f"sku.capacity is {deployment.show('sku.capacity')}, wanted 3 or more"


@rule(
    DEPLOYMENT,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/reference-yaml-deployment-managed-online#probesettings",
    fix="Set liveness_probe and readiness_probe.",
)
def azure_deployment_is_probed(deployment: Resource) -> Iterator[str]:
    """A deployment says how its health is asked.

    Without a readiness probe that fits the model's loading time, traffic arrives before the model does.
    """
    for probe in ("livenessProbe", "readinessProbe"):
        if not deployment.has(f"properties.{probe}"):
            yield f"properties.{probe} is not set, wanted one"


@rule(
    DEPLOYMENT,
    category="observability",
    severity="medium",
    reference=f"{GUIDE}/how-to-monitor-online-endpoints",
    fix="Set app_insights_enabled.",
)
def azure_deployment_is_traced(deployment: Resource) -> Iterator[str]:
    """A deployment's requests are traced.

    Metrics say that the 99th percentile rose. The trace says where the time went.
    """
    if not deployment.flag("properties.appInsightsEnabled"):
        yield f"properties.appInsightsEnabled is {deployment.show('properties.appInsightsEnabled')}, wanted true"


@rule(
    DEPLOYMENT,
    category="availability",
    severity="medium",
    reference=f"{GUIDE}/reference-yaml-deployment-managed-online#requestsettings",
    fix="Set request_settings.request_timeout and max_concurrent_requests_per_instance.",
)
def azure_deployment_has_time_for_an_inference(deployment: Resource) -> Iterator[str]:
    """A deployment says how long and how many requests at once.

    The defaults are five seconds and one request per instance: the first slow answer turns into a queue of refusals.
    """
    for name in ("requestTimeout", "maxConcurrentRequestsPerInstance"):
        if not deployment.has(f"properties.requestSettings.{name}"):
            yield f"properties.requestSettings.{name} is not set, wanted the value of the load test"


@rule(
    ENDPOINT,
    category="security",
    severity="critical",
    reference=f"{GUIDE}/concept-endpoints-online-auth",
    fix='Set auth_mode to "AADToken".',
)
def azure_endpoint_authenticates_people(endpoint: Resource) -> Iterator[str]:
    """Callers of an endpoint prove who they are.

    A key has no name and no end: it is copied into notebooks, and nobody can tell who used it. A token is somebody's
    and expires.
    """
    if endpoint.text("properties.authMode") != "AADToken":
        yield f'properties.authMode is {endpoint.show("properties.authMode")}, wanted "AADToken"'


@rule(
    ENDPOINT,
    category="security",
    severity="high",
    reference=f"{GUIDE}/concept-secure-online-endpoint",
    fix='Set public_network_access to "Disabled" and call through a private endpoint.',
)
def azure_endpoint_is_private(endpoint: Resource) -> Iterator[str]:
    """An endpoint is reached through the private network.

    A public scoring address is tried by everyone who finds it, whatever authentication it has.
    """
    if endpoint.text("properties.publicNetworkAccess") != "Disabled":
        yield f'properties.publicNetworkAccess is {endpoint.show("properties.publicNetworkAccess")}, wanted "Disabled"'


@rule(
    ENDPOINT,
    TEMPLATE,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/how-to-safely-rollout-online-endpoints",
    fix="Let the shares in the traffic block add up to 100 (or to 0 before the first deployment exists).",
)
def azure_endpoint_traffic_adds_up(endpoint: Resource) -> Iterator[str]:
    """The shares of traffic add up to 100 percent.

    What is missing to 100 is not refused when it is applied; it is refused to callers.
    """
    for traffic in _traffic(endpoint):
        shares = traffic.keys()
        total = sum(traffic.number(name) or 0 for name in shares)
        if total not in (0, 100):
            yield f"traffic adds up to {total:g}, wanted 100"


def _traffic(resource: Resource) -> list[Properties]:
    """The shares an endpoint declares, or those a template sets once the deployments exist."""
    if resource.type == ENDPOINT:
        return [resource.child("properties.traffic")]
    parts = resource.children("properties.template.resources")
    return [p.child("properties.traffic") for p in parts if (p.text("type") or "").endswith("/onlineEndpoints")]


@rule(
    ENDPOINT,
    TEMPLATE,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/how-to-safely-rollout-online-endpoints",
    fix="Name only deployments of this stack in the traffic block.",
)
def azure_endpoint_traffic_reaches_deployments(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """Traffic goes to deployments that exist.

    A share for a deployment that was renamed or removed fails the update after everything before it was changed.
    """
    shares = set[str]().union(*(traffic.keys() for traffic in _traffic(endpoint)))
    if not shares:
        return
    names = {d.text("deploymentName") or d.text("name") or d.name for d in stack.of(DEPLOYMENT)}
    known = ", ".join(sorted(names)) or "no deployment yet"
    for share in sorted(shares - names):
        yield f'properties.traffic names "{share}", wanted one of {known}'


@rule(
    ENDPOINT,
    WORKSPACE,
    category="observability",
    severity="medium",
    reference=f"{GUIDE}/how-to-monitor-online-endpoints",
    fix="Add a DiagnosticSetting that sends the logs to Log Analytics.",
)
def azure_endpoint_keeps_its_logs(resource: Resource, stack: Stack) -> Iterator[str]:
    """Traffic, console and event logs are sent somewhere they are kept.

    Without a diagnostic setting the logs exist while the container does.
    """
    settings = stack.referring(resource, DIAGNOSTICS, "resourceUri")
    if not any(log.flag("enabled") for setting in settings for log in setting.children("logs")):
        yield "no DiagnosticSetting with an enabled log refers to this resource, wanted one"


@rule(
    ENDPOINT,
    category="observability",
    severity="high",
    reference=f"{GUIDE}/how-to-monitor-online-endpoints",
    fix="Add a MetricAlert on the endpoint, with an action group.",
    config_key="alarms",
)
def azure_endpoint_has_alarms(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """Errors and latency of an endpoint raise alerts.

    The two promises callers rely on; a dashboard is looked at after somebody has complained.
    """
    alerts = stack.referring(endpoint, ALERT, "scopes")
    names = {c.text("metricName") or "" for alert in alerts for c in alert.children("criteria.allOf")}
    for what, part in (("errors", "Requests"), ("latency", "Latency")):
        if not any(part in name for name in names):
            yield f"no MetricAlert on this endpoint's {what}, wanted one"


@rule(
    ALERT,
    category="observability",
    severity="high",
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/action-groups",
    fix="Give the alert the stack's action group, and enable it.",
    config_key="alarms.notify",
)
def azure_alert_tells_somebody(alert: Resource) -> Iterator[str]:
    """An alert is on and has an action.

    An alert without an action group turns red in a portal, which nobody has open when it matters.
    """
    if not alert.flag("enabled"):
        yield f"enabled is {alert.show('enabled')}, wanted true"
    if not alert.count("actions"):
        yield "actions is empty, wanted an action group"
