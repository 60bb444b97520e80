"""What lies just beyond what is let pass of scaling: another metric, a maximum that no schedule reaches."""

from __future__ import annotations

from typing import Any

import pytest

from policies.examples import Raw
from tests.policies.wire import UNKNOWN, judge, violations

SERVICE, TARGET = "aws:ecs/service:Service", "aws:appautoscaling/target:Target"
SCHEDULED, SETTING = "aws:appautoscaling/scheduledAction:ScheduledAction", "azure-native:monitor:AutoscaleSetting"
SURVIVES = "scaling-policy-survives-blue-green"


def one(type_: str, **properties: Any) -> Raw:
    return {"one": {"type": type_, "properties": properties}}


def link(type_: str, path: str, to: str = "one", **properties: Any) -> dict[str, Any]:
    return {"type": type_, "properties": properties, "links": {path: [to]}}


def make_shifting_service(*metrics: str, strategy: str = "CANARY") -> Raw:
    """A service that shifts traffic, scaled on the sum of the metrics; of one alone without a sum."""
    series = [{"id": f"m{i}", "metricStat": {"metric": {"metricName": name}}} for i, name in enumerate(metrics)]
    sums = {"metrics": [{"id": "sum", "expression": "m0 + m1"}, *series]} if metrics[1:] else {"metricName": metrics[0]}
    tracking = {"targetValue": 10, "customizedMetricSpecification": sums}
    policy = {"serviceNamespace": "ecs", "targetTrackingScalingPolicyConfiguration": tracking}
    return one(SERVICE, deploymentConfiguration={"strategy": strategy}) | {
        "target": link(TARGET, "resourceId"),
        "policy": link("aws:appautoscaling/policy:Policy", "resourceId", "target", **policy),
    }


def make_scheduled_service(*maxima: int | None, dimension: str = "ecs:service:DesiredCount") -> Raw:
    """A service of up to 24 tasks, with a schedule for each maximum; None sets a minimum alone."""
    actions = ({"minCapacity": 3} if high is None else {"minCapacity": 3, "maxCapacity": high} for high in maxima)
    return one(TARGET, scalableDimension="ecs:service:DesiredCount", minCapacity=3, maxCapacity=24) | {
        f"at-{index}": link(SCHEDULED, "resourceId", scalableDimension=dimension, scalableTargetAction=action)
        for index, action in enumerate(actions)
    }


def profiles(*timed: tuple[str, str]) -> Raw:
    """A deployment of up to 12 instances, with a profile for each kind of time and its maximum."""
    always = {"name": "always", "capacity": {"minimum": "3", "maximum": "12"}}
    by_time = [{"name": each, "capacity": {"minimum": "3", "maximum": high}, each: {"x": 1}} for each, high in timed]
    return one(SETTING, enabled=True, profiles=[always, *by_time])


@pytest.mark.parametrize("metrics", [("RequestCountPerTarget",), ("RequestCountPerTarget", "CPUUtilization")])
def test_requests_of_one_of_two_groups_are_found(metrics: tuple[str, ...]) -> None:
    assert violations(judge(make_shifting_service(*metrics)), SURVIVES)


@pytest.mark.parametrize(("maxima", "most"), [((10,), 10), ((6, None, 10), 10), ((3, 23), 23)])
def test_a_maximum_above_every_schedule_is_found(maxima: tuple[int | None, ...], most: int) -> None:
    expected = f"maxCapacity is 24 and no schedule sets more than {most}, wanted one that sets 24"

    assert violations(judge(make_scheduled_service(*maxima)), "scaling-schedules-reach-the-maximum") == [expected]


def test_a_default_profile_above_every_recurring_one_is_found() -> None:
    rule = "azure-autoscale-schedules-reach-the-maximum"

    assert violations(judge(profiles(("recurrence", "4"), ("recurrence", "8"))), rule)
    assert violations(judge(profiles(("recurrence", "4"), ("fixedDate", "12"))), rule) == []


def test_a_schedules_maximum_that_is_not_known_yet_is_not_guessed() -> None:
    raw = make_scheduled_service(3)
    raw["at-0"]["properties"]["scalableTargetAction"] = {"maxCapacity": UNKNOWN}
    (message,) = violations(judge(raw), "scaling-schedules-reach-the-maximum")

    assert message.startswith("not judged: ")
