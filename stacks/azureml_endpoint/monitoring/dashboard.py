"""A portal dashboard as values: metric charts, two in a row.

https://learn.microsoft.com/azure/azure-portal/azure-portal-dashboards-structure
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pulumi

PART = "Extension/HubsExtension/PartType/MonitorChartPart"
WIDTH, HEIGHT = 8, 5
AVERAGE = 4


def chart(
    title: str, resource_id: pulumi.Output[str], namespace: str, metrics: Sequence[str], *, split: str | None = None
) -> dict[str, Any]:
    """One chart of metrics of one resource; `split` draws a line per value of that dimension."""
    drawn: dict[str, Any] = {
        "title": title,
        "metrics": [
            {
                "resourceMetadata": {"id": resource_id},
                "namespace": namespace.lower(),
                "name": metric,
                "aggregationType": AVERAGE,
            }
            for metric in metrics
        ],
    }
    if split:
        drawn["grouping"] = {"dimension": split}
    return drawn


def lenses(charts: Iterable[dict[str, Any]]) -> list[Any]:
    """The dashboard's one lens."""
    parts = [
        {
            "position": {
                "x": WIDTH * (index % 2),
                "y": HEIGHT * (index // 2),
                "col_span": WIDTH,
                "row_span": HEIGHT,
            },
            "metadata": {
                "type": PART,
                "inputs": [{"name": "options", "value": {"chart": each}}],
                "settings": {"content": {"options": {"chart": each}}},
            },
        }
        for index, each in enumerate(charts)
    ]
    return [{"order": 0, "parts": parts}]
