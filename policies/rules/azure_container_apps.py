"""Azure Container Apps: how many replicas answer callers, in how many zones, and what changes their number."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability
from ..serving import CONTAINER_APP as APP

ENVIRONMENT = "azure-native:app:ManagedEnvironment"
GUIDE = "https://learn.microsoft.com/en-us/azure/container-apps"
PSRULE = "https://azure.github.io/PSRule.Rules.Azure/en/rules"
SCALE = "template.scale"
# replicas where a bound is not set: https://learn.microsoft.com/en-us/azure/container-apps/scale-app#scale-definition
LOWEST, HIGHEST = 0, 10


def _bounds(app: Resource) -> tuple[float, float]:
    """The least and the most replicas."""
    low, high = (app.number(f"{SCALE}.{bound}Replicas") for bound in ("min", "max"))
    return LOWEST if low is None else low, HIGHEST if high is None else high


def _on_a_gpu_by_the_second(app: Resource, stack: Stack) -> bool:
    """Whether the app runs on serverless GPUs, which scale to zero between requests.

    https://learn.microsoft.com/en-us/azure/container-apps/gpu-serverless-overview
    """
    name = app.text("workloadProfileName")
    environments = [
        environment
        for path in ("managedEnvironmentId", "environmentId")
        for environment in stack.follow(app, path, ENVIRONMENT)
    ]
    profiles = [profile for environment in environments for profile in environment.children("workloadProfiles")]
    kinds = [profile.text("workloadProfileType") or "" for profile in profiles if profile.text("name") == name]
    return any(kind.startswith("Consumption-GPU") for kind in [name or "", *kinds])


@autoscaling.high(
    APP,
    reference=f"{PSRULE}/Azure.ContainerApp.MinReplicas/",
    fix="Set template.scale.min_replicas to 2 or more.",
    serving=True,
)
def azure_container_app_keeps_two(app: Resource, stack: Stack, *, least: int = 2) -> Iterator[str]:
    """An app that callers reach keeps at least two replicas.

    The default is none: after a quiet time, the first caller waits until a replica has started and loaded the
    model. A single replica runs in one zone. (Apps on serverless GPUs are left out: they are meant to go to zero.)
    """
    low, _ = _bounds(app)
    if low < least and not _on_a_gpu_by_the_second(app, stack):
        yield f"{SCALE}.minReplicas is {app.show(f'{SCALE}.minReplicas')}, wanted {least} or more"


@autoscaling.high(
    APP,
    reference=f"{GUIDE}/scale-app",
    fix="Set template.scale.max_replicas above min_replicas.",
    serving=True,
)
def azure_container_app_has_room(app: Resource) -> Iterator[str]:
    """An app has a maximum of replicas above its minimum.

    With equal bounds no scale rule can add a replica when traffic doubles. The default maximum is ten.
    """
    low, high = _bounds(app)
    if high <= low:
        yield f"{SCALE}.maxReplicas is {high:g} and minReplicas is {low:g}, wanted maxReplicas above minReplicas"


@autoscaling.critical(
    APP,
    reference=f"{GUIDE}/scale-app#default-scale-rule",
    fix="Give the app a scale rule for its queue, or set template.scale.min_replicas to 1 or more.",
)
def azure_container_app_scales_from_zero(app: Resource) -> Iterator[str]:
    """An app without ingress has a scale rule or a minimum of one replica.

    The default rule counts requests. Without ingress there are none, so the app goes to zero and stays there.
    """
    low, _ = _bounds(app)
    if not app.has("configuration.ingress") and low < 1 and not app.count(f"{SCALE}.rules"):
        yield f"{SCALE} has no rule and minReplicas is {low:g} without ingress, wanted a rule, or 1 replica or more"


@autoscaling.medium(
    APP,
    reference=f"{GUIDE}/scale-app#http",
    fix="Add a scale rule with http.metadata.concurrentRequests from a load test.",
    serving=True,
)
def azure_container_app_sets_concurrent_requests(app: Resource) -> Iterator[str]:
    """An app sets how many requests a replica takes at once.

    The default adds a replica for every ten. A model on a CPU may answer one or two at a time, one that batches a
    hundred. It is advice, because ten may be right.
    """
    if not app.count(f"{SCALE}.rules"):
        yield f"{SCALE}.rules is empty, wanted a rule"


@availability.medium(
    APP,
    reference=f"{GUIDE}/health-probes",
    fix="Give the container a Readiness or Startup probe with http_get on the path that tests the model.",
    serving=True,
)
def azure_container_app_probes_the_model(app: Resource) -> Iterator[str]:
    """A replica has a readiness or startup probe that tests the model.

    The default probes only open a connection to the port, which a server accepts while it is still loading. (Of
    several containers, one with a probe is enough.)
    """
    probes = [probe for container in app.children("template.containers") for probe in container.children("probes")]
    kinds = {(probe.text("type") or "").casefold() for probe in probes if probe.has("httpGet")}
    if not kinds & {"readiness", "startup"}:
        yield "no container has a Readiness or Startup probe with httpGet, wanted one"


@availability.high(
    APP,
    reference=f"{GUIDE}/traffic-splitting",
    fix='Let the weights add up to 100; set active_revisions_mode to "Multiple" where they name revisions.',
    serving=True,
)
def azure_container_app_traffic_adds_up(app: Resource) -> Iterator[str]:
    """The shares of an app's revisions add up to 100 percent.

    Container Apps refuses any other sum. In single revision mode there is nothing to share, and a named revision
    loses its traffic as soon as the next one exists.
    """
    shares = app.children("configuration.ingress.traffic")
    total = sum(share.number("weight") or 0 for share in shares)
    if shares and total != 100:
        yield f"the weights of configuration.ingress.traffic add up to {total:g}, wanted 100"
    single = app.text("configuration.activeRevisionsMode") in (None, "Single")
    if single and any(share.has("revisionName") for share in shares):
        yield 'configuration.ingress.traffic names a revision, wanted activeRevisionsMode "Multiple"'


@availability.high(
    ENVIRONMENT,
    reference=f"{PSRULE}/Azure.ContainerApp.AvailabilityZone/",
    fix="Set zone_redundant when the environment is made; it cannot change later.",
)
def azure_container_environment_spans_zones(environment: Resource, stack: Stack) -> Iterator[str]:
    """The environment of an app that callers reach spans zones.

    Only then are replicas spread over zones, at no extra cost. It is advice, because not every region has zones.
    """
    paths = ("managedEnvironmentId", "environmentId")
    apps = [app for path in paths for app in stack.referring(environment, APP, path)]
    if any(app.has("configuration.ingress") for app in apps) and not environment.flag("zoneRedundant"):
        yield f"zoneRedundant is {environment.show('zoneRedundant')}, wanted true"


@autoscaling.high(
    APP,
    reference=f"{GUIDE}/scale-app",
    fix="Add the secret to configuration.secrets, or give the rule an identity.",
)
def azure_container_app_scale_rule_has_its_secret(app: Resource) -> Iterator[str]:
    """A scale rule's secret is one that the app has.

    A rule that cannot sign in counts no messages: the app stays at its minimum while the queue grows.
    """
    secrets = {secret.text("name") for secret in app.children("configuration.secrets")}
    for rule in app.children(f"{SCALE}.rules"):
        for kind in ("custom", "azureQueue", "http", "tcp"):
            for auth in rule.children(f"{kind}.auth"):
                if auth.has("secretRef") and auth.text("secretRef") not in secrets:
                    yield f"secretRef is {auth.show('secretRef')}, wanted the name of one of configuration.secrets"


@availability.medium(
    APP,
    reference=f"{GUIDE}/health-probes",
    fix="Raise period_seconds or failure_threshold of the liveness probe, or leave both out (10 s, three times).",
)
def azure_container_app_liveness_allows_slow_answers(app: Resource, *, seconds: int = 6) -> Iterator[str]:
    """A replica that is slow for a moment is not restarted.

    Under load a health check answers late. A liveness probe that gives up at once restarts the replica, the others get
    its requests, answer later still, and are restarted in turn.
    """
    for container in app.children("template.containers"):
        for probe in container.children("probes"):
            tries = probe.number("failureThreshold") or 3
            lasts = tries * (probe.number("periodSeconds") or 10)
            if (probe.text("type") or "").lower() == "liveness" and lasts < seconds:
                yield f"the Liveness probe gives up after {lasts:g} s, wanted {seconds} s or more"


@availability.critical(
    APP,
    reference=f"{GUIDE}/managed-identity-image-pull",
    fix="Give the app the identity that its registries name, or the registry a user name with a secret.",
)
def azure_container_app_may_pull_its_image(app: Resource) -> Iterator[str]:
    """A container app can sign in to the registry that it names.

    A registry's entry needs an identity that the app has, or a user name and a secret. Otherwise no revision starts.
    """
    kind = app.text("identity.type") or "None"
    for registry in app.children("configuration.registries"):
        identity = registry.text("identity") if registry.known("identity") else "known later"
        if not identity and not registry.has("passwordSecretRef"):
            yield f"the registry {registry.show('server')} has neither identity nor password, wanted one of them"
        if identity == "system" and "SystemAssigned" not in kind:
            yield f'a registry has the identity "system" and identity.type is "{kind}", wanted "SystemAssigned"'
