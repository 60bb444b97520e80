"""Workspaces for logs, and Application Insights."""

from __future__ import annotations

from rehearsal.judge.program import Resource
from rehearsal.judge.refusal import Found, rule

LOGS = "azure-native:operationalinsights:Workspace"
COMPONENT = ("azure-native:applicationinsights:Component",)


@rule(LOGS, source="https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure")
def retention_of_a_workspace(it: Resource) -> Found:
    sku, days = it.text("sku.name"), it.number("retentionInDays")
    if days is not None and sku == "Free" and days != 7:
        message = "InvalidParameter: 'RetentionInDays' property doesn't match the SKU limits"
        yield "retentionInDays", f"{message}: 7, found {days:g}"
    if days is not None and sku in ("PerGB2018", "CapacityReservation") and not (30 <= days <= 730 or days in (4, 7)):
        message = "InvalidParameter: 'RetentionInDays' property doesn't match the SKU limits"
        yield "retentionInDays", f"{message}: 30 to 730, found {days:g}"
    level = it.get("sku.capacityReservationLevel")
    if (sku == "CapacityReservation") != (level is not None) and sku:
        message = "InvalidParameter"
        yield "sku.capacityReservationLevel", f"{message}: it belongs to the SKU CapacityReservation, and it alone"


@rule(*COMPONENT, source="https://learn.microsoft.com/azure/azure-monitor/app/create-workspace-resource")
def retention_of_a_component(it: Resource) -> Found:
    days = it.number("retentionInDays")
    if days is not None and days not in (30, 60, 90, 120, 180, 270, 365, 550, 730):
        yield "retentionInDays", f"BadRequest: found {days:g}, expected 30, 60, 90, 120, 180, 270, 365, 550 or 730"
