"""EventBridge: schedule expressions, event patterns (also those of Lambda filters), and the input of targets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.scaling import wrong_schedule


@rule(
    "aws:cloudwatch/eventRule:EventRule",
    "aws:scheduler/schedule:Schedule",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",
)
def when_a_rule_fires(it: Resource) -> Found:
    text = it.text("scheduleExpression")
    if text:
        yield from (("scheduleExpression", message) for message in wrong_schedule(text))


@rule(
    "aws:cloudwatch/eventRule:EventRule",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html",
)
def pattern_of_a_rule(it: Resource) -> Found:
    for wrong in _list_wrong(it.text("eventPattern")):
        yield "eventPattern", f"InvalidEventPatternException: Event pattern is not valid. Reason: {wrong}"


@rule(
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html",
)
def filters_of_a_mapping(it: Resource) -> Found:
    for path, criterion in it.blocks("filterCriteria.filters"):
        for wrong in _list_wrong(criterion.text("pattern")):
            yield f"{path}.pattern", f"InvalidParameterValueException: Invalid filter pattern definition: {wrong}"


_MATCHES = ("prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "cidr", "exists", "$or")
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html"""


@rule(
    "aws:sns/topicSubscription:TopicSubscription",
    source="https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html",
)
def filter_of_a_subscription(it: Resource) -> Found:
    wrong = list(_list_wrong(it.text("filterPolicy")))
    policy = {} if wrong else json.loads(it.text("filterPolicy") or "{}")
    if isinstance(policy, dict) and len(policy) > 5:
        wrong.append("Filter policy can not have more than 5 keys")
    if not wrong and it.get("filterPolicyScope") in (None, "MessageAttributes"):
        nested = (
            [key for key, value in policy.items() if isinstance(value, Mapping)] if isinstance(policy, dict) else []
        )
        wrong = [
            f"Filter policy scope MessageAttributes does not support nested filter policy: {key}" for key in nested
        ]
    yield from (("filterPolicy", f"InvalidParameter: Invalid parameter: FilterPolicy: {one}") for one in wrong)


_JSON_ONLY = re.compile(r"arn:[^:]*:(lambda|states|events):")


@rule(
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:scheduler/schedule:Schedule",
    source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html",
)
def input_of_a_target(it: Resource) -> Found:
    path = "input" if it.type.startswith("aws:cloudwatch") else "target.input"
    # The scheduler demands JSON for its templated targets only.
    if path == "target.input" and not _JSON_ONLY.match(it.text("target.arn")):
        return
    try:
        json.loads(it.text(path) or "{}")
    except ValueError as error:
        yield path, f"ValidationException: JSON syntax error in input for target: {error}"


@rule(
    "aws:cloudwatch/eventTarget:EventTarget",
    source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",
)
def target_names_the_bus_of_its_rule(it: Resource, program: Program) -> Found:
    made = program.refer(it, "rule", "aws:cloudwatch/eventRule:EventRule")
    bus = made.get("eventBusName") if made else None
    if made and it.get("eventBusName") is None and bus not in (None, "default") and "default" not in str(bus):
        yield "eventBusName", f"ResourceNotFoundException: Rule {made.name} does not exist on EventBus default."


def _list_wrong(text: str) -> Iterator[str]:
    try:
        pattern = json.loads(text) if text else None
    except ValueError as error:
        yield f"it is no JSON: {error}"
        return
    if pattern is not None:
        yield from _wrong_pattern("", pattern)


def _wrong_pattern(name: str, pattern: Any) -> Iterator[str]:
    """Yields the errors of a pattern at any depth: empty objects and lists, and values that are neither."""
    if isinstance(pattern, Mapping):
        if not pattern:
            yield f"Empty objects are not allowed{f': {name}' if name else ''}"
        for key, value in pattern.items():
            yield from _wrong_pattern(f"{name}.{key}".lstrip("."), value)
    elif pattern == []:
        yield f"Empty arrays are not allowed: {name}"
    elif not isinstance(pattern, list):
        yield f'"{name}" must be an object or an array'
    elif not name.endswith("$or"):
        for match in pattern:
            yield from _wrong_match(match)


_OF_TEXT = {
    **dict.fromkeys(("equals-ignore-case", "wildcard", "cidr"), str),
    **dict.fromkeys(("prefix", "suffix"), (str, Mapping)),
}
"""The matches of a text. A prefix or suffix may be an object, with `equals-ignore-case` in it."""


def _wrong_match(match: Any) -> Iterator[str]:
    """Yields EventBridge's messages about one match of a list, as LocalStack's `event_rule_engine.py` has them."""
    if isinstance(match, list):
        yield "Match value must be String, number, true, false, or null"
    elif isinstance(match, Mapping) and len(match) != 1:
        yield "Only one key allowed in match expression"
    elif isinstance(match, Mapping):
        ((kind, value),) = match.items()
        if kind not in _MATCHES:
            yield f"Unrecognized match type {kind}"
        elif kind == "exists" and not isinstance(value, bool):
            yield "exists match pattern must be either true or false."
        elif kind in _OF_TEXT and not isinstance(value, _OF_TEXT[kind]):
            yield f"{kind} match pattern must be a string"
        elif kind == "wildcard" and "**" in str(value):
            yield f"Consecutive wildcard characters at pos {str(value).index('**') + 1}"
        elif kind == "numeric":
            yield from _wrong_numbers(value)


def _wrong_numbers(value: Any) -> Iterator[str]:
    if not isinstance(value, list):
        yield "Value of numeric must be an array."
        return
    for sign, number in zip(value[::2], value[1::2], strict=False):
        if sign not in ("<", "<=", "=", ">", ">="):
            yield f"Unrecognized numeric range operator: {sign}"
        elif not isinstance(number, int | float):
            yield f"Value of {sign} must be numeric"
