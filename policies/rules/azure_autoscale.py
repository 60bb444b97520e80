"""Azure Monitor autoscale of managed online deployments."""

from __future__ import annotations

from collections.abc import Iterator

from ..azure_traffic import waits
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import autoscaling, cost, lifecycle

SETTING = "azure-native:monitor:AutoscaleSetting"
DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment"
# what the same settings scale by other numbers, in the program before its id is known:
# https://learn.microsoft.com/en-us/azure/azure-monitor/autoscale/autoscale-overview
SCALED_ELSEWHERE = ("AppServicePlan", "VirtualMachineScaleSet", "ApiManagementService")
ENDPOINTS = "https://learn.microsoft.com/en-us/azure/machine-learning/how-to-autoscale-endpoints"
PRACTICES = "https://learn.microsoft.com/en-us/azure/azure-monitor/autoscale/autoscale-best-practices"
MULTIPLE = "https://learn.microsoft.com/en-us/azure/azure-monitor/autoscale/autoscale-multiprofile"


def rules_towards(profile: Properties, direction: str) -> list[Properties]:
    """The rules of a profile that change the number of instances this way; one that changes it by 0 does not."""
    rules = [rule for rule in profile.children("rules") if rule.text("scaleAction.direction") == direction]
    return [rule for rule in rules if rule.number("scaleAction.value") != 0]


def scales_a_deployment(setting: Resource, stack: Stack) -> bool:
    """Whether the setting scales a deployment. Virtual machines and app service plans scale by other numbers."""
    if stack.follow(setting, "targetResourceUri", DEPLOYMENT):
        return True
    linked = setting.list_sources("targetResourceUri")
    others = any(f":{type_}::" in urn for urn in linked for type_ in SCALED_ELSEWHERE)
    target = setting.text_if_known("targetResourceUri")
    return not others if target is None else "/onlineendpoints/" in target.casefold()


def profiles_of(setting: Resource, stack: Stack) -> list[Properties]:
    """The profiles of a setting that scales a deployment; none of any other setting's."""
    return setting.children("profiles") if scales_a_deployment(setting, stack) else []


def metric_of(rule: Properties) -> str | None:
    return rule.text("metricTrigger.metricName")


@autoscaling.critical(
    DEPLOYMENT,
    reference=ENDPOINTS,
    fix="Add an AutoscaleSetting whose target_resource_uri is the deployment's id.",
    config_key="scaling",
)
def azure_deployment_scales(deployment: Resource, stack: Stack) -> Iterator[str]:
    """An online deployment scales with its load.

    A managed deployment keeps the instances of its sku and cannot scale by itself; only Azure Monitor changes the
    number. A deployment on Kubernetes scales by its own settings, never by Azure Monitor. (Left out are deployments
    with 0 percent of the traffic, which answer nobody yet or get a copy of the requests.)
    """
    if deployment.text("properties.endpointComputeType") == "Kubernetes":
        if deployment.text("properties.scaleSettings.scaleType") != "TargetUtilization":
            found = deployment.show("properties.scaleSettings.scaleType")
            yield f'properties.scaleSettings.scaleType is {found}, wanted "TargetUtilization"'
    elif not stack.referring(deployment, SETTING, "targetResourceUri") and not waits(deployment, stack):
        yield "no AutoscaleSetting's targetResourceUri is this deployment, wanted one"


@autoscaling.critical(
    SETTING,
    reference=ENDPOINTS,
    fix="Set enabled to true.",
)
def azure_autoscale_is_enabled(setting: Resource, stack: Stack) -> Iterator[str]:
    """An autoscale setting is enabled.

    The API's default is off: a setting without `enabled` shows its rules in the portal and never applies one.
    """
    if scales_a_deployment(setting, stack) and not setting.flag("enabled"):
        yield f"enabled is {setting.show('enabled')}, wanted true"


@autoscaling.high(
    SETTING,
    reference=ENDPOINTS,
    fix="Set capacity.minimum of each profile to 2 or more.",
    config_key="scaling.min",
)
def azure_autoscale_keeps_two(setting: Resource, stack: Stack, *, least: int = 2) -> Iterator[str]:
    """An autoscale setting keeps at least two instances.

    With one instance, each node failure and each platform update is an outage until a new instance has loaded the
    model.
    """
    for profile in profiles_of(setting, stack):
        if (low := profile.number("capacity.minimum") or 0) < least:
            yield f"capacity.minimum is {low:g} in profile {profile.show('name')}, wanted {least} or more"


