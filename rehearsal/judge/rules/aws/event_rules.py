"""EventBridge: schedule expressions, event patterns (also those of Lambda filters), and the input of targets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.judge.program import Resource
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
    for path, one in it.blocks("filterCriteria.filters"):
        for wrong in _list_wrong(one.text("pattern")):
            yield f"{path}.pattern", f"InvalidParameterValueException: Invalid filter pattern definition: {wrong}"


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
