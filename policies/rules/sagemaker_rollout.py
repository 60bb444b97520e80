"""SageMaker endpoints: how a new version is deployed, and how it is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability
from ..sagemaker_modes import MODEL, by_components, serverless, variants_of
from ..serving import CONFIGURATION, ENDPOINT
from .alarms import ALARM, COMPOSITE

GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
REFERENCE = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
BLUE_GREEN = "deploymentConfig.blueGreenUpdatePolicy"
ROLLING = "deploymentConfig.rollingUpdatePolicy"
ROUTING = f"{BLUE_GREEN}.trafficRoutingConfiguration"
ROLLBACK = "deploymentConfig.autoRollbackConfiguration.alarms"
LONGEST = 28_800  # seconds; the largest maximumExecutionTimeoutInSeconds there is (botocore 1.44.5)


def _knows_guardrails(endpoint: Resource, stack: Stack) -> bool:
    """Whether the endpoint supports guardrails: real-time and asynchronous endpoints do.

    With Inf1 chips and marketplace models it falls back to all at once, serverless variants shift by themselves,
    and inference components are updated on their own:
    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
    """
    variants = variants_of(endpoint, stack)
    configurations = stack.follow(endpoint, "endpointConfigName", CONFIGURATION)
    models = [
        model for configuration in configurations for model in stack.follow(configuration, "productionVariants", MODEL)
    ]
    excluded = any(
        serverless(variant) or by_components(variant) or (variant.text("instanceType") or "").startswith("ml.inf1.")
        for variant in variants
    )
    return not excluded and not any(_bought(model) for model in models)


def _bought(model: Resource) -> bool:
    """Whether a model package is from the marketplace: its account is not the role's."""
    own = (model.text_if_known("executionRoleArn") or "").split(":")[4:5]
    containers = [*model.children("primaryContainer"), *model.children("containers")]
    packages = [
        container.text("modelPackageName") or "" for container in containers if container.known("modelPackageName")
    ]
    return any(package.startswith("arn:") and package.split(":")[4:5] != own for package in packages)


