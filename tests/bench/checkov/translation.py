"""A recorded target as checkov reads it: AWS resources as a Terraform plan, Azure resources as an ARM template.

The AWS SDK is made from the Terraform provider and the Azure one from Azure's own API, so a translation renames and
moves, and invents nothing. Terraform: types and properties in snake case, list blocks in the singular, single blocks
as lists of one, property dependencies as references (checkov's graph checks follow them). ARM: the token's type, and
what the SDK has lifted out of `properties` put back. Every resource of both providers is translated; components, which
are no cloud resources, are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policies.examples import Raw

PREFIXES = {"ec2": "", "apigateway": "api_gateway_"}
NAMES = {
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:apigateway/response:Response": "aws_api_gateway_gateway_response",
}
SINGULAR = {
    "actions": "action",
    "aliases": "alias",
    "capacityProviderStrategies": "capacity_provider_strategy",
    "conditions": "condition",
    "defaultActions": "default_action",
    "defaultCapacityProviderStrategies": "default_capacity_provider_strategy",
    "filters": "filter",
    "latencyRoutingPolicies": "latency_routing_policy",
    "loadBalancers": "load_balancer",
    "metricQueries": "metric_query",
    "redactedFields": "redacted_fields",
    "rules": "rule",
    "transitions": "transition",
    "visibilityConfigs": "visibility_config",
    "volumes": "volume",
}
SINGULAR_OF_A_TYPE = {("aws_ecs_cluster", "settings"): "setting", ("aws_iam_role", "inlinePolicies"): "inline_policy"}
MAPS = {"tags", "tags_all", "triggers", "dimensions", "variables", "request_parameters", "response_parameters"}
MAPS |= {"request_models", "response_models", "request_templates", "response_templates", "stage_variables"}
AZURE = {
    "applicationinsights:Component": "Microsoft.Insights/components",
    "authorization:RoleAssignment": "Microsoft.Authorization/roleAssignments",
    "authorization:RoleDefinition": "Microsoft.Authorization/roleDefinitions",
    "containerregistry:Registry": "Microsoft.ContainerRegistry/registries",
    "keyvault:Vault": "Microsoft.KeyVault/vaults",
    "machinelearningservices:CodeContainer": "Microsoft.MachineLearningServices/workspaces/codes",
    "machinelearningservices:CodeVersion": "Microsoft.MachineLearningServices/workspaces/codes/versions",
    "machinelearningservices:Compute": "Microsoft.MachineLearningServices/workspaces/computes",
    "machinelearningservices:Datastore": "Microsoft.MachineLearningServices/workspaces/datastores",
    "machinelearningservices:EnvironmentContainer": "Microsoft.MachineLearningServices/workspaces/environments",
    "machinelearningservices:EnvironmentVersion": "Microsoft.MachineLearningServices/workspaces/environments/versions",
    "machinelearningservices:ModelContainer": "Microsoft.MachineLearningServices/workspaces/models",
    "machinelearningservices:ModelVersion": "Microsoft.MachineLearningServices/workspaces/models/versions",
    "machinelearningservices:OnlineDeployment": (
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments"
    ),
    "machinelearningservices:OnlineEndpoint": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
    "machinelearningservices:Workspace": "Microsoft.MachineLearningServices/workspaces",
    "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "monitor:ActionGroup": "Microsoft.Insights/actionGroups",
    "monitor:AutoscaleSetting": "Microsoft.Insights/autoscaleSettings",
    "monitor:DiagnosticSetting": "Microsoft.Insights/diagnosticSettings",
    "monitor:MetricAlert": "Microsoft.Insights/metricAlerts",
    "monitor:ScheduledQueryRule": "Microsoft.Insights/scheduledQueryRules",
    "network:PrivateDnsZoneGroup": "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    "network:PrivateEndpoint": "Microsoft.Network/privateEndpoints",
    "network:Subnet": "Microsoft.Network/virtualNetworks/subnets",
    "network:VirtualNetwork": "Microsoft.Network/virtualNetworks",
    "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces",
    "portal:Dashboard": "Microsoft.Portal/dashboards",
    "privatedns:PrivateZone": "Microsoft.Network/privateDnsZones",
    "privatedns:VirtualNetworkLink": "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    "resources:Deployment": "Microsoft.Resources/deployments",
    "resources:ResourceGroup": "Microsoft.Resources/resourceGroups",
    "storage:BlobServiceProperties": "Microsoft.Storage/storageAccounts/blobServices",
    "storage:StorageAccount": "Microsoft.Storage/storageAccounts",
}
OUTSIDE = {"location", "sku", "kind", "identity", "tags", "zones", "plan", "extendedLocation"}


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def terraform_type(token: str) -> str:
    """`aws:s3/bucketVersioning:BucketVersioning` → `aws_s3_bucket_versioning`."""
    module, _, name = token.removeprefix("aws:").partition("/")
    return NAMES.get(token) or f"aws_{PREFIXES.get(module, f'{module}_')}{snake(name.partition(':')[0])}"


def block(value: Any, type_: str, key: str) -> Any:
    """A value in Terraform's shape: the objects of blocks in lists, their names in snake case."""
    if isinstance(value, Mapping) and snake(key) in MAPS:
        return dict(value)
    if isinstance(value, Mapping):
        return [properties(value, type_)]
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        return [properties(item, type_) for item in value if isinstance(item, Mapping)]
    return value


