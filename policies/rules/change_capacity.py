"""Changes: capacity, scaling and the previous version of an endpoint stay when it is updated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..azure_traffic import ENDPOINT as ONLINE_ENDPOINT
from ..azure_traffic import TEMPLATE, traffic_of
from ..properties import Properties
from ..replacement import differs, replacing
from ..resources import Resource, Stack
from ..rule import autoscaling, availability, lifecycle
from ..sagemaker_modes import MODEL, endpoints_of, names_of, targets_of, variant_scaled_by, variants_of
from ..serving import CONFIGURATION, CONTAINER_APP, ENDPOINT, FUNCTION, SERVICE, TASK
from ..serving import SCALABLE as TARGET
from .azure_autoscale import DEPLOYMENT
from .sagemaker_capacity import GUIDE

SETTING = "azure-native:monitor:AutoscaleSetting"
CAPACITY = {
    TARGET: ("minCapacity", "maxCapacity"),
    "aws:appautoscaling/scheduledAction:ScheduledAction": (
        "scalableTargetAction.minCapacity",
        "scalableTargetAction.maxCapacity",
    ),
    SERVICE: ("desiredCount", "deploymentMinimumHealthyPercent"),
    TASK: ("cpu", "memory"),
    FUNCTION: ("reservedConcurrentExecutions", "memorySize", "timeout"),
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": ("provisionedConcurrentExecutions",),
    DEPLOYMENT: ("sku.capacity",),
    CONTAINER_APP: ("template.scale.minReplicas", "template.scale.maxReplicas"),
    "aws:autoscaling/group:Group": ("minSize", "maxSize", "desiredCapacity"),
}


@autoscaling.medium(
    *CAPACITY,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_adapt_to_changes_load_tested_adapt.html",
    fix="Keep the number, or say in the pull request which measurement allows less.",
    config_key="scaling.min",
)
def change_keeps_capacity(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not lower capacity unnoticed.

    A lower bound, a smaller task or a shorter time limit is right after a measurement and wrong if a line was
    copied. It is advice, shown because one number is easily missed in a long difference.
    """
    for path in CAPACITY[was.type]:
        if path not in now.ignores and not any(path.startswith(f"{ignore}.") for ignore in now.ignores):
            before, after = was.number(path), now.number(path)
            if before is not None and after is not None and -1 < after < before:
                yield f"{path} is {after:g} and was {before:g}, wanted no less"


