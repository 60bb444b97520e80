"""Azure Monitor autoscale of managed online deployments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import rule

SETTING = "azure-native:monitor:AutoscaleSetting"
DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment"
ENDPOINTS = "https://learn.microsoft.com/en-us/azure/machine-learning/how-to-autoscale-endpoints"
PRACTICES = "https://learn.microsoft.com/en-us/azure/azure-monitor/autoscale/autoscale-best-practices"
MULTIPLE = "https://learn.microsoft.com/en-us/azure/azure-monitor/autoscale/autoscale-multiprofile"
MOST = 100


def _rules(profile: Properties, direction: str) -> list[Properties]:
    return [each for each in profile.children("rules") if each.text("scaleAction.direction") == direction]


def _metric(rule: Properties) -> str | None:
    return rule.text("metricTrigger.metricName")


@rule(
    DEPLOYMENT,
    category="autoscaling",
    severity="critical",
    reference=ENDPOINTS,
    fix="Add an AutoscaleSetting whose target_resource_uri is the deployment's id.",
    config_key="scaling",
)
def azure_deployment_scales(deployment: Resource, stack: Stack) -> Iterator[str]:
    """Every online deployment has an autoscale setting.

    A managed deployment keeps the instances of its sku. It has no autoscaling of its own; only Azure Monitor moves
    the number. (A deployment on Kubernetes scales by its own settings.)
    """
    if deployment.text("properties.scaleSettings.scaleType") == "TargetUtilization":
        return
    if not stack.referring(deployment, SETTING, "targetResourceUri"):
        yield "no AutoscaleSetting's targetResourceUri is this deployment, wanted one"


@rule(
    SETTING,
    category="autoscaling",
    severity="critical",
    reference=ENDPOINTS,
    fix="Set enabled to true.",
)
def azure_autoscale_is_enabled(setting: Resource) -> Iterator[str]:
    """An autoscale setting is switched on.

    The API's default is off: a setting without `enabled` shows its rules in the portal and never applies one.
    """
    if not setting.flag("enabled"):
        yield f"enabled is {setting.show('enabled')}, wanted true"


@rule(
    SETTING,
    category="autoscaling",
    severity="high",
    reference="https://learn.microsoft.com/en-us/azure/well-architected/service-guides/azure-machine-learning#reliability",
    fix="Set scaling.min to 2 or more.",
    config_key="scaling.min",
)
def azure_autoscale_keeps_two(setting: Resource) -> Iterator[str]:
    """Autoscale keeps at least two instances.

    With one instance each node failure and each platform update is an outage for as long as a new one takes to load
    the model.
    """
    for profile in setting.children("profiles"):
        if (low := profile.number("capacity.minimum") or 0) < 2:
            yield f"capacity.minimum is {low:g} in profile {profile.show('name')}, wanted 2 or more"


@rule(
    SETTING,
    category="autoscaling",
    severity="high",
    reference=PRACTICES,
    fix="Set scaling.max above scaling.min.",
    config_key="scaling.max",
)
def azure_autoscale_has_room(setting: Resource) -> Iterator[str]:
    """Autoscale can grow.

    Azure's own first advice: with equal bounds no rule can do anything.
    """
    for profile in setting.children("profiles"):
        low, high = profile.number("capacity.minimum") or 0, profile.number("capacity.maximum") or 0
        if high <= low:
            yield f"capacity.maximum is {high:g} and capacity.minimum is {low:g}, wanted maximum above minimum"


@rule(
    SETTING,
    category="cost",
    severity="medium",
    reference="https://learn.microsoft.com/en-us/azure/well-architected/cost-optimization/optimize-scaling-costs",
    fix=f"Lower scaling.max to {MOST} or less, or exempt the setting with the reason.",
    config_key="scaling.max",
)
def azure_autoscale_is_bounded(setting: Resource) -> Iterator[str]:
    """Autoscale has an upper bound somebody chose.

    Between a client that retries without end and the month's budget stands this number alone.
    """
    for profile in setting.children("profiles"):
        if (high := profile.number("capacity.maximum") or 0) > MOST:
            yield f"capacity.maximum is {high:g}, wanted {MOST} or less"


@rule(
    SETTING,
    category="autoscaling",
    severity="high",
    reference=MULTIPLE,
    fix="Take max out of scaling.schedules where scaling.max should hold, or lower scaling.max to what they allow.",
    config_key="scaling.schedules",
)
def azure_autoscale_schedules_reach_the_maximum(setting: Resource) -> Iterator[str]:
    """Some recurring profile allows the default profile's maximum, where profiles recur.

    A recurring profile ends when the next one starts, so once one has begun the default profile is in force no more.
    Its maximum, if all the recurring ones have less, is a number that is never used.
    """
    profiles = setting.children("profiles")
    timed = [each for each in profiles if each.has("recurrence") or each.has("fixedDate")]
    if not any(each.has("recurrence") for each in timed):
        return
    most = max(each.number("capacity.maximum") or 0 for each in timed)
    for default in (each for each in profiles if each not in timed):
        if (own := default.number("capacity.maximum") or 0) > most:
            yield f"capacity.maximum is {own:g} by default and at most {most:g} by time, wanted a time that has {own:g}"


@rule(
    SETTING,
    category="autoscaling",
    severity="high",
    reference=PRACTICES,
    fix="Give every profile a rule that increases and one that decreases.",
    config_key="scaling.metric",
)
def azure_autoscale_goes_both_ways(setting: Resource) -> Iterator[str]:
    """Autoscale adds and removes.

    With one direction alone the deployment ends at one bound and stays there. (A sample in the documentation has
    "Increase" in both rules.) Only one profile is in force at a time, so each needs both.
    """
    profiles = setting.children("profiles")
    moving = [profile for profile in profiles if profile.count("rules")] or profiles
    for profile in moving:
        for direction in ("Increase", "Decrease"):
            if not _rules(profile, direction):
                yield f'no rule of profile {profile.show("name")} has scaleAction.direction "{direction}", wanted one'


@rule(
    SETTING,
    category="autoscaling",
    severity="high",
    reference=PRACTICES,
    fix="Keep the threshold for adding well above the one for removing, from scaling.target.",
    config_key="scaling.target",
)
def azure_autoscale_does_not_flap(setting: Resource) -> Iterator[str]:
    """There is a gap between adding and removing.

    If the load of the remaining instances after a removal is above the other threshold, every removal is followed by
    an addition, and each drops connections.
    """
    for profile in setting.children("profiles"):
        for up in _rules(profile, "Increase"):
            for down in (each for each in _rules(profile, "Decrease") if _metric(each) == _metric(up)):
                high, low = up.number("metricTrigger.threshold") or 0, down.number("metricTrigger.threshold") or 0
                if low > high * 0.8:
                    yield f"adding at {high:g} and removing at {low:g}, wanted the second at most 80 % of the first"


@rule(
    SETTING,
    category="autoscaling",
    severity="medium",
    reference=PRACTICES,
    fix="Set time_window to PT5M or more and the cooldowns from scaling.cooldowns.",
    config_key="scaling.cooldowns.scale_in",
)
def azure_autoscale_waits_between_changes(setting: Resource) -> Iterator[str]:
    """Autoscale looks at five minutes at least, and removes no faster than it adds.

    A new instance takes minutes to load the model. Deciding again before it serves adds one too many, then removes
    two.
    """
    for profile in setting.children("profiles"):
        adding, removing = _rules(profile, "Increase"), _rules(profile, "Decrease")
        for each in adding + removing:
            if _minutes(each.text("metricTrigger.timeWindow")) < 5:
                yield f'metricTrigger.timeWindow is {each.show("metricTrigger.timeWindow")}, wanted "PT5M" or more'
        out, into = ([_minutes(each.text("scaleAction.cooldown")) for each in rules] for rules in (adding, removing))
        if out and into and min(into) < max(out):
            yield f"removing waits {min(into):g} minutes and adding {max(out):g}, wanted removing to wait no less"


def _minutes(duration: str | None) -> float:
    """Minutes of an ISO 8601 duration (`PT1H5M`, `P1DT2H`); 0 for what is none."""
    match = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", duration or "")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups()) if match else (0.0,) * 4
    return days * 1440 + hours * 60 + minutes + seconds / 60


@rule(
    DEPLOYMENT,
    category="lifecycle",
    severity="high",
    reference=ENDPOINTS,
    fix='Add "sku.capacity" to the deployment\'s ignore_changes.',
)
def azure_deployment_leaves_capacity_to_scaling(deployment: Resource, stack: Stack) -> Iterator[str]:
    """A deployment does not reset the number of instances.

    Autoscale moves sku.capacity. If the program sets it on every run, a deployment at noon shrinks the fleet to the
    number in the code.
    """
    owned = any(path in ("sku", "sku.capacity") for path in deployment.ignores)
    if stack.referring(deployment, SETTING, "targetResourceUri") and not owned:
        yield "ignoreChanges does not name sku.capacity, wanted it there because autoscale owns the number"
