"""What an Azure workspace stands on: storage, vault, registry and role assignments."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule

WORKSPACE = "azure-native:machinelearningservices:Workspace"
STORAGE = "azure-native:storage:StorageAccount"
VAULT = "azure-native:keyvault:Vault"
REGISTRY = "azure-native:containerregistry:Registry"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
RULES = "https://azure.github.io/PSRule.Rules.Azure/en/rules"
BROAD = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
}


@rule(
    STORAGE,
    category="availability",
    severity="medium",
    reference="https://learn.microsoft.com/en-us/azure/storage/common/storage-redundancy",
    fix="Choose a zone-redundant sku (Standard_ZRS or Standard_GZRS).",
    config_key="availability.zones",
)
def azure_storage_spans_zones(account: Resource, stack: Stack) -> Iterator[str]:
    """The workspace's storage survives the loss of a zone.

    New instances download the model from it: while it is away nothing can scale out or be replaced. (Accounts that no
    workspace uses are left out.)
    """
    if not stack.referring(account, WORKSPACE, "storageAccount"):
        return
    if not (account.text("sku.name") or "").endswith("ZRS"):
        yield f'sku.name is {account.show("sku.name")}, wanted "Standard_ZRS" or "Standard_GZRS"'


@rule(
    STORAGE,
    category="security",
    severity="high",
    reference=f"{RULES}/Azure.Storage.BlobPublicAccess/",
    fix="Set allow_blob_public_access to false.",
    remedy={"allowBlobPublicAccess": False},
)
def azure_storage_is_not_public(account: Resource) -> Iterator[str]:
    """No container of the account can be made public.

    The account holds model weights and collected requests; one container set to public publishes them. Not set means
    that none can (https://learn.microsoft.com/en-us/azure/templates/microsoft.storage/storageaccounts).
    """
    if account.flag("allowBlobPublicAccess"):
        yield f"allowBlobPublicAccess is {account.show('allowBlobPublicAccess')}, wanted false"


@rule(
    STORAGE,
    category="security",
    severity="high",
    reference="https://learn.microsoft.com/en-us/azure/storage/common/shared-key-authorization-prevent",
    fix="Set allow_shared_key_access to false.",
)
def azure_storage_has_no_shared_key(account: Resource, stack: Stack) -> Iterator[str]:
    """The keys of the workspace's account open nothing.

    A shared key is every right on every blob, without a name in the log. (Functions and file shares still need the keys
    of theirs.)
    """
    if not stack.referring(account, WORKSPACE, "storageAccount"):
        return
    if account.flag("allowSharedKeyAccess") is not False:
        yield f"allowSharedKeyAccess is {account.show('allowSharedKeyAccess')}, wanted false"


@rule(
    STORAGE,
    category="security",
    severity="medium",
    reference=f"{RULES}/Azure.Storage.MinTLS/",
    fix='Set minimum_tls_version to "TLS1_2", and enable_https_traffic_only.',
    remedy={"minimumTlsVersion": "TLS1_2", "enableHttpsTrafficOnly": True},
)
def azure_storage_wants_tls(account: Resource) -> Iterator[str]:
    """The account refuses old TLS and plain HTTP.

    What is downloaded over a connection that can be read can also be changed on the way: the model, for one.
    """
    if account.text("minimumTlsVersion") not in ("TLS1_2", "TLS1_3"):
        yield f'minimumTlsVersion is {account.show("minimumTlsVersion")}, wanted "TLS1_2"'
    if account.flag("enableHttpsTrafficOnly") is False:
        yield "enableHttpsTrafficOnly is false, wanted true"


@rule(
    VAULT,
    category="lifecycle",
    severity="high",
    reference=f"{RULES}/Azure.KeyVault.PurgeProtect/",
    fix="Set enable_purge_protection.",
    remedy={"properties.enablePurgeProtection": True},
)
def azure_vault_cannot_be_purged(vault: Resource) -> Iterator[str]:
    """A deleted vault can be brought back.

    Without purge protection whoever deletes the vault can also destroy the keys that the workspace's data needs.
    """
    if not vault.flag("properties.enablePurgeProtection"):
        yield f"properties.enablePurgeProtection is {vault.show('properties.enablePurgeProtection')}, wanted true"


@rule(
    VAULT,
    category="security",
    severity="medium",
    reference=f"{RULES}/Azure.KeyVault.RBAC/",
    fix="Set enable_rbac_authorization.",
)
def azure_vault_uses_roles(vault: Resource) -> Iterator[str]:
    """A vault's access is granted by role, like everything else's.

    Access policies live in the vault alone: a contributor can add itself, and no review of roles shows it.
    """
    if not vault.flag("properties.enableRbacAuthorization"):
        yield f"properties.enableRbacAuthorization is {vault.show('properties.enableRbacAuthorization')}, wanted true"


@rule(
    REGISTRY,
    category="security",
    severity="high",
    reference=f"{RULES}/Azure.ACR.AdminUser/",
    fix="Set admin_user_enabled to false.",
    remedy={"adminUserEnabled": False},
)
def azure_registry_has_no_admin_user(registry: Resource) -> Iterator[str]:
    """A registry has no shared administrator.

    The admin user is one password for everyone, with the right to replace the images that serve.
    """
    if registry.flag("adminUserEnabled"):
        yield "adminUserEnabled is true, wanted false"


@rule(
    REGISTRY,
    category="availability",
    severity="medium",
    reference="https://learn.microsoft.com/en-us/azure/container-registry/zone-redundancy",
    fix="Remove zone_redundancy, and keep the registry in a region that has zones.",
    config_key="availability.zones",
)
def azure_registry_spans_zones(registry: Resource, stack: Stack) -> Iterator[str]:
    """A workspace's registry does not ask to lie in one zone.

    Registries of every tier span the zones of a region that has them, without being told. Under an older state of the
    platform the setting decided; where it still says Disabled, readers take it for one that goes down with a zone.
    """
    disabled = registry.text("zoneRedundancy") == "Disabled"
    if disabled and stack.referring(registry, WORKSPACE, "containerRegistry"):
        yield 'zoneRedundancy is "Disabled", wanted it absent'


@rule(
    ASSIGNMENT,
    category="security",
    severity="high",
    reference="https://learn.microsoft.com/en-us/azure/role-based-access-control/best-practices",
    fix="Assign the role with the actions the workload calls.",
)
def azure_role_is_narrow(assignment: Resource, stack: Stack) -> Iterator[str]:
    """No identity of a workload is Owner, Contributor or User Access Administrator.

    A model container with such an identity can change the network around itself, or make itself more. (People and their
    groups are not judged. Contributor on one resource is what a workspace's own identity needs on its registry, store
    and vault: https://learn.microsoft.com/en-us/azure/machine-learning/how-to-identity-based-service-authentication.)
    """
    if assignment.text("principalType") in ("User", "Group"):
        return
    role = (assignment.text("roleDefinitionId") or "").rpartition("/")[2].casefold()
    if role in BROAD and not (BROAD[role] == "Contributor" and _on_one_resource(assignment)):
        yield f"roleDefinitionId is {BROAD[role]}, wanted a role with named actions"


def _on_one_resource(assignment: Resource) -> bool:
    """Whether the scope lies below a resource group. What the stack makes has no known id yet, but a type."""
    if not assignment.known("scope"):
        return any(":resources:ResourceGroup::" not in urn for urn in assignment.list_sources("scope"))
    return "/providers/" in (assignment.text("scope") or "").casefold()


@rule(
    ASSIGNMENT,
    category="security",
    severity="high",
    reference="https://learn.microsoft.com/en-us/azure/role-based-access-control/scope-overview",
    fix="Assign the role on the resource or its resource group, with principal_type.",
)
def azure_role_has_a_small_scope(assignment: Resource, stack: Stack) -> Iterator[str]:
    """A role is assigned on a resource, not on a subscription.

    On a subscription it also covers what will be created there next year, by other teams. An identity that the same
    program makes is not found at once, unless the assignment says that it is a service principal
    (https://learn.microsoft.com/en-us/azure/role-based-access-control/troubleshooting).
    """
    own = assignment.list_sources("scope")  # what the stack makes is no subscription, although its id is not known yet
    scope = "" if own else assignment.text("scope") or ""
    if not own and "/resourcegroups/" not in f"/{scope.casefold()}/":
        yield f'scope is "{scope}", wanted a resource group or a resource in one'
    new = any("::azure-native:" in urn for urn in assignment.list_sources("principalId"))
    if new and assignment.text("principalType") != "ServicePrincipal":
        found = assignment.show("principalType")
        yield f'principalType is {found}, wanted "ServicePrincipal": else a new identity is not found in time'