@autoscaling.medium(
    SETTING,
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/autoscale/autoscale-best-practices",
    fix="Keep the capacity, or say in the pull request which measurement allows less.",
    config_key="scaling.min",
)
def change_keeps_the_capacity_of_profiles(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not lower an autoscale profile's bounds unnoticed.

    The bounds apply from the next evaluation on: a lower minimum removes instances within minutes.
    """
    profiles = {profile.text("name"): profile for profile in now.children("profiles")}
    for before in was.children("profiles"):
        after = profiles.get(before.text("name"))
        for bound in ("minimum", "maximum"):
            old, new = before.number(f"capacity.{bound}"), after and after.number(f"capacity.{bound}")
            if old is not None and new is not None and new < old:
                yield f"capacity.{bound} of profile {before.show('name')} is {new:g} and was {old:g}, wanted no less"


@availability.medium(
    CONFIGURATION,
    reference=f"{GUIDE}/endpoint-scaling-update.html",
    fix="Set initial_instance_count to what the peak needs, or deploy in quiet hours.",
    config_key="endpoint.initial_instances",
)
def change_keeps_the_scaled_out_fleet(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """An update of a scaled endpoint does not start with a fraction of its fleet.

    The provider does not keep the number that autoscaling has reached, so every new configuration begins at
    initialInstanceCount (github.com/hashicorp/terraform-provider-aws/issues/48990). A number lower than before, or
    lower than half of the maximum, is too few during a peak.
    """
    old = _by_name(was)
    for endpoint in endpoints_of(now, stack):
        for name, variant in _by_name(now).items():
            count, before = variant.number("initialInstanceCount"), _count(old.get(name))
            most = [target.number("maxCapacity") or 0 for target in targets_of(variant, endpoint, True, stack)]
            changed = old.get(name) is not None and variant.raw != old[name].raw
            if count is not None and before is not None and count < before:
                yield f"initialInstanceCount is {count:g} and was {before:g}, wanted no less"
            elif count is not None and changed and most and count < max(most) / 2:
                yield f"initialInstanceCount is {count:g} and maxCapacity {max(most):g}, wanted half of it or more"


@autoscaling.high(
    TARGET,
    reference=f"{GUIDE}/endpoint-scaling-update.html",
    fix="Remove the scalable target in one deployment, rename or remove the variant in the next.",
)
def change_keeps_variants_that_scale(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not rename or remove a variant that is a scalable target.

    A variant must be deregistered before the update that removes it. But a deployment updates the endpoint first,
    so it fails half-way.
    """
    scaled = variant_scaled_by(was)
    for endpoint in stack.deployed.follow(was, "resourceId", ENDPOINT):
        after = stack.successor(endpoint)
        names = names_of(variants_of(after, stack)) if after and not replacing(endpoint, after) else []
        if scaled and names and scaled not in names:
            yield f'the variant "{scaled}" is scaled and is no longer in the configuration, wanted it to stay'


@lifecycle.high(
    ENDPOINT,
    reference=f"{GUIDE}/endpoint-scaling-update.html",
    fix="Remove the scalable target first, or make another endpoint for the other instance type.",
    config_key="endpoint.instance_type",
)
def change_keeps_instance_types_of_scaled_variants(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change keeps the instance type of a variant that is a scalable target.

    SageMaker refuses another type while the variant is registered, and the update fails after the new models and
    configurations are made.
    """
    if replacing(was, now):
        return
    before = {variant.text("variantName"): variant for variant in variants_of(was, stack.deployed)}
    for variant in variants_of(now, stack):
        old = before.get(variant.text("variantName"))
        alone = len(before) == 1
        if old and targets_of(old, was, alone, stack.deployed) and differs_in(old, variant, "instanceType"):
            yield f"instanceType is {variant.show('instanceType')} and was {old.show('instanceType')}, wanted it kept"


@lifecycle.high(
    MODEL,
    reference=f"{GUIDE}/deployment-best-practices.html",
    fix="Remove the model's fixed name, so that a new model is another name in a new endpoint configuration.",
)
def change_of_a_model_reaches_its_endpoint(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change of a model also changes the endpoint configuration.

    An endpoint loads its models only when its configuration changes. A model that is replaced under the same name
    leaves the configuration as it was. The deployment succeeds, but the old model answers until an instance is
    replaced, which then loads the new one beside it.
    """
    if not now.declared.has("name") or differs(was, now, "name"):
        return
    changed = [path for path in ("primaryContainer", "containers") if _content(was, path) != _content(now, path)]
    for configuration in stack.referring(now, CONFIGURATION, "productionVariants") if changed else ():
        before = stack.predecessor(configuration)
        if before and before.raw.get("productionVariants") == configuration.raw.get("productionVariants"):
            yield f"{changed[0]} changes under the name {now.show('name')} and {configuration} does not, wanted both"


@availability.high(
    DEPLOYMENT,
    reference="https://learn.microsoft.com/en-us/azure/machine-learning/how-to-safely-rollout-online-endpoints",
    fix="Move the traffic in steps in the endpoint's traffic, and delete the old deployment in a later change.",
)
def change_keeps_the_former_deployment(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change that moves traffic to another deployment does not delete the one that answered before.

    As long as the old deployment exists, going back is one number. If the change deletes it, it has to be built
    again, which takes a quarter of an hour of errors.
    """
    name = was.text_if_known("deploymentName") or was.name
    if now is not None or not stack.of(ONLINE_ENDPOINT):
        return
    shares = [traffic for endpoint in stack.deployed.of(ONLINE_ENDPOINT, TEMPLATE) for traffic in traffic_of(endpoint)]
    answered = max((traffic.number(name) or 0 for traffic in shares), default=0)
    if answered > 0:
        yield f'the deployment "{name}" answered {answered:g} percent and is deleted, wanted it to stay'


def differs_in(old: Properties, new: Properties, path: str) -> bool:
    return old.has(path) and new.has(path) and old.text(path) != new.text(path)


def _by_name(configuration: Resource) -> Mapping[str | None, Properties]:
    return {variant.text("variantName"): variant for variant in configuration.children("productionVariants")}


def _count(variant: Properties | None) -> float | None:
    return variant.number("initialInstanceCount") if variant else None


def _content(model: Resource, path: str) -> object:
    value = model.raw.get(path)
    return {k: v for k, v in value.items() if not k.startswith("__")} if isinstance(value, dict) else value
