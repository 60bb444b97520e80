"""Azure Machine Learning: online endpoints and their deployments."""

from __future__ import annotations

from collections.abc import Iterator

from ..azure_traffic import ENDPOINT, TEMPLATE, mirrors_of, traffic_of, waits
from ..durations import minutes
from ..resources import Resource, Stack
from ..rule import autoscaling, availability, observability, security
from .azure_autoscale import DEPLOYMENT

BATCH = "azure-native:machinelearningservices:BatchEndpoint"
# the time-out of a managed endpoint: https://learn.microsoft.com/en-us/azure/machine-learning/how-to-manage-quotas
MOST_MINUTES = 3
GUIDE = "https://learn.microsoft.com/en-us/azure/machine-learning"


@availability.high(
    DEPLOYMENT,
    reference=f"{GUIDE}/reference-yaml-deployment-managed-online",
    fix="Set sku.capacity to 3 or more.",
    config_key="scaling.min",
)
def azure_deployment_starts_with_three(deployment: Resource, stack: Stack, *, least: int = 3) -> Iterator[str]:
    """A deployment that answers callers starts with at least three instances.

    Online deployments have no zone setting; the platform spreads instances and updates them one after the other.
    Three leave two during an update. (Left out are deployments on Kubernetes, which have their own settings, and
    those without traffic.)
    """
    if deployment.text("properties.endpointComputeType") == "Kubernetes" or waits(deployment, stack):
        return
    if (deployment.number("sku.capacity") or 0) < least:
        yield f"sku.capacity is {deployment.show('sku.capacity')}, wanted {least} or more"


@availability.high(
    DEPLOYMENT,
    reference=f"{GUIDE}/reference-yaml-deployment-managed-online#probesettings",
    fix="Set liveness_probe and readiness_probe, with the time that the model takes to load.",
)
def azure_deployment_is_probed(deployment: Resource, *, seconds: int = 60) -> Iterator[str]:
    """A deployment sets its health probes, with enough time for the model to load.

    By default a container has about five minutes: the first probe after 10 seconds, then 30 failures, one every ten
    seconds. A model that loads for longer is restarted forever. So is one whose own probe gives up after seconds.
    """
    for probe in ("livenessProbe", "readinessProbe"):
        if not deployment.has(f"properties.{probe}"):
            yield f"properties.{probe} is not set, wanted one"
    alive = deployment.child("properties.livenessProbe")
    delay, period = (minutes(alive.text(path) or "PT10S") * 60 for path in ("initialDelay", "period"))
    failures = alive.number("failureThreshold")
    lasts = delay + period * (30 if failures is None else failures)
    if lasts < seconds:
        yield f"properties.livenessProbe gives up after {lasts:g} s, wanted {seconds} s or more until it does"


@observability.medium(
    DEPLOYMENT,
    reference=f"{GUIDE}/how-to-monitor-online-endpoints",
    fix="Set app_insights_enabled.",
)
def azure_deployment_is_traced(deployment: Resource) -> Iterator[str]:
    """A deployment's requests are traced.

    Metrics show that the 99th percentile rose. The trace shows where the time went.
    """
    if not deployment.flag("properties.appInsightsEnabled"):
        yield f"properties.appInsightsEnabled is {deployment.show('properties.appInsightsEnabled')}, wanted true"


@availability.medium(
    DEPLOYMENT,
    reference=f"{GUIDE}/reference-yaml-deployment-managed-online#requestsettings",
    fix="Set request_settings.request_timeout.",
)
def azure_deployment_sets_its_request_timeout(deployment: Resource) -> Iterator[str]:
    """A deployment sets how long an answer may take.

    The default is five seconds, so a slow answer becomes an error. A managed endpoint waits for three minutes at
    most, whatever its deployments say.
    """
    asked = deployment.text("properties.requestSettings.requestTimeout")
    kind = deployment.text("properties.endpointComputeType")
    if kind == "Managed" and minutes(asked) > MOST_MINUTES:
        yield f'properties.requestSettings.requestTimeout is "{asked}", wanted "PT3M" or less on a managed endpoint'
    if not deployment.has("properties.requestSettings.requestTimeout"):
        yield "properties.requestSettings.requestTimeout is not set, wanted the value of the load test"


@availability.low(
    DEPLOYMENT,
    reference=f"{GUIDE}/reference-yaml-deployment-managed-online#requestsettings",
    fix="Make request_settings.request_timeout longer than what a request may wait and take.",
)
def azure_deployment_timeout_covers_its_queue(deployment: Resource) -> Iterator[str]:
    """A deployment's requests do not wait for longer than their answer may take.

    The time-out has to account for the queue as well. A request that waits for longer is given up before it is scored,
    and the caller who tries again joins the queue.
    """
    path = "properties.requestSettings"
    wait, asked = (deployment.text(f"{path}.{part}") for part in ("maxQueueWait", "requestTimeout"))
    if minutes(asked) and minutes(wait) > minutes(asked):
        yield f'{path}.maxQueueWait is "{wait}" and requestTimeout "{asked}", wanted a longer time-out'


