"""Step scaling: the alarm that calls a policy, and the steps that it then has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import autoscaling
from .alarms import ALARM
from .application_autoscaling import POLICY
from .auto_scaling_groups import SCALING as FLEET_POLICY

GUIDE = "https://docs.aws.amazon.com/autoscaling/application/userguide"
# what grows with the load
LOAD = re.compile(
    r"(Utili[sz]ation|Invocations|Request|Backlog|Latency|QueueDepth|NumberOfMessagesVisible)", re.IGNORECASE
)


@autoscaling.critical(
    POLICY,
    reference=f"{GUIDE}/step-scaling-policy-overview.html",
    fix="Let an alarm that is above its threshold add, and one that is below remove.",
    config_key="scaling.metric",
)
def scaling_policy_steps_with_the_load(policy: Resource, stack: Stack) -> Iterator[str]:
    """A step policy adds instances when the load is high and removes them when it is low.

    With the alarm's operator swapped, an idle service grows to its maximum, and a busy one shrinks to its minimum
    while callers wait. (Left out are metrics that fall when the load rises, such as free capacity or healthy
    hosts.)
    """
    steps = policy.children("stepScalingPolicyConfiguration.stepAdjustments")
    moves = [step.number("scalingAdjustment") or 0 for step in steps]
    adds, removes = any(move > 0 for move in moves), any(move < 0 for move in moves)
    if policy.text("stepScalingPolicyConfiguration.adjustmentType") == "ExactCapacity" or adds == removes:
        return
    wrong = "LessThan" if adds else "GreaterThan"
    for alarm in stack.referring(policy, ALARM, "alarmActions"):
        metric, operator = alarm.text("metricName") or "", alarm.text("comparisonOperator") or ""
        if LOAD.search(metric) and operator.startswith(wrong):
            what = "adds" if adds else "removes"
            yield f'{alarm} is "{operator}" on {metric} and the policy {what}, wanted the other way round'


@autoscaling.critical(
    POLICY,
    FLEET_POLICY,
    reference=f"{GUIDE}/step-scaling-policy-overview.html",
    fix="Give an upper threshold's step the lower bound 0, and a lower threshold's the upper bound 0.",
)
def scaling_policy_has_a_step_for_the_breach(policy: Resource, stack: Stack) -> Iterator[str]:
    """A step policy has a step on the side on which its alarm breaches.

    Bounds are counted from the alarm's threshold: a breach of "greater than 300" lies above 0. With steps below 0 alone
    the alarm calls the policy, the policy finds no step, and the number stays what it is.
    """
    path = "stepAdjustments" if policy.type == FLEET_POLICY else "stepScalingPolicyConfiguration.stepAdjustments"
    steps = policy.children(path)
    above = any(_bound(step, "metricIntervalUpperBound", inf) > 0 for step in steps)
    below = any(_bound(step, "metricIntervalLowerBound", -inf) < 0 for step in steps)
    for alarm in stack.referring(policy, ALARM, "alarmActions") if steps else ():
        operator = alarm.text("comparisonOperator") or ""
        if (operator.startswith("Greater") and not above) or (operator.startswith("Less") and not below):
            yield f'{alarm} is "{operator}" and no step of {path} is on that side of its threshold, wanted one'


def _bound(step: Properties, name: str, unset: float) -> float:
    bound = step.number(name) if step.has(name) else None
    return unset if bound is None else bound


@autoscaling.high(
    POLICY,
    reference=f"{GUIDE}/step-scaling-policy-overview.html",
    fix="Give the alarm the dimensions of the endpoint or the service that the policy scales.",
)
def scaling_policy_is_called_by_its_own_alarm(policy: Resource, stack: Stack) -> Iterator[str]:
    """The alarm that calls a step policy watches what the policy scales.

    An alarm that still has its predecessor's name watches something that nobody calls: it stays quiet, and an endpoint
    that sleeps is never woken. (Queues and other metrics are left out: they have no such name.)
    """
    kind, *names = (policy.text("resourceId") or "").split("/")
    scaled = {"endpoint": {"EndpointName": names[:1]}, "service": {"ClusterName": names[:1], "ServiceName": names[1:]}}
    for alarm in stack.referring(policy, ALARM, "alarmActions"):
        for dimension, wanted in scaled.get(kind, {}).items():
            watched = alarm.text_if_known(f"dimensions.{dimension}")
            if watched and wanted and watched != wanted[0]:
                yield f"{alarm} watches the {dimension} {watched}, wanted {wanted[0]}"