@autoscaling.high(
    SETTING,
    reference=PRACTICES,
    fix="Set capacity.maximum of each profile above its capacity.minimum.",
    config_key="scaling.max",
)
def azure_autoscale_has_room(setting: Resource, stack: Stack) -> Iterator[str]:
    """An autoscale setting has a maximum above its minimum.

    With equal bounds no rule can change the number, as Azure's list of best practices says first.
    """
    for profile in profiles_of(setting, stack):
        low, high = profile.number("capacity.minimum") or 0, profile.number("capacity.maximum") or 0
        if high <= low:
            yield f"capacity.maximum is {high:g} and capacity.minimum is {low:g}, wanted maximum above minimum"


@autoscaling.medium(
    SETTING,
    reference=PRACTICES,
    fix="Set capacity.default of each profile to what the load needs, between its minimum and its maximum.",
    config_key="scaling.min",
)
def azure_autoscale_default_is_within_its_bounds(setting: Resource, stack: Stack) -> Iterator[str]:
    """The default of an autoscale profile lies between its minimum and its maximum.

    When Azure Monitor has no metrics, it raises a smaller number of instances to the default. A default below the
    minimum raises nothing while nobody can see the load; one above the maximum cannot be reached.
    """
    for profile in profiles_of(setting, stack):
        low, default, high = (profile.number(f"capacity.{part}") for part in ("minimum", "default", "maximum"))
        if low is not None and default is not None and high is not None and not low <= default <= high:
            yield f"capacity.default is {default:g}, wanted {low:g} to {high:g} in profile {profile.show('name')}"


@cost.medium(
    SETTING,
    reference="https://learn.microsoft.com/en-us/azure/well-architected/cost-optimization/optimize-scaling-costs",
    fix="Lower capacity.maximum to 100 or less, or raise the rule's own bound.",
    config_key="scaling.max",
)
def azure_autoscale_is_bounded(setting: Resource, stack: Stack, *, most: int = 100) -> Iterator[str]:
    """An autoscale setting has a maximum of 100 or less, unless the team sets another bound.

    Only this number limits the cost of a client that retries without end.
    """
    for profile in profiles_of(setting, stack):
        if (high := profile.number("capacity.maximum") or 0) > most:
            yield f"capacity.maximum is {high:g}, wanted {most} or less"


@autoscaling.high(
    SETTING,
    reference=MULTIPLE,
    fix="Give a profile by time the default's maximum, or lower the default's.",
    config_key="scaling.schedules",
)
def azure_autoscale_schedules_reach_the_maximum(setting: Resource, stack: Stack) -> Iterator[str]:
    """At least one recurring profile allows the default profile's maximum.

    A recurring profile ends when the next one starts, so the default profile is no longer used once a recurring one
    has begun. If all recurring profiles have a lower maximum, the default's is never reached. (Settings without
    recurring profiles are left out.)
    """
    profiles = profiles_of(setting, stack)
    timed = [profile for profile in profiles if profile.has("recurrence") or profile.has("fixedDate")]
    if not any(profile.has("recurrence") for profile in timed):
        return
    most = max(profile.number("capacity.maximum") or 0 for profile in timed)
    for default in profiles:
        if (own := default.number("capacity.maximum") or 0) > most:
            yield f"capacity.maximum is {own:g} by default and at most {most:g} by time, wanted a time that has {own:g}"


@autoscaling.high(
    SETTING,
    reference=PRACTICES,
    fix="Give every profile a rule that increases and one that decreases.",
    config_key="scaling.metric",
)
def azure_autoscale_scales_out_and_in(setting: Resource, stack: Stack) -> Iterator[str]:
    """Each autoscale profile has a rule that adds and one that removes.

    With one direction alone, the deployment ends at one bound and stays there. (A sample in the documentation has
    "Increase" in both rules.) Only one profile is in force at a time, so each needs both.
    """
    profiles = profiles_of(setting, stack)
    moving = [profile for profile in profiles if profile.count("rules")] or profiles
    for profile in moving:
        for direction in ("Increase", "Decrease"):
            if not rules_towards(profile, direction):
                yield f'no rule of profile {profile.show("name")} has scaleAction.direction "{direction}", wanted one'


@lifecycle.high(
    DEPLOYMENT,
    reference=ENDPOINTS,
    fix='Add "sku.capacity" to the deployment\'s ignore_changes, and refresh before an update.',
)
def azure_deployment_leaves_capacity_to_scaling(deployment: Resource, stack: Stack) -> Iterator[str]:
    """A deployment that autoscale moves ignores changes of its number of instances.

    An update of a deployment sends all of its properties, the program's number of instances too. So an update at
    noon would shrink the fleet that autoscale has grown. With ignoreChanges it sends the number from the state,
    which a refresh has brought up to date (www.pulumi.com/docs/iac/concepts/options/ignorechanges).
    """
    owned = any(path in ("sku", "sku.capacity") for path in deployment.ignores)
    if stack.referring(deployment, SETTING, "targetResourceUri") and not owned:
        yield "ignoreChanges does not name sku.capacity, wanted it there because autoscale owns the number"
