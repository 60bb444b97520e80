"""Where logs go, what raises an alert, and the page to open then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pulumi
from component import Component
from endpoint.autoscale import Autoscale
from endpoint.managed import ManagedEndpoint
from foundation import Foundation
from pulumi_azure_native import monitor, portal
from settings import Settings
from workspace.workspace import MLWorkspace

from monitoring.dashboard import chart, lenses
from monitoring.signals import (
    AUTOSCALE,
    DEPLOYMENT,
    ENDPOINT,
    LOGS,
    Alert,
    capacity_alerts,
    endpoint_alerts,
    failed_share,
    slot_alerts,
)

SINGLE = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"


class Watch(Component):
    """`dashboard_url` is where to look first."""

    dashboard_url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        base: Foundation,
        settings: Settings,
        workspace: MLWorkspace,
        endpoint: ManagedEndpoint,
        autoscale: Autoscale,
    ) -> None:
        super().__init__(name)
        self._name, self._base = name, base
        self._keep_logs("workspace", workspace.id, [{"category_group": "allLogs", "enabled": True}])
        self._keep_logs("endpoint", endpoint.id, [{"category": log, "enabled": True} for log in LOGS])
        self._alerts("endpoint", endpoint.id, ENDPOINT, endpoint_alerts(settings.alarms.latency_ms))
        for slot, deployment in endpoint.slots.items():
            self._alerts(slot, deployment.id, DEPLOYMENT, slot_alerts())
        for slot, setting in autoscale.ids.items():
            self._alerts(slot, setting, AUTOSCALE, capacity_alerts(settings.scaling.max))
        self._failed_share(settings)
        page = portal.Dashboard(
            f"{name}-dashboard",
            dashboard_name=base.base_name,
            resource_group_name=base.group,
            location=base.location,
            properties={"lenses": lenses(charts(endpoint, autoscale)), "metadata": {}},
            opts=self.child(),
        )
        self.dashboard_url = pulumi.Output.concat("https://portal.azure.com/#@/dashboard/arm", page.id)
        self.register_outputs({"dashboard_url": self.dashboard_url})

    def _keep_logs(self, what: str, resource_id: pulumi.Output[str], logs: list[Any]) -> None:
        monitor.DiagnosticSetting(
            f"{self._name}-{what}-logs",
            name="to-log-analytics",
            resource_uri=resource_id,
            workspace_id=self._base.logs_id,
            logs=logs,
            metrics=[{"category": "AllMetrics", "enabled": True}],
            opts=self.child(),
        )

    def _alerts(self, what: str, resource_id: pulumi.Output[str], namespace: str, alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            monitor.MetricAlert(
                f"{self._name}-{what}-{alert.name}",
                rule_name=f"{self._base.base_name}-{what}-{alert.name}",
                resource_group_name=self._base.group,
                location="global",
                description=alert.description,
                enabled=True,
                severity=alert.severity,
                scopes=[resource_id],
                evaluation_frequency="PT1M",
                window_size=alert.window,
                criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                    odata_type=SINGLE, all_of=[criterion(alert, namespace)]
                ),
                actions=[{"action_group_id": self._base.action_group_id}],
                auto_mitigate=True,
                opts=self.child(),
            )

    def _failed_share(self, settings: Settings) -> None:
        percent = settings.alarms.error_percent
        monitor.ScheduledQueryRule(
            f"{self._name}-failed-share",
            rule_name=f"{self._base.base_name}-failed-share",
            resource_group_name=self._base.group,
            location=self._base.location,
            kind="LogAlert",
            description=f"More than {percent:g} percent of the requests failed",
            enabled=True,
            severity=1,
            scopes=[self._base.logs_id],
            evaluation_frequency="PT5M",
            window_size="PT15M",
            criteria={
                "all_of": [
                    {
                        "query": failed_share(settings.endpoint.name, percent),
                        "time_aggregation": "Count",
                        "operator": "GreaterThanOrEqual",
                        "threshold": 2,
                        "failing_periods": {"number_of_evaluation_periods": 1, "min_failing_periods_to_alert": 1},
                    }
                ]
            },
            actions={"action_groups": [self._base.action_group_id]},
            auto_mitigate=True,
            opts=self.child(),
        )


def criterion(alert: Alert, namespace: str) -> Any:
    return {
        "criterion_type": "StaticThresholdCriterion",
        "name": alert.name,
        "metric_namespace": namespace,
        "metric_name": alert.metric,
        "operator": "GreaterThan",
        "threshold": alert.threshold,
        "time_aggregation": alert.aggregation,
        "dimensions": [
            {"name": name, "operator": "Include", "values": values} for name, values in alert.dimensions.items()
        ],
    }


def charts(endpoint: ManagedEndpoint, autoscale: Autoscale) -> list[Any]:
    """Traffic, errors, latency and saturation, from the caller's side inwards."""
    loads = [
        chart(f"{title}, {slot}", deployment.id, DEPLOYMENT, [metric])
        for slot, deployment in endpoint.slots.items()
        for title, metric in (("CPU", "CpuUtilizationPercentage"), ("Memory", "CpuMemoryUtilizationPercentage"))
    ]
    sizes = [chart(f"Instances, {slot}", id_, AUTOSCALE, ["ObservedCapacity"]) for slot, id_ in autoscale.ids.items()]
    return [
        chart("Requests", endpoint.id, ENDPOINT, ["RequestsPerMinute"], split="statusCodeClass"),
        chart("Requests by slot", endpoint.id, ENDPOINT, ["RequestsPerMinute"], split="deployment"),
        chart("Latency, ms", endpoint.id, ENDPOINT, ["RequestLatency_P50", "RequestLatency_P99"]),
        chart("Connections", endpoint.id, ENDPOINT, ["ConnectionsActive"]),
        *sizes,
        *loads,
    ]
