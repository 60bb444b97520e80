"""Azure Monitor autoscale of whatever it scales: rules of both directions, and profiles that come back by the clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource
from ..rule import autoscaling
from .azure_autoscale import PRACTICES, SETTING, rules_towards
from .azure_autoscale_rules import LESS, MORE

UNDERSTANDING = "https://learn.microsoft.com/en-us/azure/azure-monitor/autoscale/autoscale-understanding-settings"
COMBINED = ("statistic", "timeAggregation")


@autoscaling.high(
    SETTING,
    reference=UNDERSTANDING,
    fix="Give the profile the default's rules, or a minimum that is its maximum if the number is to stand still.",
    config_key="scaling.schedules",
)
def azure_autoscale_recurring_profile_scales(setting: Resource) -> Iterator[str]:
    """A recurring autoscale profile that has room has rules.

    Only one profile is in force at a time, and it takes no rules from another. While one without rules is, nothing
    moves the number, however high the load is: its bounds only cut what was there before. (A profile whose minimum is
    its maximum sets a number on purpose, and one of a fixed date is for a stated event.)
    """
    for profile in setting.children("profiles"):
        low, high = profile.number("capacity.minimum") or 0, profile.number("capacity.maximum") or 0
        if profile.has("recurrence") and high > low and not profile.count("rules"):
            yield f"profile {profile.show('name')} goes from {low:g} to {high:g} and has no rules, wanted the default's"


@autoscaling.medium(
    SETTING,
    reference=PRACTICES,
    fix="Let both rules divide by the instances or neither, and keep the threshold for removing below the other.",
    config_key="scaling.target",
)
def azure_autoscale_directions_agree(setting: Resource) -> Iterator[str]:
    """The rules that add and the ones that remove on a metric measure the same, and never hold together.

    If one direction divides the metric by the instances and the other does not, their thresholds are of two scales,
    and the distance between them changes with every instance. If the threshold for removing is above the one for
    adding, both rules hold between the two, and each removal asks for an instance again. (Rules whose resource is not
    known yet are left out.)
    """
    for profile in setting.children("profiles"):
        adding, removing = _by_measure(profile, "Increase"), _by_measure(profile, "Decrease")
        for measure in adding.keys() & removing.keys():
            out, into = adding[measure], removing[measure]
            divided = {bool(rule.flag("metricTrigger.dividePerInstance")) for rule in out}
            if divided.isdisjoint(bool(rule.flag("metricTrigger.dividePerInstance")) for rule in into):
                found = " and ".join(each[0].show("metricTrigger.dividePerInstance") for each in (out, into))
                yield f"dividePerInstance of {measure[0]} is {found} for adding and removing, wanted the same"
            for high, low in _holding_together(out, into):
                yield f"adding above {high:g} and removing below {low:g} of {measure[0]}, wanted removing below adding"


def _by_measure(profile: Properties, direction: str) -> dict[tuple[str, ...], list[Properties]]:
    """The rules of a direction by what they read: metric, resource and dimensions."""
    grouped = defaultdict[tuple[str, ...], list[Properties]](list)
    for rule in rules_towards(profile, direction):
        trigger = rule.child("metricTrigger")
        if trigger.known("metricResourceUri"):
            resource = (trigger.text("metricResourceUri") or "").casefold()
            measure = (trigger.text("metricName") or "", resource, str(trigger.raw.get("dimensions") or []))
            grouped[measure].append(rule)
    return grouped


def _holding_together(adding: list[Properties], removing: list[Properties]) -> Iterator[tuple[float, float]]:
    """The thresholds of pairs that read the same number and hold at once between them."""
    for up, down in ((up.child("metricTrigger"), down.child("metricTrigger")) for up in adding for down in removing):
        high, low = up.number("threshold"), down.number("threshold")
        alike = all(up.text(path) == down.text(path) for path in COMBINED)
        opposed = up.text("operator") in MORE and down.text("operator") in LESS
        same = up.flag("dividePerInstance") == down.flag("dividePerInstance")
        if alike and opposed and same and high is not None and low is not None and low > high:
            yield high, low
