"""Azure Monitor: autoscale settings, alerts and action groups."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.durations import seconds
from rehearsal.values import UNKNOWN

AUTOSCALE = ("azure-native:monitor:AutoscaleSetting",)
ALERT = ("azure-native:monitor:MetricAlert",)
ACTION_GROUP = ("azure-native:monitor:ActionGroup",)
QUERY_RULE = ("azure-native:monitor:ScheduledQueryRule",)
_LEARN = "https://learn.microsoft.com/azure/azure-monitor"
_INVALID = "InvalidAutoscaleSetting"


@rule(*AUTOSCALE, source=f"{_LEARN}/autoscale/autoscale-understanding-settings")
def profiles_of_an_autoscale_setting(it: Resource) -> Found:
    if it.get("targetResourceUri") is None:  # https://github.com/Azure/azure-sdk-for-net/issues/43948
        yield "targetResourceUri", "UnsupportedRequestContent: the id of what is scaled is required"
    profiles = it.blocks("profiles")
    names = [str(one.get("name")) for _, one in profiles]
    for index, (path, profile) in enumerate(profiles):
        least, usual, most = (profile.number(f"capacity.{name}") for name in ("minimum", "default", "maximum"))
        if least is not None and most is not None and least > most:
            message = f"{_INVALID}: the capacity's minimum must not exceed its maximum"
            yield f"{path}.capacity.minimum", f"{message}: {least:g} > {most:g}"
        elif usual is not None and ((least is not None and usual < least) or (most is not None and usual > most)):
            message = f"{_INVALID}: the capacity's default must lie between minimum and maximum"
            yield f"{path}.capacity.default", f"{message}: {usual:g} is outside {least:g} to {most:g}"
        if names.count(names[index]) > 1 and names.index(names[index]) < index and "UNKNOWN" not in names:
            yield f"{path}.name", f"{_INVALID}: profile names must be unique, found {names[index]!r} twice"
        if profile.get("fixedDate") and profile.get("recurrence"):
            yield f"{path}.recurrence", f"{_INVALID}: a profile has a fixed date or a recurrence, not both"


@rule(*AUTOSCALE, source="https://learn.microsoft.com/rest/api/monitor/autoscale-settings/create-or-update")
def times_of_an_autoscale_rule(it: Resource) -> Found:
    for outer, profile in it.blocks("profiles"):
        for inner, one in profile.blocks("rules"):
            path, times = (
                f"{outer}.{inner}",
                ("metricTrigger.timeGrain", "metricTrigger.timeWindow", "scaleAction.cooldown"),
            )
            grain, window, pause = (seconds(one.text(time)) for time in times)
            if grain is not None and not 60 <= grain <= 43_200:
                yield f"{path}.metricTrigger.timeGrain", f"{_INVALID}: 1 minute to 12 hours, found {grain:g} s"
            if window is not None and not 300 <= window <= 43_200:
                yield f"{path}.metricTrigger.timeWindow", f"{_INVALID}: 5 minutes to 12 hours, found {window:g} s"
            if grain is not None and window is not None and window < grain:
                message = f"{_INVALID}: TimeWindow must be at least TimeGrain"
                yield f"{path}.metricTrigger.timeWindow", f"{message}: {window:g} s < {grain:g} s"
            if pause is not None and not 60 <= pause <= 604_800:
                yield f"{path}.scaleAction.cooldown", f"{_INVALID}: 1 minute to 1 week, found {pause:g} s"
            value, kind = one.number("scaleAction.value"), one.get("scaleAction.type")
            least, most = profile.number("capacity.minimum"), profile.number("capacity.maximum")
            room = most - least if least is not None and most is not None else 0
            if kind == "ChangeCount" and value is not None and value > room > 0:
                message = f"InvalidActionValue: invalid scale action value ('{value:g}'). Specify a scale value"
                told = (
                    f"less than or equal to the difference between the capacity maximum {most:g} and minimum {least:g}"
                )
                yield f"{path}.scaleAction.value", f"{message} {told}"
            if value is not None and value < 0:
                yield f"{path}.scaleAction.value", f"{_INVALID}: expected a positive number, found {value:g}"


@rule(*AUTOSCALE, source=f"{_LEARN}/autoscale/autoscale-overview")
def one_setting_of_a_resource(it: Resource, program: Program) -> Found:
    for other in program.of(*AUTOSCALE):
        mine, theirs = it.get("targetResourceUri"), other.get("targetResourceUri")
        sources = it.sources.get("targetResourceUri"), other.sources.get("targetResourceUri")
        known = isinstance(mine, str) or (mine is UNKNOWN and len(sources[0] or ()) == 1)
        if other.urn < it.urn and known and mine == theirs and sources[0] == sources[1]:
            yield "targetResourceUri", f"Conflict: the resource has an autoscale setting already: {other.name!r}"


@rule(*ALERT, source="https://learn.microsoft.com/rest/api/monitor/metric-alerts/create-or-update")
def parts_of_a_metric_alert(it: Resource) -> Found:
    every, window = seconds(it.text("evaluationFrequency")), seconds(it.text("windowSize"))
    if every is not None and window is not None and window < every:
        message = "BadRequest: the window size must be at least the evaluation frequency"
        yield "windowSize", f"{message}: {it.text('windowSize')} < {it.text('evaluationFrequency')}"
    if every is not None and every > 3600:
        yield "evaluationFrequency", f"BadRequest: expected at most PT1H, found {it.text('evaluationFrequency')}"
    yield from _not_global(it, "microsoft.insights/metricalerts")
    if len(it.list("scopes")) > 1:
        for name in ("targetResourceType", "targetResourceRegion"):
            if it.get(name) is None:
                yield name, "BadRequest: it is required for an alert with more than one resource as its scope"
    kind = it.text("criteria.odataType")
    if kind.endswith("SingleResourceMultipleMetricCriteria") and len(it.list("scopes")) > 1:
        message = "BadRequest: Scopes property is invalid. Only single resource is allowed for criteria type"
        yield "criteria.odataType", f"{message} SingleResourceMultipleMetricCriteria"
    for path, one in it.blocks("criteria.allOf"):
        needed = one.number("failingPeriods.minFailingPeriodsToAlert")
        seen = one.number("failingPeriods.numberOfEvaluationPeriods")
        if needed is not None and seen is not None and needed > seen:
            message = "BadRequest: minFailingPeriodsToAlert must be at most numberOfEvaluationPeriods"
            yield f"{path}.failingPeriods", f"{message}: {needed:g} > {seen:g}"
        if one.get("criterionType") == "DynamicThresholdCriterion" and len(it.list("criteria.allOf")) > 1:
            yield "criteria.allOf", "BadRequest: a dynamic threshold must be the only criterion"


def _not_global(it: Resource, kind: str) -> Found:
    location = it.text("location")
    if location and location.lower() != "global":
        message = (
            f"LocationNotAvailableForResourceType: The provided location '{location}' is not available for resource"
        )
        yield "location", f"{message} type '{kind}'. List of available regions for the resource type is 'global'"


@rule(*ACTION_GROUP, source="https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups")
def receivers_of_an_action_group(it: Resource) -> Found:
    kinds = [kind for kind in it.inputs if kind.endswith("Receivers")]
    for name in list_repeated(one.text("name") for kind in kinds for _, one in it.blocks(kind)):
        message = "BadRequest: ReceiverNameNotUnique"
        yield "emailReceivers", f"{message}: receivers must have different names, found {name!r} twice"


@rule(*QUERY_RULE, source="https://learn.microsoft.com/rest/api/monitor/scheduled-query-rules/create-or-update")
def times_of_a_query_rule(it: Resource) -> Found:
    every, window = seconds(it.text("evaluationFrequency")), seconds(it.text("windowSize"))
    if every is not None and window is not None and window < every:
        message = "BadRequest: the window size must be at least the evaluation frequency"
        yield "windowSize", f"{message}: {it.text('windowSize')} < {it.text('evaluationFrequency')}"
    mute = seconds(it.text("muteActionsDuration"))
    if every is not None and mute is not None and every > mute:
        message = "InvalidRequestContent: EvaluationFrequency cannot be greater than MuteActionsDuration"
        yield "muteActionsDuration", f"{message}: {it.text('evaluationFrequency')} > {it.text('muteActionsDuration')}"
    if it.get("autoMitigate") is True and it.get("muteActionsDuration") is not None:
        message = "BadRequest: it cannot be set where alerts are resolved automatically"
        yield "muteActionsDuration", f"{message} (autoMitigate)"
