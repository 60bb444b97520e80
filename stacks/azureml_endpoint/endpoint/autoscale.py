"""The common `scaling` block as Azure Monitor autoscale: out on any metric, in on all, by time of day.

https://learn.microsoft.com/azure/machine-learning/how-to-autoscale-endpoints, whose sample for scaling in increases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from component import Component
from foundation import Foundation
from pulumi_azure_native import monitor
from settings import Slot

from endpoint.slot import DeploymentSlot
from shared.azure.checks import WINDOWS
from shared.scaling import Bounds, Metric, Scaling, Schedule

NAMESPACE = "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments"
# name in Azure Monitor, and whether it counts all instances together
METRICS = {Metric.CPU: ("CpuUtilizationPercentage", False), Metric.REQUESTS_PER_MINUTE: ("RequestsPerMinute", True)}
# The requests are counted per status code; an average over the codes would fall with every rare one. The served ones
# are what an instance works on:
# https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-machinelearningservices-workspaces-onlineendpoints-deployments-metrics
SERVED = [{"dimension_name": "envoy_response_code", "operator": "Equals", "values": ["200"]}]
DIMENSIONS = {Metric.CPU: [], Metric.REQUESTS_PER_MINUTE: SERVED}
# below half of the target the instances that remain stay below it, even when two become one: no swinging
IN_SHARE = 0.5
WINDOW = "PT5M"
DAYS = dict(
    zip(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)


class Autoscale(Component):
    """One setting per slot: a slot without traffic shrinks to its minimum, one that gets all of it grows.

    `ids` are the settings' by slot; each counts, as a metric of its own, the instances it sees.
    """

    ids: dict[Slot, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        *,
        base: Foundation,
        scaling: Scaling,
        slots: Mapping[Slot, DeploymentSlot],
    ) -> None:
        super().__init__(name)
        self.ids = {}
        for slot, deployment in slots.items():
            setting = monitor.AutoscaleSetting(
                f"{name}-{slot}",
                autoscale_setting_name=f"{base.base_name}-{slot}",
                resource_group_name=base.group,
                location=base.location,
                # the API's own default is false
                enabled=True,
                target_resource_uri=deployment.id,
                target_resource_location=base.location,
                profiles=profiles(scaling, deployment.id),
                notifications=[tell(base.limits.notify)],
                opts=self.child(),
            )
            self.ids[slot] = setting.id
        self.register_outputs({})


def profiles(scaling: Scaling, deployment: pulumi.Input[str]) -> list[Any]:
    """The bounds of every hour first, then those that begin at a time of day, all with the same rules."""
    rules = [
        rule for metric, target in scaling.targets.items() for rule in both_ways(metric, target, scaling, deployment)
    ]
    always = {"name": "always", "capacity": capacity(Bounds(scaling.min, scaling.max)), "rules": rules}
    by_time = [
        {
            "name": name,
            "capacity": capacity(scaling.bounds(schedule)),
            "rules": rules,
            "recurrence": recurrence(schedule),
        }
        for name, schedule in scaling.schedules.items()
    ]
    return [always, *by_time]


def both_ways(metric: Metric, target: float, scaling: Scaling, deployment: pulumi.Input[str]) -> list[Any]:
    """A rule that adds an instance above the target, and one that removes one well below it."""
    name, per_instance = METRICS[metric]
    trigger = {
        "metric_name": name,
        "metric_namespace": NAMESPACE,
        "metric_resource_uri": deployment,
        "time_grain": "PT1M",
        "time_window": WINDOW,
        "statistic": "Average",
        "time_aggregation": "Average",
        "divide_per_instance": per_instance,
        "dimensions": DIMENSIONS[metric],
    }
    change = {"type": "ChangeCount", "value": "1"}
    cooldowns = scaling.cooldowns
    return [
        {
            "metric_trigger": {**trigger, "operator": "GreaterThan", "threshold": target},
            "scale_action": {**change, "direction": "Increase", "cooldown": duration(cooldowns.scale_out)},
        },
        {
            "metric_trigger": {**trigger, "operator": "LessThan", "threshold": target * IN_SHARE},
            "scale_action": {**change, "direction": "Decrease", "cooldown": duration(cooldowns.scale_in)},
        },
    ]


def capacity(bounds: Bounds) -> dict[str, str]:
    """Numbers as text, which is what the API wants; `default` is used while there are no metrics."""
    return {"minimum": str(bounds.min), "maximum": str(bounds.max), "default": str(bounds.min)}


def recurrence(schedule: Schedule) -> dict[str, Any]:
    hour, minute = schedule.at.split(":")
    when = {
        "time_zone": WINDOWS[schedule.timezone],
        "days": [DAYS[day] for day in schedule.days],
        "hours": [int(hour)],
        "minutes": [int(minute)],
    }
    return {"frequency": "Week", "schedule": when}


def duration(seconds: int) -> str:
    """ISO 8601 in whole minutes, rounded up: Azure Monitor counts cooldowns in minutes."""
    return f"PT{-(-seconds // 60)}M"


def tell(recipients: Sequence[str]) -> monitor.AutoscaleNotificationArgs:
    """The notification: a mail at every change of the number of instances, and at every change that failed."""
    return monitor.AutoscaleNotificationArgs(
        operation=monitor.OperationType.SCALE, email=monitor.EmailNotificationArgs(custom_emails=recipients)
    )