def properties(raw: Mapping[str, Any], type_: str) -> dict[str, Any]:
    return {attribute(key, value, type_): block(value, type_, key) for key, value in raw.items()}


def attribute(key: str, value: Any, type_: str) -> str:
    of_blocks = isinstance(value, list) and any(isinstance(item, Mapping) for item in value)
    return SINGULAR_OF_A_TYPE.get((type_, key)) or (SINGULAR.get(key) if of_blocks else None) or snake(key)


def terraform(raw: Raw) -> dict[str, Any]:
    """A plan that creates the table's AWS resources, as `terraform show -json` prints it."""
    kept = {key: resource for key, resource in raw.items() if resource["type"].startswith("aws:")}
    types = {key: terraform_type(each["type"]) for key, each in kept.items()}
    names = {key: re.sub(r"[^A-Za-z0-9_-]", "_", key) for key in kept}
    planned, changes, configuration = [], [], []
    for key, each in kept.items():
        head = {"address": f"{types[key]}.{names[key]}", "mode": "managed", "type": types[key], "name": names[key]}
        values = properties(each.get("properties", {}), types[key])
        expressions = {
            snake(path): {
                "references": [f"{types[to]}.{names[to]}{end}" for to in found if to in kept for end in (".id", "")]
            }
            for path, found in each.get("links", {}).items()
        }
        planned.append({**head, "provider_name": "aws", "values": values})
        changes.append(
            {**head, "change": {"actions": ["create"], "before": None, "after": values, "after_unknown": {}}}
        )
        configuration.append({**head, "expressions": expressions})
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "configuration": {"provider_config": {"aws": {"name": "aws"}}, "root_module": {"resources": configuration}},
    }


def arm(raw: Raw) -> dict[str, Any]:
    """A template that creates the table's Azure resources."""
    resources = []
    for resource in raw.values():
        token = resource["type"].removeprefix("azure-native:")
        if token == resource["type"]:
            continue
        given = resource.get("properties", {})
        inner = given.get("properties") or {key: value for key, value in given.items() if key not in OUTSIDE}
        resources.append(
            {
                "type": AZURE[token],
                "apiVersion": "2024-04-01",
                "name": resource["name"],
                **{key: value for key, value in given.items() if key in OUTSIDE},
                "properties": inner,
            }
        )
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    return {"$schema": schema, "contentVersion": "1.0.0.0", "resources": resources}


def write(inventories: Mapping[str, Raw], folder: Path) -> None:
    """`<stack>.<env>.plan.json` and `<stack>.<env>.arm.json`, each only where the target has such resources."""
    for target, raw in inventories.items():
        name = target.replace("/", ".")
        if (plan := terraform(raw))["resource_changes"]:
            (folder / f"{name}.plan.json").write_text(json.dumps(plan, indent=1), encoding="utf-8")
        if (template := arm(raw))["resources"]:
            (folder / f"{name}.arm.json").write_text(json.dumps(template, indent=1), encoding="utf-8")
