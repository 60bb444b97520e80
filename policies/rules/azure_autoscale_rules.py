"""The rules inside an Azure Monitor autoscale setting: which metric they read, and in which direction they scale."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..durations import minutes
from ..resources import Resource, Stack
from ..rule import autoscaling
from .azure_autoscale import DEPLOYMENT, MULTIPLE, PRACTICES, SETTING, metric_of, profiles_of, rules_towards

METRICS = "https://learn.microsoft.com/en-us/azure/machine-learning/monitor-azure-machine-learning-reference"
SLEEPS = "scaleAction.cooldown"
NO_AVERAGE = ("Sum", "Count", "Min", "Total", "Minimum")
MORE, LESS = ("GreaterThan", "GreaterThanOrEqual"), ("LessThan", "LessThanOrEqual")
# what grows with the load; free memory or idle instances would go the other way
LOAD = re.compile(r"(Utilization|Requests|Latency|Connections|NetworkBytes)", re.IGNORECASE)


@autoscaling.high(
    SETTING,
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/autoscale/autoscale-flapping",
    fix="Keep the threshold for adding well above the one for removing.",
    config_key="scaling.target",
)
def azure_autoscale_does_not_flap(setting: Resource, stack: Stack) -> Iterator[str]:
    """The threshold for adding is well above the one for removing.

    If the load of the remaining instances after a removal would be above the other threshold, Azure does not remove
    any. It notes "flapping" in the activity log, and the instances of every peak stay and are paid for.
    """
    for profile in profiles_of(setting, stack):
        for up in rules_towards(profile, "Increase"):
            for down in (rule for rule in rules_towards(profile, "Decrease") if metric_of(rule) == metric_of(up)):
                high, low = up.number("metricTrigger.threshold") or 0, down.number("metricTrigger.threshold") or 0
                if low > high * 0.8:
                    yield f"adding at {high:g} and removing at {low:g}, wanted removing at {high * 0.8:g} or less"


@autoscaling.medium(
    SETTING,
    reference=PRACTICES,
    fix="Set time_window to PT5M or more, and the cooldowns so that removing waits at least as long as adding.",
    config_key="scaling.cooldowns.scale_in",
)
def azure_autoscale_waits_between_changes(setting: Resource, stack: Stack, *, longest: int = 60) -> Iterator[str]:
    """An autoscale rule looks at five minutes or more, and removing waits as long as adding.

    A new instance takes minutes to load the model. A rule that decides again before it serves adds one too many,
    then removes two. One that adds and looks at more than an hour, or waits for longer, comes after the peak.
    """
    for profile in profiles_of(setting, stack):
        adding, removing = rules_towards(profile, "Increase"), rules_towards(profile, "Decrease")
        for rule in adding + removing:
            if minutes(rule.text("metricTrigger.timeWindow")) < 5:
                yield f'metricTrigger.timeWindow is {rule.show("metricTrigger.timeWindow")}, wanted "PT5M" or more'
        for rule, path in ((rule, path) for rule in adding for path in ("metricTrigger.timeWindow", SLEEPS)):
            if minutes(rule.text(path)) > longest:
                yield f"{path} is {rule.show(path)} for adding, wanted {longest} minutes or less"
        out, into = ([minutes(rule.text(SLEEPS)) for rule in rules] for rules in (adding, removing))
        if out and into and min(into) < max(out):
            yield f"removing waits {min(into):g} minutes and adding {max(out):g}, wanted it to wait as long"


@autoscaling.critical(
    SETTING,
    reference=PRACTICES,
    fix="Increase when the metric is GreaterThan its threshold, decrease when it is LessThan.",
    config_key="scaling.metric",
)
def azure_autoscale_follows_the_load(setting: Resource, stack: Stack) -> Iterator[str]:
    """Autoscale adds instances when the load is high and removes them when it is low.

    With the operators swapped, an idle deployment grows to its maximum, and a busy one shrinks until nobody is
    answered.
    """
    for profile in profiles_of(setting, stack):
        for direction, wrong, wanted in (("Increase", LESS, MORE), ("Decrease", MORE, LESS)):
            for rule in rules_towards(profile, direction):
                operator = rule.text("metricTrigger.operator")
                if operator in wrong and LOAD.search(metric_of(rule) or ""):
                    yield f'"{direction}" when {metric_of(rule)} is "{operator}", wanted "{wanted[0]}"'


@autoscaling.high(
    SETTING,
    reference=METRICS,
    fix="Set metric_resource_uri to the deployment that is scaled, or to its endpoint for the endpoint's metrics.",
    config_key="scaling.metric",
)
def azure_autoscale_uses_its_own_deployments_metric(setting: Resource, stack: Stack) -> Iterator[str]:
    """An autoscale setting follows a metric of the deployment that it scales.

    When a setting is copied from a blue to a green deployment, the blue one's metric is easily left in it. The
    green one then grows with the blue one's load and not with its own.
    """
    own = _deployment_in(setting.text_if_known("targetResourceUri"))
    asked = {
        other
        for profile in setting.children("profiles")
        for rule in profile.children("rules")
        if rule.known("metricTrigger.metricResourceUri")
        and (other := _deployment_in(rule.text("metricTrigger.metricResourceUri")))
    }
    for other in sorted(asked - {own}) if own else ():
        yield f'metricResourceUri is of the deployment "{other}", wanted "{own}", which is scaled'
    if not (own and asked):
        scaled = {deployment.urn for deployment in stack.follow(setting, "targetResourceUri", DEPLOYMENT)}
        strangers = [
            deployment
            for deployment in stack.of(DEPLOYMENT)
            if deployment.urn in set(setting.list_sources("profiles")) - scaled
        ]
        for stranger in strangers if scaled else ():
            yield f'metricResourceUri is of the deployment "{stranger.name}", wanted the one that is scaled'


def _deployment_in(uri: str | None) -> str | None:
    match = re.search(r"/onlineEndpoints/[^/]+/deployments/([^/]+)", uri or "", re.IGNORECASE)
    return match[1].casefold() if match else None


@autoscaling.high(
    SETTING,
    reference=METRICS,
    fix="Set the threshold for adding below 100 for a metric in percent.",
    config_key="scaling.target",
)
def azure_autoscale_threshold_can_be_reached(setting: Resource, stack: Stack) -> Iterator[str]:
    """The threshold for adding is one that the metric can reach.

    A metric in percent ends at 100: a rule with a higher threshold never adds an instance. (Sums over instances or
    over time may exceed 100 and are left out.)
    """
    for profile in profiles_of(setting, stack):
        for rule in rules_towards(profile, "Increase"):
            threshold = rule.number("metricTrigger.threshold") or 0
            if rule.text("metricTrigger.statistic") == "Sum" or rule.text("metricTrigger.timeAggregation") == "Total":
                continue
            if (metric_of(rule) or "").endswith("Percentage") and threshold >= 100:
                yield f"metricTrigger.threshold is {threshold:g} for {metric_of(rule)}, wanted less than 100"


@autoscaling.high(
    SETTING,
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/autoscale/autoscale-understanding-settings",
    fix='Set statistic and time_aggregation to "Average", and leave divide_per_instance off.',
    config_key="scaling.metric",
)
def azure_autoscale_averages_percentages(setting: Resource, stack: Stack) -> Iterator[str]:
    """An autoscale rule compares the average of a percentage, not a sum, a count or the idlest instance.

    `statistic` combines the instances, `timeAggregation` the minutes. A sum of percentages grows with every instance
    that is added, a count has nothing to do with the load, and the least of them is that of an instance that has just
    started. Divided per instance, 60 percent of three instances is 20: the rule never adds one.
    """
    for profile in profiles_of(setting, stack):
        for rule in rules_towards(profile, "Increase"):
            metric = metric_of(rule) or ""
            if not metric.endswith("Percentage"):
                continue
            for path in ("metricTrigger.statistic", "metricTrigger.timeAggregation"):
                if rule.text(path) in NO_AVERAGE:
                    yield f'{path} is {rule.show(path)} of {metric}, wanted "Average"'
            if rule.flag("metricTrigger.dividePerInstance"):
                yield f"metricTrigger.dividePerInstance is true of {metric}, wanted it off"


@autoscaling.high(
    SETTING,
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/autoscale/autoscale-understanding-settings",
    fix="Put the profiles of both into one AutoscaleSetting.",
)
def azure_autoscale_is_the_only_one(setting: Resource, stack: Stack) -> Iterator[str]:
    """A deployment has one autoscale setting.

    A resource can have only one. Profiles for other hours or events belong into that one. A second setting is
    refused, or moves the number against the first.
    """

    def settings() -> dict[str, list[Resource]]:
        by_target: dict[str, list[Resource]] = {}
        for setting in stack.of(SETTING):
            for scaled in _find_scaled(setting, stack):
                by_target.setdefault(scaled, []).append(setting)
        return by_target

    by_target = stack.remember("settings by what they scale", settings)
    others = {each.urn: each for scaled in _find_scaled(setting, stack) for each in by_target[scaled]}
    for other in (other for urn, other in others.items() if urn != setting.urn):
        yield f"{other} scales the same targetResourceUri, wanted one setting for both"


def _find_scaled(setting: Resource, stack: Stack) -> set[str]:
    """What a setting scales: the id as it is written, and the deployments of this program."""
    written = setting.text_if_known("targetResourceUri") or ""
    return {deployment.urn for deployment in stack.follow(setting, "targetResourceUri", DEPLOYMENT)} | {
        written.casefold()
    } - {""}


@autoscaling.high(
    SETTING,
    reference=MULTIPLE,
    fix="Add a second recurring profile with the default's capacity and rules, which starts when the first is to end.",
)
def azure_autoscale_recurring_profile_ends(setting: Resource) -> Iterator[str]:
    """A recurring profile is followed by one that ends it.

    A profile has a start and no end: it is in force until the next one starts. The portal writes the default once more,
    with the end as its start; a program has to do so itself. A recurring profile that is alone stays in force after its
    first day, and the default is never used again. (A recurring profile without any other is left out.)
    """
    profiles = setting.children("profiles")
    recurring = [profile for profile in profiles if profile.has("recurrence")]
    always = [profile for profile in profiles if not profile.has("recurrence") and not profile.has("fixedDate")]
    bounds = ("minimum", "maximum", "default")
    if len(recurring) == 1 and always:
        first, default = ([p.number(f"capacity.{bound}") for bound in bounds] for p in (recurring[0], always[0]))
        if first != default:
            yield f"profile {recurring[0].show('name')} is the only one that recurs, wanted another that ends it"
