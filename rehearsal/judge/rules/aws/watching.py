"""CloudWatch alarms, dashboards and logs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.permissions import ROLE, may
from rehearsal.values import UNKNOWN

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
_API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"
_ALARM = f"{_API}/API_PutMetricAlarm.html"
_VENDORS = {
    "aws:lambda/function:Function": "lambda",
    "aws:kinesis/stream:Stream": "kinesis",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "firehose",
}
"""The types that can receive the events of a log group, with the vendor name of each in ARNs."""
_INVALID = "ValidationError"


@rule(ALARM, source=_ALARM)
def periods_of_an_alarm(it: Resource) -> Found:
    period, evaluated = it.number("period"), it.number("evaluationPeriods")
    if period is not None and period not in (10, 20, 30) and period % 60:
        yield "period", f"found {period:g}, expected 10, 20, 30 or a multiple of 60"
    longest = 86_400 if period is None or period < 3600 else 604_800
    if period is not None and evaluated is not None and period * evaluated > longest:
        message = f"{_INVALID}: Metrics cannot be checked across more than a"
        unit = "day" if longest == 86_400 else "week"
        yield (
            "evaluationPeriods",
            f"{message} {unit} (EvaluationPeriods * Period must be <= {longest}), found {period * evaluated:g}",
        )


@rule(ALARM, source=f"{_API}/API_MetricDataQuery.html")
def queries_of_an_alarm(it: Resource) -> Found:
    queries = it.list("metricQueries")
    if not queries or any(not isinstance(query, Mapping) for query in queries):
        return
    names = [str(query.get("id")) for query in queries]
    if any(query.get("id") is UNKNOWN for query in queries):
        return
    returned = [query.get("returnData") in (True, "true") for query in queries]
    band = it.get("thresholdMetricId")
    wanted = 1 if band is None else 2  # an anomaly alarm returns both the metric and its band
    if UNKNOWN not in [query.get("returnData") for query in queries] and sum(returned) != wanted:
        message = f"{_INVALID}: Exactly one element of the metrics list should return data"
        told = f"{message}, found {sum(returned)}"
        yield "metricQueries", told if band is None else f"{told}: expected the metric and its band"
    formula = next((query.get("expression") for query in queries if query.get("id") == band), None)
    if isinstance(band, str) and formula is not UNKNOWN and "ANOMALY_DETECTION_BAND" not in str(formula).upper():
        yield "thresholdMetricId", f"{_INVALID}: Threshold metric expression must use ANOMALY_DETECTION_BAND function."
    for index, query in enumerate(queries):
        path, formula = f"metricQueries[{index}]", query.get("expression")
        if not re.fullmatch(r"[a-z][a-zA-Z0-9_]*", names[index]):
            message = f"{_INVALID}: Invalid metrics list"
            yield f"{path}.id", f"{message}: id {names[index]!r} must begin with a lowercase letter"
        if names.count(names[index]) > 1 and names.index(names[index]) < index:
            yield f"{path}.id", f"{_INVALID}: Invalid metrics list: ids must be unique: {names[index]!r}"
        if formula is not None and query.get("metric") is not None:
            yield path, f"{_INVALID}: a query has an expression or a metric, not both"
        if isinstance(formula, str) and not formula.upper().startswith("SELECT"):
            # A word before a parenthesis is a function's name, not a metric's id.
            used = set(re.findall(r"\b([a-z]\w*)\b(?!\s*\()", re.sub(r"'[^']*'|\"[^\"]*\"", "", formula)))
            missing = sorted(used - set(names)) if "SEARCH(" not in formula else []
            if missing:
                message = f"{_INVALID}: Invalid metrics list: the expression {formula!r} refers to"
                yield f"{path}.expression", f"{message} {', '.join(missing)}, which no query has as id"


@rule(COMPOSITE, source="https://github.com/awsdocs/aws-cloudformation-user-guide/issues/911")
def alarms_of_a_rule_come_first(it: Resource, program: Program) -> Found:
    named = re.findall(r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*[\"']?([^\"')]+?)[\"']?\s*\)", it.text("alarmRule"))
    for kind, name in ((ALARM, "name"), (COMPOSITE, "alarmName")):
        for alarm in program.of(kind):
            used = alarm.text(name) in named and alarm.region == it.region
            if used and alarm.new and alarm is not it and not program.waits_for(it, alarm):
                message = (
                    f"{_INVALID}: Could not save the composite alarm as alarms {alarm.text(name)} in the alarm rule"
                )
                yield "alarmRule", f"{message} do not exist: depend on {alarm.name!r}"


@rule(ALARM, source=_ALARM)
def actions_of_an_alarm(it: Resource, program: Program) -> Found:
    for name in ("alarmActions", "okActions", "insufficientDataActions"):
        actions = it.list(name)
        if len(actions) > 5:
            yield name, f"{_INVALID}: an alarm has at most 5 actions of a kind, found {len(actions)}"
        for topic in program.refers(it, name, "aws:sns/topic:Topic"):
            if topic.region and it.region and topic.region != it.region:
                message = f"{_INVALID}: Invalid region {topic.region} specified. Only {it.region} is supported."
                yield name, f"{message} (the topic is {topic.name!r})"
        for arn in actions:
            match = re.match(r"arn:aws[\w-]*:sns:([a-z0-9-]+):", arn) if isinstance(arn, str) else None
            if match and it.region and match[1] != it.region:
                yield name, f"{_INVALID}: Invalid region {match[1]} specified. Only {it.region} is supported."


@rule("aws:cloudwatch/dashboard:Dashboard", source=f"{_API}/CloudWatch-Dashboard-Body-Structure.html")
def body_of_a_dashboard(it: Resource) -> Found:
    text = it.text("dashboardBody")
    if not text:
        return
    message = "InvalidParameterInput: The dashboard body is invalid"
    try:
        body = json.loads(text)
    except ValueError as error:
        yield "dashboardBody", f"{message}: it is no JSON: {error}"
        return
    for index, widget in enumerate(body.get("widgets") or () if isinstance(body, Mapping) else ()):
        if not isinstance(widget, Mapping):
            continue
        inside = widget.get("properties")
        if widget.get("type") == "metric" and isinstance(inside, Mapping):
            for color in _colors(inside):
                if not re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", color):
                    yield "dashboardBody", f"{message}: widgets[{index}].properties: color {color!r}, expected #rrggbb"
            metrics = inside.get("metrics")
            listed = metrics if isinstance(metrics, list) else [metrics]
            if metrics is not None and not all(isinstance(metric, list) for metric in listed):
                place = f"widgets[{index}].properties.metrics"
                yield "dashboardBody", f'{message}: {place}: Field "metrics" has to be an array of array of strings'
        if widget.get("type") == "alarm" and isinstance(inside, Mapping) and inside.get("alarms") == []:
            yield "dashboardBody", f"{message}: widgets[{index}].properties.alarms: Should NOT have less than 1 items"


def _colors(value: Any) -> Iterator[str]:
    """Yields all colors in a widget's properties, at any depth."""
    for item in value if isinstance(value, list) else ():
        yield from _colors(item)
    for name, item in value.items() if isinstance(value, Mapping) else ():
        if name == "color" and isinstance(item, str):
            yield item
        else:
            yield from _colors(item)


