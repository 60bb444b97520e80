"""Resources that all others use: the resource group, the log workspace for logs and traces, and the group that gets
mail."""

from __future__ import annotations

import pulumi
from component import Component
from pulumi_azure_native import applicationinsights, authorization, monitor, operationalinsights, resources
from settings import Settings

from shared.ownership import Alarms
from shared.stack import Stack


class Foundation(Component):
    """`base_name` begins the names that people read; `zones` are the availability zones that are counted on."""

    base_name: str
    location: str
    zones: tuple[str, ...]
    subscription: str
    tenant: str
    limits: Alarms
    group: pulumi.Output[str]
    group_id: pulumi.Output[str]
    logs_id: pulumi.Output[str]
    insights_id: pulumi.Output[str]
    action_group_id: pulumi.Output[str]

    def __init__(self, name: str, *, stack: Stack[Settings]) -> None:
        super().__init__(name)
        settings, client = stack.settings, authorization.get_client_config()
        self.base_name, self.limits = stack.physical_name(limit=60), settings.alarms
        self.location = settings.availability.regions[0]
        self.zones = tuple(str(zone) for zone in range(1, settings.availability.zones + 1))
        self.subscription, self.tenant = client.subscription_id, client.tenant_id
        group = resources.ResourceGroup(
            f"{name}-group", resource_group_name=self.base_name, location=self.location, opts=self.child()
        )
        self.group, self.group_id = group.name, group.id
        common = {"resource_group_name": group.name, "opts": self.child()}
        self.logs_id = pulumi.Output.from_input(settings.workspace.log_workspace_id or self._logs(name, settings))
        insights = applicationinsights.Component(
            f"{name}-insights",
            location=self.location,
            kind="web",
            application_type="web",
            workspace_resource_id=self.logs_id,
            # Azure ML's inference server sends its traces with the instrumentation key and knows no identity
            # (azureml-inference-server-http 1.5.1, server/appinsights_client.py): closed, they would be dropped
            disable_local_auth=False,
            **common,
        )
        self.action_group_id = self._people(name, settings)
        self.insights_id = insights.id
        self.register_outputs({"group": self.group})

    def _logs(self, name: str, settings: Settings) -> pulumi.Output[str]:
        logs = operationalinsights.Workspace(
            f"{name}-logs",
            resource_group_name=self.group,
            location=self.location,
            sku={"name": "PerGB2018"},
            retention_in_days=settings.logs.retention_days,
            # readers sign in; the shared keys of the workspace open nothing
            features={"disable_local_auth": True, "enable_log_access_using_only_resource_permissions": True},
            opts=self.child(),
        )
        return logs.id

    def _people(self, name: str, settings: Settings) -> pulumi.Output[str]:
        """Everybody in `alarms.notify`, by mail."""
        action = monitor.ActionGroup(
            f"{name}-people",
            resource_group_name=self.group,
            location="Global",
            group_short_name=settings.tags.owner[:12],
            enabled=True,
            email_receivers=[
                {"name": address, "email_address": address, "use_common_alert_schema": True}
                for address in settings.alarms.notify
            ],
            opts=self.child(),
        )
        return action.id
