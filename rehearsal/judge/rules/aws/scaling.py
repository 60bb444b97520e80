"""Application Auto Scaling: scalable targets, and the policies and schedules that must match them."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from rehearsal.judge.program import Program, Resource, as_number
from rehearsal.judge.refusal import Found, rule
from rehearsal.tables import read_table
from rehearsal.values import UNKNOWN

TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
GROUP_POLICY = "aws:autoscaling/policy:Policy"
SCHEDULE = "aws:appautoscaling/scheduledAction:ScheduledAction"
_GUIDE = "https://docs.aws.amazon.com/autoscaling/application/APIReference"
_REGISTER = f"{_GUIDE}/API_RegisterScalableTarget.html"
_PUT = f"{_GUIDE}/API_PutScalingPolicy.html"

_KNOWN = read_table(Path(__file__).with_name("scaling.toml"))
_TRACKING = "targetTrackingScalingPolicyConfiguration"
_STEPS = "stepScalingPolicyConfiguration"
_INVALID = "ValidationException"
FUNCTION = "aws:lambda/function:Function"
_SCALED = (
    (r"service/[^/]+/([^/]+)", "aws:ecs/service:Service", "name", "ECS service doesn't exist"),
    (r"endpoint/([^/]+)/variant/.+", "aws:sagemaker/endpoint:Endpoint", "name", "Could not find endpoint"),
    (r"table/([^/]+)(?:/index/.+)?", "aws:dynamodb/table:Table", "name", "DynamoDB table does not exist"),
    (r"cluster:(.+)", "aws:rds/cluster:Cluster", "clusterIdentifier", "the DB cluster does not exist"),
    (r"function:([^:]+):.+", FUNCTION, "name", "the function does not exist"),
)
"""What a resource id names: its form, the type and input of what it names, and what the cloud says without it."""


@rule(TARGET, POLICY, SCHEDULE, source=_REGISTER)
def resource_id_of_the_dimension(it: Resource) -> Found:
    dimension, identity = it.text("scalableDimension"), it.text("resourceId")
    pattern = _KNOWN["resource_ids"].get(dimension)
    if pattern and identity and not identity.startswith("arn:") and not re.fullmatch(pattern, identity):
        message = f"{_INVALID}: Unsupported service namespace, resource type or scalable dimension"
        yield "resourceId", f"{message}: found {identity!r}, expected the form {pattern.replace('[^/]+', 'NAME')}"


@rule(POLICY, source=f"{_GUIDE}/API_PredefinedMetricSpecification.html")
def predefined_metric_of_the_namespace(it: Resource) -> Found:
    path = f"{_TRACKING}.predefinedMetricSpecification"
    metric, namespace = it.text(f"{path}.predefinedMetricType"), it.text("serviceNamespace")
    owner = next((service for service in _KNOWN["services"] if metric.lower().startswith(service)), "")
    if owner and namespace and owner != namespace:
        message = f"{_INVALID}: the predefined metric {metric} is not supported for {namespace}"
        yield f"{path}.predefinedMetricType", message


@rule(
    POLICY,
    source="https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html",
)
def one_policy_tracks_a_metric(it: Resource, program: Program) -> Found:
    path = f"{_TRACKING}.predefinedMetricSpecification.predefinedMetricType"
    label = f"{_TRACKING}.predefinedMetricSpecification.resourceLabel"
    for other in program.of(POLICY):
        metric = it.text(path) if other.urn < it.urn else ""
        labels = it.get(label), other.get(label)  # each target group has its own metric
        alike = labels[0] is not UNKNOWN and labels[0] == labels[1]
        if metric and metric == other.text(path) and alike and _same_target(it, other):
            message = f"{_INVALID}: Only one TargetTrackingScaling policy for a given metric specification is allowed"
            yield path, f"{message}: {other.name!r} tracks {metric}, too"


@rule(POLICY, GROUP_POLICY, source=f"{_GUIDE}/API_StepAdjustment.html")
def steps_do_not_overlap(it: Resource) -> Found:
    path = "stepAdjustments" if it.type == GROUP_POLICY else f"{_STEPS}.stepAdjustments"
    steps = it.list(path)
    if len(steps) > 20:
        message = "LimitExceededException: There can be at most 20 step adjustments per scaling policy"
        yield path, f"{message}, found {len(steps)}"
    if not steps or any(not isinstance(step, Mapping) or UNKNOWN in step.values() for step in steps):
        return
    bounds = [
        (_bound(step.get("metricIntervalLowerBound"), "-inf"), _bound(step.get("metricIntervalUpperBound"), "inf"))
        for step in steps
    ]
    ordered = sorted(bounds)
    message = f"{_INVALID}: Step adjustment intervals"
    if any(low >= high for low, high in ordered):
        yield path, f"{message}: a lower bound must be less than its upper bound"
    for (_, high), (low, _) in itertools.pairwise(ordered):
        if low != high:
            how = "overlap" if low < high else "leave a gap"
            yield path, f"{message} {how} between {low:g} and {high:g}"
            return
    lowest, highest = ordered[0][0], max(high for _, high in bounds)
    for end, wrong, sign in (
        ("lower", -math.inf < lowest < 0, "negative"),
        ("upper", 0 < highest < math.inf, "positive"),
    ):
        if wrong:
            message = f"{_INVALID}: There must be a StepAdjustment with an unspecified {end} bound"
            yield path, f"{message} when one StepAdjustment has a {sign} {end} bound"


def _bound(value: object, otherwise: str) -> float:
    bound = as_number(value)
    return float(otherwise) if bound is None else bound


@rule(SCHEDULE, source=f"{_GUIDE}/API_PutScheduledAction.html")
def schedule_expression(it: Resource) -> Found:
    text = it.text("schedule")
    if text:
        yield from (("schedule", message) for message in wrong_schedule(text))


def wrong_schedule(text: str) -> Iterator[str]:
    """Yields the errors in a schedule expression.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html
    """
    cron = re.fullmatch(r"cron\((.*)\)", text)
    fields = cron[1].split() if cron else []
    if not re.fullmatch(r"(cron|rate|at)\(.+\)", text):
        yield f"found {text!r}, expected cron(…), rate(…) or at(…)"
    elif cron and len(fields) != 6:
        yield f"{_INVALID}: cron has {len(fields)} fields, expected 6: minutes hours day month weekday year"
    elif cron and "?" not in (fields[2], fields[4]):
        yield f"{_INVALID}: {text}: one of day-of-month and day-of-week must be '?'"
    elif cron and re.match(r"-", fields[4]):
        yield f"{_INVALID}: {text}: found the day of the week {fields[4]}, expected 1-7 or SUN-SAT"
    elif cron:
        yield from (f"{_INVALID}: {text}: {wrong}" for wrong in _list_out_of_range(fields))
    if text.startswith("rate(") and not re.fullmatch(r"rate\([1-9]\d* (minute|hour|day)s?\)", text):
        yield f"{_INVALID}: found {text!r}, expected a rate like rate(1 minute) or rate(5 minutes)"


_RANGES = {
    "minutes": (0, 59),
    "hours": (0, 23),
    "day of the month": (1, 31),
    "month": (1, 12),
    "day of the week": (1, 7),
    "year": (1970, 2199),
}


def _list_out_of_range(fields: list[str]) -> Iterator[str]:
    """Yields the numbers of a cron expression that its fields do not have; what follows a slash or `#` is a step."""
    for (name, (lowest, highest)), field in zip(_RANGES.items(), fields, strict=True):
        for part in field.split(","):
            for number in re.split("[/#]", part)[0].split("-"):
                if number.isdigit() and not lowest <= int(number) <= highest:
                    yield f"found {number} for {name}, expected {lowest} to {highest}"


@rule(POLICY, SCHEDULE, source=_PUT)
def target_is_registered_first(it: Resource, program: Program) -> Found:
    for target in program.of(TARGET):
        if target.new and _same_target(it, target) and not program.waits_for(it, target):
            message = "ObjectNotFoundException: No scalable target registered for this service namespace, resource ID"
            yield "resourceId", f"{message} and dimension yet: take resourceId from {target.name!r}, or depend on it"


def _same_target(it: Resource, target: Resource) -> bool:
    if it.text("scalableDimension") != target.text("scalableDimension") or it.region != target.region:
        return False
    mine, other = it.get("resourceId"), target.get("resourceId")
    if isinstance(mine, str) and isinstance(other, str):
        return mine == other
    return mine is other is UNKNOWN and it.sources.get("resourceId") == target.sources.get("resourceId")


@rule(TARGET, source=_REGISTER)
def what_scales_is_there_first(it: Resource, program: Program) -> Found:
    for form, kind, key, message in _SCALED:
        named = re.fullmatch(form, it.text("resourceId"))
        if named is None:
            continue
        for made in program.of(kind):
            if made.text(key) == named[1] and made.region == it.region and program.is_too_early(it, made):
                yield "resourceId", f"{_INVALID}: {message}: {named[0]}; depend on {made.name!r}"


@rule(TARGET, source=_REGISTER)
def alias_that_scales_is_there_first(it: Resource, program: Program) -> Found:
    _, _, named = it.text("resourceId").partition("function:")
    for alias in program.of("aws:lambda/alias:Alias") if named else ():
        function = program.refer(alias, "functionName", FUNCTION)
        names = {
            f"{name}:{alias.text('name')}" for name in (alias.text("functionName"), function and function.text("name"))
        }
        if named in names and alias.region == it.region and program.is_too_early(it, alias):
            yield "resourceId", f"{_INVALID}: the alias does not exist: function:{named}; depend on {alias.name!r}"
