"""Azure Machine Learning workspaces and the compute clusters in them."""

from __future__ import annotations

from collections.abc import Iterator

from ..durations import minutes
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import cost, security

WORKSPACE = "azure-native:machinelearningservices:Workspace"
DATASTORE, KEYS = "azure-native:machinelearningservices:Datastore", ("AccountKey", "Sas")
COMPUTE = "azure-native:machinelearningservices:Compute"
PRIVATE_LINK = "azure-native:network:PrivateEndpoint"
RULES = "https://azure.github.io/PSRule.Rules.Azure/en/rules"
# the port for SSH of a cluster's nodes, and of a compute instance
OPEN_SSH = ("properties.properties.remoteLoginPortPublicAccess", "properties.properties.sshSettings.sshPublicAccess")
GUIDE = "https://learn.microsoft.com/en-us/azure/machine-learning"


@security.high(
    WORKSPACE,
    reference=f"{RULES}/Azure.ML.PublicAccess/",
    fix='Set public_network_access to "Disabled".',
)
def azure_workspace_is_private(workspace: Resource) -> Iterator[str]:
    """A workspace is reached through the private network only.

    It holds models, data and the keys to both. If it is public, only passwords protect it.
    """
    if _is_a_project(workspace):
        return
    if workspace.text("publicNetworkAccess") != "Disabled":
        yield f'publicNetworkAccess is {workspace.show("publicNetworkAccess")}, wanted "Disabled"'
    if workspace.flag("allowPublicAccessWhenBehindVnet"):
        yield "allowPublicAccessWhenBehindVnet is true, wanted false"


@security.medium(
    WORKSPACE,
    reference=f"{RULES}/Azure.ML.UserManagedIdentity/",
    fix="Give the workspace a user-assigned identity and name it as primary.",
)
def azure_workspace_has_an_identity_of_its_own(workspace: Resource) -> Iterator[str]:
    """A workspace uses an identity that the stack made.

    A system identity gets its rights only after it exists, by hand or too late. An identity of the stack's own has
    them before.
    """
    if _is_a_project(workspace):
        return
    if "UserAssigned" not in (workspace.text("identity.type") or ""):
        yield f'identity.type is {workspace.show("identity.type")}, wanted "UserAssigned"'
    elif not workspace.has("primaryUserAssignedIdentity"):
        yield "primaryUserAssignedIdentity is not set, wanted the stack's identity"


@security.high(
    WORKSPACE,
    reference=f"{GUIDE}/how-to-managed-network",
    fix="Set the managed network's isolation mode to AllowOnlyApprovedOutbound.",
)
def azure_workspace_restricts_outbound_traffic(workspace: Resource, stack: Stack) -> Iterator[str]:
    """A workspace's containers only reach approved destinations.

    A model package is downloaded code; with free outbound access it can send callers' requests anywhere. (Left out
    are projects, which use their hub's network, and workspaces with private endpoints and no managed network, which
    use the team's own.)
    """
    mode = workspace.text("managedNetwork.isolationMode")
    own = mode in (None, "Disabled") and stack.referring(workspace, PRIVATE_LINK, "privateLinkServiceConnections")
    if not _is_a_project(workspace) and not own and mode != "AllowOnlyApprovedOutbound":
        found = workspace.show("managedNetwork.isolationMode")
        yield f'managedNetwork.isolationMode is {found}, wanted "AllowOnlyApprovedOutbound"'
    rules = workspace.child("managedNetwork.outboundRules")
    for name in sorted(rules.raw):
        if (to := _approved(rules.child(name))) in ("*", "Internet"):
            yield f'the outbound rule "{name}" approves "{to}", wanted what is needed'


def _approved(rule: Properties) -> str | None:
    """The name or the service tag that an outbound rule approves; a private endpoint's is neither."""
    return rule.text("destination") if rule.text("type") == "FQDN" else rule.text("destination.serviceTag")


def _is_a_project(workspace: Resource) -> bool:
    """Projects take network, identity and storage from their hub."""
    return workspace.has("hubResourceId") or (workspace.text("kind") or "").casefold() == "project"


@security.medium(
    WORKSPACE,
    DATASTORE,
    reference=f"{GUIDE}/how-to-disable-local-auth-storage",
    fix='Set system_datastores_auth_mode to "Identity", and the type of a datastore\'s credentials to "None".',
)
def azure_workspace_reads_storage_by_identity(workspace: Resource) -> Iterator[str]:
    """A workspace reads its storage with its identity, not with a key.

    The account key opens everything in the account, forever, to everybody who can list it.
    """
    if workspace.type == DATASTORE:
        if (kind := workspace.text("properties.credentials.credentialsType")) in KEYS:
            yield f'properties.credentials.credentialsType is "{kind}", wanted "None"'
        return
    if _is_a_project(workspace):
        return
    if (workspace.text("systemDatastoresAuthMode") or "").casefold() != "identity":
        yield f'systemDatastoresAuthMode is {workspace.show("systemDatastoresAuthMode")}, wanted "Identity"'
    if workspace.flag("v1LegacyMode"):
        yield "v1LegacyMode is true, wanted false"


@security.high(
    COMPUTE,
    reference=f"{RULES}/Azure.ML.DisableLocalAuth/",
    fix="Set disable_local_auth, and no public address for nodes.",
)
def azure_compute_has_no_local_users(compute: Resource) -> Iterator[str]:
    """A compute cluster's nodes have no local users, no public address and no open port for SSH.

    A node has the workspace's identity, so whoever logs in to it acts as the workspace. (Attached Kubernetes
    clusters are left out: they have their own users.)
    """
    if compute.text("properties.computeType") not in (None, "AmlCompute", "ComputeInstance"):
        return
    if not compute.flag("properties.disableLocalAuth"):
        yield f"properties.disableLocalAuth is {compute.show('properties.disableLocalAuth')}, wanted true"
    if compute.flag("properties.properties.enableNodePublicIp") is not False:
        found = compute.show("properties.properties.enableNodePublicIp")
        yield f"properties.properties.enableNodePublicIp is {found}, wanted false"
    for path in OPEN_SSH:
        if compute.text(path) == "Enabled":
            yield f'{path} is "Enabled", wanted "Disabled"'


@cost.medium(
    COMPUTE,
    reference="https://learn.microsoft.com/en-us/azure/well-architected/service-guides/azure-machine-learning#cost-optimization",
    fix="Set min_node_count to 0.",
)
def azure_compute_goes_to_zero(compute: Resource, *, hours: int = 2) -> Iterator[str]:
    """A compute cluster scales to zero when it is idle.

    Clusters build images for a few minutes a month; a minimum above zero is paid for all month, and so is an idle node
    that waits for days. A compute instance stops only if it has a time after which it does
    (https://azure.github.io/PSRule.Rules.Azure/en/rules/Azure.ML.ComputeIdleShutdown/).
    """
    idle = "properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown"
    if minutes(compute.text(idle)) > hours * 60:
        yield f"scaleSettings.nodeIdleTimeBeforeScaleDown is {compute.show(idle)}, wanted {hours} hours or less"
    stops = "properties.properties.idleTimeBeforeShutdown"
    if compute.text("properties.computeType") == "ComputeInstance" and not compute.has(stops):
        yield "properties.properties.idleTimeBeforeShutdown is not set, wanted a time"
    if low := compute.number("properties.properties.scaleSettings.minNodeCount"):
        yield f"scaleSettings.minNodeCount is {low:g}, wanted 0"
