"""Diagnostic settings: supported categories, and sinks that two settings use."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

DIAGNOSTIC = ("azure-native:monitor:DiagnosticSetting",)


# The supported log categories, from the services' documentation. A type that is missing here is not judged.
_LOGS: Mapping[str, frozenset[str]] = {
    "azure-native:machinelearningservices:OnlineEndpoint": frozenset(
        {"AmlOnlineEndpointConsoleLog", "AmlOnlineEndpointTrafficLog", "AmlOnlineEndpointEventLog"}
    ),
    "azure-native:keyvault:Vault": frozenset({"AuditEvent", "AzurePolicyEvaluationDetails"}),
    "azure-native:containerregistry:Registry": frozenset(
        {"ContainerRegistryRepositoryEvents", "ContainerRegistryLoginEvents"}
    ),
    # A storage account has metrics only. Its blob, queue, table and file services have the logs.
    "azure-native:storage:StorageAccount": frozenset(),
    # https://github.com/hashicorp/terraform/issues/20732
    "azure-native:compute:VirtualMachine": frozenset(),
}
# Types whose only metric category is AllMetrics: https://github.com/TaoYang-Cloud/azurepolicy/issues/19
_ALL_METRICS = (
    "azure-native:apimanagement:ApiManagementService",
    "azure-native:compute:VirtualMachine",
    "azure-native:containerregistry:Registry",
    "azure-native:keyvault:Vault",
    "azure-native:network:VirtualNetwork",
)
# The same types by the segments of their resource ids.
_IN_IDS: Mapping[str, str] = {
    "/microsoft.apimanagement/service/": "azure-native:apimanagement:ApiManagementService",
    "/microsoft.compute/virtualmachines/": "azure-native:compute:VirtualMachine",
    "/microsoft.containerregistry/registries/": "azure-native:containerregistry:Registry",
    "/microsoft.keyvault/vaults/": "azure-native:keyvault:Vault",
    "/microsoft.network/virtualnetworks/": "azure-native:network:VirtualNetwork",
    "/microsoft.storage/storageaccounts/": "azure-native:storage:StorageAccount",
}


def _type_of_the_target(it: Resource, program: Program) -> str:
    """The type token of the resource that the setting monitors; empty if it is unknown."""
    found = program.refer(it, "resourceUri", *_LOGS, *_ALL_METRICS)
    # An unknown id that comes from an account may be the id of one of its services, so it is not judged.
    if found and it.get("resourceUri") is UNKNOWN and found.type.endswith("StorageAccount"):
        return ""
    parent, _, name = it.text("resourceUri").lower().rpartition("/")
    named = next((kind for part, kind in _IN_IDS.items() if name and f"{parent}/".endswith(part)), "")
    return found.type if found else named


@rule(*DIAGNOSTIC, source="https://learn.microsoft.com/azure/azure-monitor/reference/logs-index")
def categories_of_the_resource(it: Resource, program: Program) -> Found:
    kind = _type_of_the_target(it, program)
    for path, log in it.blocks("logs") if kind in _LOGS else ():
        category = log.text("category")
        if category and category not in _LOGS[kind]:
            yield f"{path}.category", f"BadRequest: Category '{category}' is not supported by {kind.partition(':')[2]}"
    for path, metric in it.blocks("metrics") if kind in _ALL_METRICS else ():
        category = metric.text("category")
        if category and category != "AllMetrics":
            message = (
                f"BadRequest: Metric category '{category}' is not supported, supported categories are: 'AllMetrics'"
            )
            yield f"{path}.category", message


@rule(*DIAGNOSTIC, source="https://learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings")
def sinks_are_used_once(it: Resource, program: Program) -> Found:
    for other in program.of(it.type):
        if other.urn >= it.urn or not all(_is_same(it, other, name) for name in ("resourceUri", "workspaceId")):
            continue
        shared = sorted(_categories(it) & _categories(other))
        if shared and program.refer(it, "resourceUri", *_WITH_PARTS) is None:
            message = (
                f"Conflict: Data sink is already used in diagnostic setting '{other.name}' for category '{shared[0]}'."
            )
            told = "Data sinks can't be reused in different settings on the same category for the same resource."
            yield "workspaceId", f"{message} {told}"


# The ids of child resources are built from the parent's id, so a preview does not show which child a setting monitors.
_WITH_PARTS = ("azure-native:storage:StorageAccount", "azure-native:sql:Server")


def _is_same(one: Resource, other: Resource, name: str) -> bool:
    known = one.sources.get(name) or one.text(name)
    return bool(known and one.get(name) == other.get(name) and one.sources.get(name) == other.sources.get(name))


def _categories(it: Resource) -> set[str]:
    made = [block for kind in ("logs", "metrics") for _, block in it.blocks(kind) if block.get("enabled") is not False]
    return {name for block in made for name in (block.text("category"), block.text("categoryGroup")) if name}


_STORAGE = "azure-native:storage:StorageAccount"
_HUB_RULES = ("azure-native:eventhub:NamespaceAuthorizationRule", "azure-native:eventhub:EventHubAuthorizationRule")
_HUBS = "azure-native:eventhub:Namespace"
# Types that are in one region. What is in no region sends to any.
_REGIONAL = (
    "azure-native:cognitiveservices:Account",
    "azure-native:containerregistry:Registry",
    "azure-native:containerservice:ManagedCluster",
    "azure-native:eventhub:Namespace",
    "azure-native:keyvault:Vault",
    "azure-native:logic:Workflow",
    "azure-native:machinelearningservices:Workspace",
    "azure-native:network:ApplicationGateway",
    "azure-native:network:AzureFirewall",
    "azure-native:network:NetworkSecurityGroup",
    "azure-native:network:PublicIPAddress",
    "azure-native:network:VirtualNetwork",
    "azure-native:search:Service",
    "azure-native:servicebus:Namespace",
    "azure-native:web:WebApp",
)


@rule(*DIAGNOSTIC, source="https://github.com/MicrosoftDocs/azure-docs/issues/60218")
def sinks_are_in_the_region(it: Resource, program: Program) -> Found:
    target = program.refer(it, "resourceUri", *_REGIONAL)
    hub_rule = program.refer(it, "eventHubAuthorizationRuleId", *_HUB_RULES)
    sinks = {
        "storageAccountId": program.refer(it, "storageAccountId", _STORAGE),
        "eventHubAuthorizationRuleId": program.refer(hub_rule, "namespaceName", _HUBS) if hub_rule else None,
    }
    for path, sink in sinks.items():
        here, there = (_place(one) if one else "" for one in (target, sink))
        if here and there and "global" not in (here, there) and here != there:
            told = f"found {there} for {sink.name if sink else ''!r}, expected {here}"
            yield path, f"BadRequest: Resources should be in the same region: {told}"


def _place(it: Resource) -> str:
    return it.text("location").replace(" ", "").lower()
