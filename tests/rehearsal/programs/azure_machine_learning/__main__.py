"""A machine-learning endpoint: workspace with what it needs, endpoint, deployment, autoscaling."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import (
    applicationinsights,
    authorization,
    keyvault,
    machinelearningservices,
    monitor,
    resources,
    storage,
)

tenant = authorization.get_client_config().tenant_id
group = resources.ResourceGroup("ml")
account = storage.StorageAccount("ml", resource_group_name=group.name, sku={"name": "Standard_ZRS"}, kind="StorageV2")
vault = keyvault.Vault(
    "ml",
    resource_group_name=group.name,
    properties={"tenant_id": tenant, "sku": {"family": "A", "name": "standard"}, "enable_rbac_authorization": True},  # pyright: ignore[reportArgumentType] (written as most programs are)
)
insights = applicationinsights.Component(
    "ml", resource_group_name=group.name, kind="web", application_type="web", ingestion_mode="ApplicationInsights"
)
workspace = machinelearningservices.Workspace(
    "ml",
    resource_group_name=group.name,
    identity={"type": "SystemAssigned"},
    storage_account=account.id,
    key_vault=vault.id,
    application_insights=insights.id,
)
endpoint = machinelearningservices.OnlineEndpoint(
    "scores",
    resource_group_name=group.name,
    workspace_name=workspace.name,
    identity={"type": "SystemAssigned"},
    properties={"auth_mode": "Key", "public_network_access": "Enabled", "traffic": {}},
)
deployment = machinelearningservices.OnlineDeployment(
    "blue",
    resource_group_name=group.name,
    workspace_name=workspace.name,
    endpoint_name=endpoint.name,
    deployment_name="blue",
    properties=machinelearningservices.ManagedOnlineDeploymentArgs(
        endpoint_compute_type="Managed", instance_type="Standard_DS3_v2", model="azureml:m:1"
    ),
    sku={"name": "Default", "capacity": 2},
)
monitor.AutoscaleSetting(
    "blue",
    resource_group_name=group.name,
    target_resource_uri=deployment.id,
    enabled=True,
    profiles=[{"name": "base", "capacity": {"minimum": "2", "maximum": "6", "default": "2"}, "rules": []}],
)
keys = machinelearningservices.list_online_endpoint_keys_output(
    endpoint_name=endpoint.name, resource_group_name=group.name, workspace_name=workspace.name
)
pulumi.export("scoring", endpoint.properties.apply(lambda found: found.scoring_uri))
pulumi.export("key", pulumi.Output.secret(keys.primary_key))
pulumi.export("deployment", deployment.id)
