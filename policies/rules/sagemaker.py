"""SageMaker endpoints: capacity and how a new version comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import rule
from .application_autoscaling import CONFIGURATION, ENDPOINT, TARGET
from .logs import ALARM

MODEL = "aws:sagemaker/model:Model"
GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
BLUE_GREEN = "deploymentConfig.blueGreenUpdatePolicy"
ROLLBACK = "deploymentConfig.autoRollbackConfiguration.alarms"


@rule(
    ENDPOINT,
    category="autoscaling",
    severity="critical",
    reference=f"{GUIDE}/endpoint-auto-scaling.html",
    fix="Register a scalable target for the endpoint's variant (dimension sagemaker:variant:DesiredInstanceCount).",
    config_key="scaling",
)
def sagemaker_endpoint_scales(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """Every endpoint has a scalable target.

    A real-time endpoint keeps the number of instances it was created with. Without a target on its variant, the
    first busy day ends in throttled requests. Serverless variants scale by themselves, and variants without a model
    through their inference components.
    """
    variants = [
        variant
        for configuration in stack.referred(endpoint, "endpointConfigName", CONFIGURATION)
        for variant in configuration.children("productionVariants")
    ]
    if any(serverless(variant) or not variant.has("modelName") for variant in variants):
        return
    if not stack.referring(endpoint, TARGET, "resourceId"):
        yield "no scalable target's resourceId is this endpoint's variant, wanted one"


@rule(
    CONFIGURATION,
    category="availability",
    severity="high",
    reference="https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html#sagemaker-4",
    fix="Start the variant with 2 instances or more.",
    config_key="endpoint.initial_instances",
)
def sagemaker_variant_starts_with_two(configuration: Resource) -> Iterator[str]:
    """A variant starts with at least two instances.

    SageMaker spreads instances over zones only when there is more than one. Every update starts a fleet of this size,
    so an update of a one-instance variant is served from one zone. (An asynchronous endpoint lets requests wait.)
    """
    for variant in configuration.children("productionVariants"):
        count = variant.number("initialInstanceCount")
        if not serverless(variant) and not queues(configuration) and (count is None or count < 2):
            yield f"initialInstanceCount is {variant.show('initialInstanceCount')}, wanted 2 or more"


@rule(
    CONFIGURATION,
    category="lifecycle",
    severity="high",
    reference=f"{GUIDE}/endpoint-scaling-update.html",
    fix="Set the variant's initial instance count to scaling.min or more.",
    config_key="endpoint.initial_instances",
)
def sagemaker_update_keeps_capacity(configuration: Resource, stack: Stack) -> Iterator[str]:
    """An update does not start below what autoscaling keeps.

    The provider does not retain variant properties, so each update begins at initialInstanceCount. Below the target's
    minimum, a deployment at noon cuts the fleet while traffic is high.
    """
    for endpoint in stack.referring(configuration, ENDPOINT, "endpointConfigName"):
        for target in stack.referring(endpoint, TARGET, "resourceId"):
            low = target.number("minCapacity") or 0
            for variant in configuration.children("productionVariants"):
                count = variant.number("initialInstanceCount")
                if count is not None and count < low:
                    yield f"initialInstanceCount is {count:g}, wanted the target's minCapacity ({low:g}) or more"


@rule(
    CONFIGURATION,
    category="autoscaling",
    severity="high",
    reference=f"{GUIDE}/endpoint-auto-scaling-prerequisites.html",
    fix="Choose an instance type outside the ml.t2 and ml.t3 families.",
    config_key="endpoint.instance_type",
)
def sagemaker_variant_type_can_scale(configuration: Resource) -> Iterator[str]:
    """A variant's instance type can be autoscaled.

    Burstable instances cannot be registered as a scalable target, and their credits run out under steady inference.
    """
    for variant in configuration.children("productionVariants"):
        kind = variant.text("instanceType") or ""
        if kind.startswith(("ml.t2.", "ml.t3.", "ml.t4g.")):
            yield f'instanceType is "{kind}", wanted one that is not burstable'


@rule(
    CONFIGURATION,
    category="autoscaling",
    severity="high",
    reference=f"{GUIDE}/endpoint-auto-scaling-zero-instances.html",
    fix="Remove managedInstanceScaling: it belongs to endpoints with inference components.",
)
def sagemaker_variant_has_one_scaler(configuration: Resource) -> Iterator[str]:
    """Only one autoscaler owns a variant.

    Managed instance scaling serves inference components. Beside a variant that names its model it competes with the
    scalable target, and the two undo each other's changes.
    """
    for variant in configuration.children("productionVariants"):
        if variant.has("modelName") and variant.text("managedInstanceScaling.status") == "ENABLED":
            yield 'managedInstanceScaling.status is "ENABLED" on a variant with a model, wanted it absent'


@rule(
    ENDPOINT,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/deployment-guardrails-blue-green.html",
    fix="Set release.strategy to canary, linear or rolling.",
    config_key="release.strategy",
)
def sagemaker_endpoint_shifts_traffic_in_steps(endpoint: Resource) -> Iterator[str]:
    """Traffic moves to a new version in steps.

    All at once means that a model which answers wrongly answers everyone wrongly. A first step of a few percent shows
    it on the alarms while most callers are still served by the old one.
    """
    kind = endpoint.text(f"{BLUE_GREEN}.trafficRoutingConfiguration.type")
    if kind not in ("CANARY", "LINEAR") and not endpoint.has("deploymentConfig.rollingUpdatePolicy"):
        found = endpoint.show(f"{BLUE_GREEN}.trafficRoutingConfiguration.type")
        yield f'trafficRoutingConfiguration.type is {found}, wanted "CANARY", "LINEAR" or a rolling update'


@rule(
    ENDPOINT,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/deployment-guardrails-configuration.html",
    fix="Name the endpoint's alarms in autoRollbackConfiguration.",
    config_key="alarms",
)
def sagemaker_endpoint_rolls_back(endpoint: Resource) -> Iterator[str]:
    """A deployment rolls back on alarms.

    Without alarms in the guardrail a bad version goes all the way, at any hour, and stays until somebody is awake.
    """
    if not endpoint.count(ROLLBACK):
        yield f"{ROLLBACK} is empty, wanted at least one alarm"


@rule(
    ENDPOINT,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/deployment-guardrails-configuration.html",
    fix="Create the alarm in the stack before the endpoint, under the name the guardrail uses.",
    config_key="alarms",
)
def sagemaker_rollback_alarm_exists(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """The alarms a rollback waits for exist.

    The guardrail refers to alarms by name. A name that nothing carries is refused only when the next update starts.
    """
    names = stack.remember("alarm names", lambda: {alarm.text_if_known("name") for alarm in stack.of(ALARM)})
    linked = any(ALARM in urn for urn in endpoint.linked(ROLLBACK))
    for alarm in endpoint.children(ROLLBACK):
        if not linked and alarm.text("alarmName") not in names:
            yield f"alarmName is {alarm.show('alarmName')}, wanted an alarm of this stack"


@rule(
    ENDPOINT,
    category="availability",
    severity="medium",
    reference=f"{GUIDE}/deployment-guardrails-blue-green-canary.html",
    fix="Set release.steps.bake to 300 or more, and release.steps.percent to 50 or less.",
    config_key="release.steps.bake",
)
def sagemaker_old_fleet_waits(endpoint: Resource) -> Iterator[str]:
    """The old fleet waits before it is removed, and the first step is small.

    Rollback is quick only while the old instances still run: errors that show after four minutes find them gone when
    the wait is shorter.
    """
    if not endpoint.has(BLUE_GREEN):
        return
    wait = endpoint.number(f"{BLUE_GREEN}.terminationWaitInSeconds") or 0
    if wait < 300:
        yield f"terminationWaitInSeconds is {wait:g}, wanted 300 or more"
    size = endpoint.child(f"{BLUE_GREEN}.trafficRoutingConfiguration.canarySize")
    if size.text("type") == "CAPACITY_PERCENT" and (size.number("value") or 0) > 50:
        yield f"canarySize.value is {size.show('value')} percent, wanted 50 or less"


@rule(
    CONFIGURATION,
    MODEL,
    category="lifecycle",
    severity="high",
    reference=f"{GUIDE}/deployment-guardrails-exclusions.html",
    fix="Remove the fixed name; the engine then makes the new one before it deletes the old one.",
)
def sagemaker_replaceable_has_no_fixed_name(resource: Resource) -> Iterator[str]:
    """What every update replaces has no fixed name.

    Nearly every change replaces models and endpoint configurations. Under a fixed name the old one must go first,
    while the endpoint still uses it: the update fails half-way, or serving stops.
    """
    name = resource.text("name") if resource.known("name") else None
    if name and not resource.has("namePrefix") and not resource.auto_named(name):
        yield f'name is "{name}", wanted no name, so that replacement can overlap'


def serverless(variant: Properties) -> bool:
    """Serverless variants have no instances, network, volumes or data capture of their own."""
    return variant.has("serverlessConfig")


def queues(configuration: Resource) -> bool:
    """Requests to an asynchronous endpoint wait in a queue: it may have one instance, or none while there are none."""
    return configuration.has("asyncInferenceConfig")


def all_serverless(configurations: Iterable[Resource]) -> bool:
    variants = [variant for each in configurations for variant in each.children("productionVariants")]
    return bool(variants) and all(serverless(variant) for variant in variants)
