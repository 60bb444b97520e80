"""Alarms and dashboards as values, and the functions that turn them into CloudWatch's resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from shared.aws.site import Site

MINUTE = 60


@dataclass(frozen=True)
class Series:
    """One CloudWatch metric. `stat` is a statistic such as Sum or Average, or a percentile such as p99."""

    namespace: str
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    stat: str = "Sum"


@dataclass(frozen=True)
class Total:
    """The sum of series that may each have no data: a target group without tasks reports nothing."""

    parts: tuple[Series, ...]


Value = Series | Total | tuple[Series, Series]


@dataclass(frozen=True)
class Alarm:
    """Raised when `value`, minute by minute, is above `threshold` in 3 of 5 minutes.

    `value` is one series, a sum, or a share: the first series in percent of the second, which is how an error *rate*
    is watched without an alarm at one failed request of one in the night.
    """

    name: str
    description: str
    value: Value
    threshold: float
    minutes: int = 5
    bad_minutes: int = 3
    missing: str = "notBreaching"
    below: bool = False


def metric_alarm(
    alarm: Alarm,
    *,
    resource: str,
    prefix: str,
    site: Site,
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.MetricAlarm:
    """The alarm with the physical name `<prefix>-<alarm.name>`, by which others refer to it before it exists."""
    return aws.cloudwatch.MetricAlarm(
        f"{resource}-{alarm.name}",
        name=f"{prefix}-{alarm.name}",
        alarm_description=alarm.description,
        comparison_operator="LessThanThreshold" if alarm.below else "GreaterThanThreshold",
        threshold=alarm.threshold,
        evaluation_periods=alarm.minutes,
        datapoints_to_alarm=alarm.bad_minutes,
        treat_missing_data=alarm.missing,
        alarm_actions=[site.topic_arn],
        ok_actions=[site.topic_arn],
        region=site.region,
        opts=opts,
        **describe_metrics(alarm.value),
    )


def describe_metrics(value: Value) -> dict[str, Any]:
    if isinstance(value, tuple):
        part, whole = value
        # a load balancer that finds no target counts its 503 and no request: then the part is the whole
        expression = "100 * part / MAX([part, FILL(whole, 0)])"
        rate = {"id": "rate", "expression": expression, "label": "percent", "return_data": True}
        return {"metric_queries": [rate, _query("part", part), _query("whole", whole)]}
    if isinstance(value, Total):
        parts = {f"part{index}": series for index, series in enumerate(value.parts)}
        total = {"id": "total", "expression": add(parts), "label": "total", "return_data": True}
        return {"metric_queries": [total, *(_query(name, series) for name, series in parts.items())]}
    statistic = "extended_statistic" if value.stat.startswith("p") else "statistic"
    return {
        "namespace": value.namespace,
        "metric_name": value.metric,
        "dimensions": value.dimensions,
        "period": MINUTE,
        statistic: value.stat,
    }


def add(names: Iterable[str]) -> str:
    """The metric math that adds series by their ids. A series without a value counts as 0, even if it never had one.

    "Missing values in a time series are treated as 0" by arithmetic, so there is no FILL, which would make the newest
    minute, not published yet, 0 in an alarm: "stuck in either OK state or ALARM state", scaling's own among them.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    return " + ".join(names)


def _query(name: str, series: Series) -> dict[str, Any]:
    metric = {
        "namespace": series.namespace,
        "metric_name": series.metric,
        "dimensions": series.dimensions,
        "period": MINUTE,
        "stat": series.stat,
    }
    return {"id": name, "metric": metric}


@dataclass(frozen=True)
class Panel:
    """One graph of a dashboard. `limit` draws the line that the alarm watches."""

    title: str
    series: Sequence[Series]
    region: str
    limit: float | None = field(default=None)


def dashboard_body(panels: Iterable[Panel]) -> dict[str, Any]:
    """Two graphs a row, each 12 of the 24 columns wide and 6 high."""
    widgets = []
    for index, panel in enumerate(panels):
        properties: dict[str, Any] = {
            "title": panel.title,
            "region": panel.region,
            "period": MINUTE,
            "view": "timeSeries",
            "metrics": [_dashboard_metric(series) for series in panel.series],
        }
        if panel.limit is not None:
            properties["annotations"] = {"horizontal": [{"label": "alarm", "value": panel.limit}]}
        area = {"x": 12 * (index % 2), "y": 6 * (index // 2), "width": 12, "height": 6}
        widgets.append({"type": "metric", **area, "properties": properties})
    return {"widgets": widgets}


def _dashboard_metric(series: Series) -> list[Any]:
    dimensions = [part for pair in series.dimensions.items() for part in pair]
    return [series.namespace, series.metric, *dimensions, {"stat": series.stat}]


def dashboard(
    name: str, *, region: str, panels: Iterable[Panel], opts: pulumi.ResourceOptions | None = None
) -> aws.cloudwatch.Dashboard:
    body = pulumi.Output.json_dumps(dashboard_body(panels))
    return aws.cloudwatch.Dashboard("dashboard", dashboard_name=name, dashboard_body=body, region=region, opts=opts)


def dashboard_url(name: str, region: str) -> str:
    return f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/{name}"
