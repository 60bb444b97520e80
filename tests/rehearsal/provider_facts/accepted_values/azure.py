"""Inputs that Azure accepts."""

from __future__ import annotations

from typing import Any

from rehearsal.values import UNKNOWN

ML = "machinelearningservices"
AZURE: dict[str, list[dict[str, Any]]] = {
    f"{ML}:Workspace": [{"workspaceName": "mlw_churn-prod", "sku": {"name": "Basic"}}, {"workspaceName": UNKNOWN}],
    f"{ML}:OnlineEndpoint": [
        {"endpointName": "Churn-prod-1", "properties": {"authMode": "AADToken", "traffic": {"blue": 90, "green": 10}}}
    ],
    f"{ML}:OnlineDeployment": [
        {"deploymentName": "blue", "sku": {"name": "Default", "capacity": 3}},
        {"properties": {"instanceType": "Standard_DS3_v2", "requestSettings": {"requestTimeout": "PT1M30S"}}},
        {"properties": {"livenessProbe": {"period": "PT10S", "failureThreshold": 30, "initialDelay": "PT0S"}}},
    ],
    f"{ML}:Compute": [
        {
            "computeName": "cpu-cluster",
            "properties": {
                "computeType": "AmlCompute",
                "properties": {
                    "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT120S"}
                },
            },
        }
    ],
    f"{ML}/v20240401:OnlineEndpoint": [{"endpointName": "churn"}],
    "storage:StorageAccount": [{"accountName": "churnmodels01", "tags": {"hidden-link:x": "y"}}],
    "storage:BlobContainer": [{"accountName": "abc", "containerName": "$web"}, {"containerName": "models-v1"}],
    "keyvault:Vault": [
        {
            "vaultName": "kv-churn-1",
            "properties": {"tenantId": "00000000-0000-0000-0000-000000000000", "softDeleteRetentionInDays": 90},
        }
    ],
    "containerregistry:Registry": [{"registryName": "ChurnRegistry1", "zoneRedundancy": "Enabled"}],
    "authorization:RoleAssignment": [
        {
            "roleDefinitionId": "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/"
            "7f951dda-4ed3-4680-a7ca-43fe172d538d"
        },
        {"roleDefinitionId": UNKNOWN, "principalId": UNKNOWN, "scope": "/subscriptions/s"},
    ],
    "monitor:AutoscaleSetting": [
        {
            "profiles": [
                {
                    "capacity": {"minimum": "2", "maximum": "10", "default": "2"},
                    "rules": [
                        {
                            "metricTrigger": {"timeGrain": "PT1M", "timeWindow": "PT5M", "threshold": 70.5},
                            "scaleAction": {"cooldown": "PT5M", "value": "1"},
                        }
                    ],
                }
            ]
        }
    ],
    "monitor:MetricAlert": [{"severity": 0, "windowSize": "PT5M", "evaluationFrequency": "PT1M", "enabled": True}],
    "monitor:ActionGroup": [{"groupShortName": "oncall"}],
    "operationalinsights:Workspace": [{"workspaceName": "log-churn", "retentionInDays": 30}],
    "managedidentity:UserAssignedIdentity": [{"resourceName": "id-churn_prod"}],
    "resources:ResourceGroup": [{"resourceGroupName": "rg-(churn).prod_1"}],
    "network:VirtualNetwork": [{"virtualNetworkName": "vnet-churn"}],
}
