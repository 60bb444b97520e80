"""Changes: no number becomes ten times as large or a tenth of what it was by a slip of the hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..leaves import list_leaves
from ..resources import Resource, Stack
from ..rule import lifecycle
from ..serving import CONFIGURATION, ENDPOINT
from .change_capacity import CAPACITY, SETTING
from .load_balancer import BALANCER

# what scaling, alarms, limits and time-outs are written in
NUMBERED = dict.fromkeys(
    (
        *CAPACITY,
        SETTING,
        CONFIGURATION,
        ENDPOINT,
        BALANCER,
        "aws:apigateway/integration:Integration",
        "aws:apigateway/methodSettings:MethodSettings",
        "aws:apigateway/usagePlan:UsagePlan",
        "aws:apigatewayv2/integration:Integration",
        "aws:apigatewayv2/stage:Stage",
        "aws:appautoscaling/policy:Policy",
        "aws:autoscaling/policy:Policy",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:dynamodb/table:Table",
        "aws:eks/nodeGroup:NodeGroup",
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        "aws:lb/targetGroup:TargetGroup",
        "aws:route53/healthCheck:HealthCheck",
        "aws:sqs/queue:Queue",
        "aws:wafv2/webAcl:WebAcl",
        "azure-native:cognitiveservices:Deployment",
        "azure-native:machinelearningservices:Compute",
        "azure-native:monitor:MetricAlert",
        "azure-native:monitor:ScheduledQueryRule",
    )
)
ELSEWHERE = re.compile(r"[pP]ort$|[pP]riority|[wW]eight|[vV]ersion|[pP]ercent|[tT]raffic|^tags|(^|\.)ttl")
"""Numbers that are names or shares: a port, a place in an order, a share of the traffic."""
TENFOLD = 10


@lifecycle.medium(
    *NUMBERED,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_dev_integ_freq_sm_rev_chg.html",
    fix="Count the digits; if the number is meant, say in the pull request which measurement asks for it.",
)
def change_keeps_numbers_in_their_order_of_magnitude(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not make a number of scaling, limits or alarms ten times as large, a tenth, or zero.

    One digit too many or too few in a threshold, a cooldown or a capacity is a valid number to every tool, and in the
    difference it is one character. One such input removed far more servers than was meant, and took S3 down for hours
    (aws.amazon.com/message/41926). It is advice: a first measurement may ask for it.
    """
    before, after = dict(_list_numbers(was)), dict(_list_numbers(now))
    for path in before.keys() & after.keys():
        old, new = before[path], after[path]
        if _differs_tenfold(old, new) and not any(f"{path}.".startswith(f"{ignored}.") for ignored in now.ignores):
            yield f"{path} is {new:.10g} and was {old:.10g}, wanted less than {TENFOLD} times the difference"


def _differs_tenfold(old: float, new: float) -> bool:
    least, most = sorted((abs(old), abs(new)))
    return old >= 0 and new >= 0 and (most >= TENFOLD * least if least else old > new)


def _list_numbers(resource: Resource) -> Iterator[tuple[str, float]]:
    """Every number that the program states, by its path; in autoscale settings, numbers are texts."""
    texts = resource.type == SETTING
    for path, value in list_leaves(resource.declared.raw):
        number = isinstance(value, int | float) or (texts and isinstance(value, str) and value.isdigit())
        if number and not isinstance(value, bool) and not ELSEWHERE.search(path):
            yield path, float(value or 0)