@availability.high(
    ENDPOINT,
    reference=f"{GUIDE}/deployment-guardrails-blue-green.html",
    fix="Set blue_green_update_policy with CANARY or LINEAR, or a rolling_update_policy where there is one variant.",
    config_key="release.strategy",
)
def sagemaker_endpoint_shifts_traffic_in_steps(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """An endpoint moves traffic to a new version in steps.

    All at once, a model that answers wrongly answers everyone wrongly. With a first step of a few percent the
    alarms show it while the old version still serves most callers. (Left out are endpoints without guardrails:
    serverless, Inf1, marketplace models and inference components. A rolling update supports only one variant.)
    """
    if not _knows_guardrails(endpoint, stack):
        return
    kind = endpoint.text(f"{ROUTING}.type")
    variants = variants_of(endpoint, stack)
    if endpoint.has(ROLLING):
        if len(variants) > 1:
            yield f"rollingUpdatePolicy is set for {len(variants)} variants, wanted blue/green: rolling knows only one"
    elif kind not in ("CANARY", "LINEAR"):
        wanted = '"CANARY" or "LINEAR"' if len(variants) > 1 else '"CANARY", "LINEAR" or a rolling update'
        yield f"trafficRoutingConfiguration.type is {endpoint.show(f'{ROUTING}.type')}, wanted {wanted}"


@availability.high(
    ENDPOINT,
    reference=f"{GUIDE}/deployment-guardrails-configuration.html",
    fix="Name the endpoint's alarms in auto_rollback_configuration.",
    config_key="alarms",
)
def sagemaker_endpoint_rolls_back(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """An endpoint rolls a deployment back on alarms.

    Without alarms in the guardrail, a bad version replaces the whole fleet and stays until somebody notices.
    (Endpoints without guardrails are left out.)
    """
    if not endpoint.count(ROLLBACK) and _knows_guardrails(endpoint, stack):
        yield f"{ROLLBACK} is empty, wanted at least one alarm"


@availability.high(
    ENDPOINT,
    reference=f"{GUIDE}/deployment-guardrails-configuration.html",
    fix="Name an alarm that exists before the endpoint does, in this stack or another.",
    config_key="alarms",
)
def sagemaker_rollback_alarm_exists(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """The alarms that a rollback waits for exist.

    The guardrail refers to metric or composite alarms by name, and there is no rollback without them. It is advice,
    because this rule cannot see the alarms of another stack.
    """
    names = stack.remember("alarm names", lambda: _alarm_names(stack))
    linked = any(type_ in urn for urn in endpoint.list_sources(ROLLBACK) for type_ in (ALARM, COMPOSITE))
    for alarm in endpoint.children(ROLLBACK):
        if not linked and alarm.text("alarmName") not in names:
            yield f"alarmName is {alarm.show('alarmName')}, wanted an alarm of this stack"


def _alarm_names(stack: Stack) -> set[str | None]:
    named = {alarm.text_if_known("name") for alarm in stack.of(ALARM)}
    return named | {alarm.text_if_known("alarmName") for alarm in stack.of(COMPOSITE)}


@availability.medium(
    ENDPOINT,
    reference=f"{GUIDE}/deployment-guardrails-blue-green-canary.html",
    fix="Set termination_wait_in_seconds to 120 or more.",
    config_key="release.steps.bake",
)
def sagemaker_old_fleet_is_kept_for_a_while(endpoint: Resource, *, seconds: int = 120) -> Iterator[str]:
    """The old fleet is kept for a while after all traffic has moved.

    A rollback is quick only while the old instances still run. By default they are removed at once, but alarms need
    two or three minutes to see what the last callers got.
    """
    if not endpoint.has(BLUE_GREEN):
        return
    wait = endpoint.number(f"{BLUE_GREEN}.terminationWaitInSeconds") or 0
    if wait < seconds:
        yield f"terminationWaitInSeconds is {wait:g}, wanted {seconds} or more"


@availability.high(
    ENDPOINT,
    reference=f"{REFERENCE}/API_TrafficRoutingConfig.html",
    fix="Set the canary to 50 percent of the fleet or less.",
    config_key="release.steps",
)
def sagemaker_canary_is_half_at_most(endpoint: Resource) -> Iterator[str]:
    """A canary is at most half of the fleet.

    The API refuses a larger one when the endpoint is updated, after everything before it was changed.
    """
    size = endpoint.child(f"{ROUTING}.canarySize")
    if size.text("type") == "CAPACITY_PERCENT" and (size.number("value") or 0) > 50:
        yield f"canarySize.value is {size.show('value')} percent, wanted 50 or less"


@availability.high(
    ENDPOINT,
    reference=f"{REFERENCE}/API_BlueGreenUpdatePolicy.html",
    fix="Raise maximum_execution_timeout_in_seconds above steps × wait, or use fewer or shorter steps.",
    config_key="release.steps.bake",
)
def sagemaker_rollout_fits_its_time_limit(endpoint: Resource) -> Iterator[str]:
    """All steps of a rollout fit into its time limit.

    The limit must be larger than all waiting times together, that of the old fleet included. A rollout that reaches
    it is rolled back although nothing was wrong, so no version ever gets through.
    """
    for policy, steps in ((BLUE_GREEN, _shifts), (ROLLING, _batches)):
        limit = endpoint.number(f"{policy}.maximumExecutionTimeoutInSeconds") or LONGEST
        waiting = steps(endpoint.child(policy))
        if waiting >= limit:
            yield f"the steps wait {waiting:g} s and maximumExecutionTimeoutInSeconds is {limit:g}, wanted more"


def _shifts(policy: Properties) -> float:
    """Seconds that a blue/green update waits: after each step, and before the old fleet goes."""
    routing = policy.child("trafficRoutingConfiguration")
    # a canary waits a second time, for everybody; the guide's own example leaves no time for it and is taken as right:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-canary.html
    steps = _parts(routing.child("linearStepSize"), 2) if routing.text("type") == "LINEAR" else 1
    return steps * (routing.number("waitIntervalInSeconds") or 0) + (policy.number("terminationWaitInSeconds") or 0)


def _batches(policy: Properties) -> float:
    """Seconds that a rolling update waits, one interval a batch."""
    return _parts(policy.child("maximumBatchSize"), 1) * (policy.number("waitIntervalInSeconds") or 0)


def _parts(size: Properties, least: int) -> int:
    """In how many parts the fleet goes over; `least` where a part is a number of instances and not a share."""
    share = size.number("value") if size.text("type") == "CAPACITY_PERCENT" else None
    return ceil(100 / share) if share else least