@autoscaling.medium(
    DEPLOYMENT,
    reference=f"{GUIDE}/reference-yaml-deployment-managed-online#requestsettings",
    fix="Set request_settings.max_concurrent_requests_per_instance, also where it is 1.",
)
def azure_deployment_sets_concurrent_requests(deployment: Resource) -> Iterator[str]:
    """A deployment sets how many requests an instance processes at once.

    The default is one: a server that batches, or has several workers, then refuses requests with 429 although it has
    room for them. It is advice, because the default is right for a model that computes one answer at a time.
    """
    path = "properties.requestSettings.maxConcurrentRequestsPerInstance"
    if not deployment.has(path):
        yield f"{path} is not set, wanted the value of the load test"


@security.critical(
    ENDPOINT,
    BATCH,
    reference=f"{GUIDE}/how-to-authenticate-online-endpoint",
    fix='Set auth_mode to "AADToken".',
)
def azure_endpoint_authenticates_by_token(endpoint: Resource) -> Iterator[str]:
    """An endpoint authenticates its callers by token, not by key.

    A key has no name and no expiry: it is copied into notebooks, and nobody can tell who used it. A token belongs
    to somebody and expires. (Endpoints on Kubernetes are left out, because they do not support Microsoft Entra
    tokens.)
    """
    if endpoint.has("properties.compute"):
        return
    if endpoint.text("properties.authMode") not in ("AADToken", "AMLToken"):
        yield f'properties.authMode is {endpoint.show("properties.authMode")}, wanted "AADToken"'


@security.high(
    ENDPOINT,
    reference=f"{GUIDE}/concept-secure-online-endpoint",
    fix='Set public_network_access to "Disabled" and call through a private endpoint.',
)
def azure_endpoint_is_private(endpoint: Resource) -> Iterator[str]:
    """An endpoint is reached through the private network only.

    Everybody who finds a public scoring address will try it, whatever its authentication. (Endpoints on Kubernetes
    are left out: there the cluster's ingress is public or private.)
    """
    if endpoint.has("properties.compute"):
        return
    if endpoint.text("properties.publicNetworkAccess") != "Disabled":
        yield f'properties.publicNetworkAccess is {endpoint.show("properties.publicNetworkAccess")}, wanted "Disabled"'


@availability.high(
    ENDPOINT,
    TEMPLATE,
    reference=f"{GUIDE}/how-to-safely-rollout-online-endpoints",
    fix="Let the shares in the traffic block add up to 100 (or to 0 before there is one), the copied to 50.",
)
def azure_endpoint_traffic_adds_up(endpoint: Resource) -> Iterator[str]:
    """The shares of an endpoint's traffic add up to 100 percent.

    The API accepts a sum of 100, or of 0 before there is a deployment, and copies of at most half of the requests.
    It refuses any other update, after everything before it was changed.
    """
    for traffic in traffic_of(endpoint):
        shares = traffic.keys()
        total = sum(traffic.number(name) or 0 for name in shares)
        if total not in (0, 100):
            yield f"traffic adds up to {total:g}, wanted 100"
    for copied in mirrors_of(endpoint):
        shares = copied.keys()
        if (total := sum(copied.number(name) or 0 for name in shares)) > 50:
            yield f"mirrorTraffic adds up to {total:g}, wanted 50 or less"


@availability.high(
    ENDPOINT,
    TEMPLATE,
    reference=f"{GUIDE}/how-to-safely-rollout-online-endpoints",
    fix="Name only deployments of this stack in the traffic block.",
)
def azure_endpoint_traffic_reaches_deployments(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """An endpoint's traffic only names deployments that exist.

    If a share or a copy of the requests goes to a deployment that was renamed or removed, the update fails after
    everything before it was changed. (Stacks without any deployment are left out: another program makes them.)
    """
    if not stack.of(DEPLOYMENT):
        return
    for path, given in (("traffic", traffic_of(endpoint)), ("mirrorTraffic", mirrors_of(endpoint))):
        shares = set[str]().union(*(traffic.keys() for traffic in given))
        names = (
            {d.text("deploymentName") or d.text("name") or d.name for d in stack.of(DEPLOYMENT)} if shares else set()
        )
        for share in sorted(shares - names):
            yield f'properties.{path} names "{share}", wanted one of {", ".join(sorted(names))}'
