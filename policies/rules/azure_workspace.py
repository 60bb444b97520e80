"""Azure Machine Learning workspaces and the compute clusters in them."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import cost, security

WORKSPACE = "azure-native:machinelearningservices:Workspace"
COMPUTE = "azure-native:machinelearningservices:Compute"
PRIVATE_LINK = "azure-native:network:PrivateEndpoint"
RULES = "https://azure.github.io/PSRule.Rules.Azure/en/rules"
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


def _is_a_project(workspace: Resource) -> bool:
    """Projects take network, identity and storage from their hub."""
    return workspace.has("hubResourceId") or (workspace.text("kind") or "").casefold() == "project"


@security.medium(
    WORKSPACE,
    reference=f"{GUIDE}/how-to-disable-local-auth-storage",
    fix='Set system_datastores_auth_mode to "Identity".',
)
def azure_workspace_reads_storage_by_identity(workspace: Resource) -> Iterator[str]:
    """A workspace reads its storage with its identity, not with a key.

    The account key opens everything in the account, forever, to everybody who can list it.
    """
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
    """A compute cluster's nodes have no local users and no public address.

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


@cost.medium(
    COMPUTE,
    reference="https://learn.microsoft.com/en-us/azure/well-architected/service-guides/azure-machine-learning#cost-optimization",
    fix="Set min_node_count to 0.",
)
def azure_compute_goes_to_zero(compute: Resource) -> Iterator[str]:
    """A compute cluster scales to zero when it is idle.

    Clusters build images for a few minutes a month; a minimum above zero is paid for all month.
    """
    if low := compute.number("properties.properties.scaleSettings.minNodeCount"):
        yield f"scaleSettings.minNodeCount is {low:g}, wanted 0"