@rule(
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html",
)
def subscriptions_of_a_log_group(it: Resource, program: Program) -> Found:
    group = program.refer(it, "logGroup", "aws:cloudwatch/logGroup:LogGroup")
    others = [other for other in program.of(it.type) if group and program.refer(other, "logGroup", group.type) is group]
    if len(others) > 2 and it.urn == max(other.urn for other in others):
        yield "logGroup", f"LimitExceededException: a log group has at most 2 subscription filters, found {len(others)}"
    function = program.refer(it, "destinationArn", "aws:lambda/function:Function")
    if function and function.new:
        granted = [
            permission
            for permission in program.referring(function, "function", "aws:lambda/permission:Permission")
            if permission.get("principal") is UNKNOWN or permission.text("principal").startswith("logs.")
        ]
        message = (
            "InvalidParameterException: Could not execute the lambda function. Make sure you have given CloudWatch Logs"
        )
        if not granted or not program.waits_for(it, *granted):
            yield "destinationArn", f"{message} permission to execute your function."
    written = re.match(r"arn:[\w-]+:(lambda|kinesis|firehose):", it.text("destinationArn"))
    made = program.refer(it, "destinationArn", *_VENDORS)
    vendor = written[1] if written else _VENDORS[made.type] if made else ""
    if vendor and (it.get("roleArn") is None) == (vendor != "lambda"):
        word = "with" if vendor == "lambda" else "without"
        yield "roleArn", f"InvalidParameterException: destinationArn for vendor {vendor} cannot be used {word} roleArn"
    role = program.refer(it, "roleArn", ROLE)
    wanted = [f"{vendor}:PutRecord", f"{vendor}:PutRecord{'s' if vendor == 'kinesis' else 'Batch'}"]
    if role and vendor not in ("", "lambda") and all(may(role, action, program) is False for action in wanted):
        message = f"Could not deliver test message to specified {vendor.title()} stream."
        yield "roleArn", f"InvalidParameterException: {message} {role.name!r} may not do {wanted[0]}"
