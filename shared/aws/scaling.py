"""The common `scaling` block as Application Auto Scaling: a target, a policy per metric, an action per schedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi_aws.appautoscaling import PolicyTargetTrackingScalingPolicyConfigurationArgs as Tracking

from shared.aws.alarms import Total, add
from shared.aws.component import Component
from shared.aws.site import Site
from shared.scaling import Bounds, Metric, Scaling, Schedule

Specification = Mapping[str, Any]
"""`predefined_metric_specification` or `customized_metric_specification` of a target-tracking policy."""


class Autoscaling(Component):
    """Keeps a number between bounds and a metric at its target.

    `metrics` says how the backend measures each metric it offers; `resource_id` is an output of the resource that is
    scaled, so that nothing is registered before it exists.
    """

    resource_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        scaling: Scaling,
        service: str,
        dimension: str,
        resource_id: pulumi.Input[str],
        metrics: Mapping[Metric, Specification],
        factors: Mapping[Metric, float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        target = aws.appautoscaling.Target(
            f"{name}-target",
            min_capacity=scaling.min,
            max_capacity=scaling.max,
            resource_id=resource_id,
            scalable_dimension=dimension,
            service_namespace=service,
            region=site.region,
            opts=self.child(),
        )
        of_target = {
            "resource_id": target.resource_id,
            "scalable_dimension": target.scalable_dimension,
            "service_namespace": target.service_namespace,
            "region": site.region,
        }
        for metric, value in scaling.targets.items():
            configuration = Tracking(
                target_value=round(value * (factors or {}).get(metric, 1), 6),
                scale_in_cooldown=scaling.cooldowns.scale_in,
                scale_out_cooldown=scaling.cooldowns.scale_out,
                **metrics[metric],
            )
            self._track(f"{name}-{metric}".replace("_", "-"), configuration, of_target)
        for schedule_name, schedule in scaling.schedules.items():
            self._schedule(f"{name}-{schedule_name}", schedule, scaling.bounds(schedule), of_target)
        self.resource_id = target.resource_id
        self.register_outputs({"resource_id": self.resource_id})

    def _track(self, name: str, configuration: Tracking, of_target: Mapping[str, Any]) -> None:
        aws.appautoscaling.Policy(
            name,
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=configuration,
            opts=self.child(),
            **of_target,
        )

    def _schedule(self, name: str, schedule: Schedule, bounds: Bounds, of_target: Mapping[str, Any]) -> None:
        aws.appautoscaling.ScheduledAction(
            name,
            schedule=cron(schedule),
            timezone=schedule.timezone,
            scalable_target_action={"min_capacity": bounds.min, "max_capacity": bounds.max},
            opts=self.child(),
            **of_target,
        )


def track_total(total: Total) -> Specification:
    """How a sum is measured: metric math over its series, of which the sum alone is returned.

    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
    """
    parts = {f"part{index}": series for index, series in enumerate(total.parts)}
    queries: list[dict[str, Any]] = [{"id": "total", "expression": add(parts), "label": "total", "return_data": True}]
    for name, series in parts.items():
        dimensions = [{"name": key, "value": value} for key, value in series.dimensions.items()]
        metric = {"namespace": series.namespace, "metric_name": series.metric, "dimensions": dimensions}
        queries.append({"id": name, "metric_stat": {"metric": metric, "stat": series.stat}, "return_data": False})
    return {"customized_metric_specification": {"metrics": queries}}


def cron(schedule: Schedule) -> str:
    """Application Auto Scaling's six-field cron: minute, hour, day of month, month, day of week, year."""
    hour, minute = schedule.at.split(":")
    days = ",".join(day.upper() for day in schedule.days)
    return f"cron({int(minute)} {int(hour)} ? * {days} *)"
