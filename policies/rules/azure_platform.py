"""What an Azure workspace depends on: storage, vault, registry and role assignments."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability, lifecycle, security

WORKSPACE = "azure-native:machinelearningservices:Workspace"
STORAGE = "azure-native:storage:StorageAccount"
VAULT = "azure-native:keyvault:Vault"
REGISTRY = "azure-native:containerregistry:Registry"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
RULES = "https://azure.github.io/PSRule.Rules.Azure/en/rules"
MAY_ASSIGN = "Role Based Access Control Administrator"  # unless a condition says which roles
BROAD = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": MAY_ASSIGN,
}


@availability.medium(
    STORAGE,
    reference="https://learn.microsoft.com/en-us/azure/storage/common/storage-redundancy",
    fix="Choose a zone-redundant sku (Standard_ZRS or Standard_GZRS).",
    config_key="availability.zones",
)
def azure_storage_spans_zones(account: Resource, stack: Stack) -> Iterator[str]:
    """A workspace's storage survives the loss of a zone.

    New instances download the model from it: while it is unavailable, nothing can scale out or be replaced.
    (Accounts that no workspace uses are left out.)
    """
    if not stack.referring(account, WORKSPACE, "storageAccount"):
        return
    if not (account.text("sku.name") or "").endswith("ZRS"):
        yield f'sku.name is {account.show("sku.name")}, wanted "Standard_ZRS" or "Standard_GZRS"'


@security.high(
    STORAGE,
    reference=f"{RULES}/Azure.Storage.BlobPublicAccess/",
    fix="Set allow_blob_public_access to false.",
    remedy={"allowBlobPublicAccess": False},
)
def azure_storage_is_not_public(account: Resource) -> Iterator[str]:
    """A workspace's storage account allows no public containers.

    The account holds model weights and collected requests; one public container publishes them. If the property is
    not set, none can be public
    (https://learn.microsoft.com/en-us/azure/templates/microsoft.storage/storageaccounts).
    """
    if account.flag("allowBlobPublicAccess"):
        yield f"allowBlobPublicAccess is {account.show('allowBlobPublicAccess')}, wanted false"


@security.high(
    STORAGE,
    reference="https://learn.microsoft.com/en-us/azure/storage/common/shared-key-authorization-prevent",
    fix="Set allow_shared_key_access to false.",
)
def azure_storage_has_no_shared_key(account: Resource, stack: Stack) -> Iterator[str]:
    """A workspace's storage account does not accept its shared keys.

    A shared key gives every right on every blob, and the log names no user. (Left out are accounts of functions and
    file shares, which still need their keys.)
    """
    if not stack.referring(account, WORKSPACE, "storageAccount"):
        return
    if account.flag("allowSharedKeyAccess") is not False:
        yield f"allowSharedKeyAccess is {account.show('allowSharedKeyAccess')}, wanted false"


@security.medium(
    STORAGE,
    reference=f"{RULES}/Azure.Storage.MinTLS/",
    fix='Set minimum_tls_version to "TLS1_2", and enable_https_traffic_only.',
    remedy={"minimumTlsVersion": "TLS1_2", "enableHttpsTrafficOnly": True},
)
def azure_storage_requires_tls(account: Resource) -> Iterator[str]:
    """A storage account refuses plain HTTP and TLS versions before 1.2.

    Who can read a connection can also change what is downloaded over it, for example the model.
    """
    if account.text("minimumTlsVersion") not in ("TLS1_2", "TLS1_3"):
        yield f'minimumTlsVersion is {account.show("minimumTlsVersion")}, wanted "TLS1_2"'
    if account.flag("enableHttpsTrafficOnly") is False:
        yield "enableHttpsTrafficOnly is false, wanted true"


@lifecycle.high(
    VAULT,
    reference=f"{RULES}/Azure.KeyVault.PurgeProtect/",
    fix="Set enable_purge_protection.",
    remedy={"properties.enablePurgeProtection": True},
)
def azure_vault_cannot_be_purged(vault: Resource) -> Iterator[str]:
    """A deleted vault can be restored.

    Without purge protection, whoever deletes the vault can also destroy the keys that the workspace's data needs.
    """
    if not vault.flag("properties.enablePurgeProtection"):
        yield f"properties.enablePurgeProtection is {vault.show('properties.enablePurgeProtection')}, wanted true"


@security.medium(
    VAULT,
    reference=f"{RULES}/Azure.KeyVault.RBAC/",
    fix="Set enable_rbac_authorization.",
)
def azure_vault_uses_roles(vault: Resource) -> Iterator[str]:
    """Access to a vault is granted by role.

    Access policies are stored in the vault alone: a contributor can add itself, and no review of roles shows it.
    """
    if not vault.flag("properties.enableRbacAuthorization"):
        yield f"properties.enableRbacAuthorization is {vault.show('properties.enableRbacAuthorization')}, wanted true"


@security.high(
    REGISTRY,
    reference=f"{RULES}/Azure.ACR.AdminUser/",
    fix="Set admin_user_enabled to false.",
    remedy={"adminUserEnabled": False},
)
def azure_registry_has_no_admin_user(registry: Resource) -> Iterator[str]:
    """A registry has no admin user.

    The admin user is one password for everyone, with the right to replace the images that serve.
    """
    if registry.flag("adminUserEnabled"):
        yield "adminUserEnabled is true, wanted false"


@availability.medium(
    REGISTRY,
    reference="https://learn.microsoft.com/en-us/azure/container-registry/zone-redundancy",
    fix="Remove zone_redundancy, and keep the registry in a region that has zones.",
    config_key="availability.zones",
)
def azure_registry_spans_zones(registry: Resource, stack: Stack) -> Iterator[str]:
    """A workspace's registry does not disable zone redundancy.

    Today the registries of every tier span the zones of their region by themselves. The setting comes from an older
    state of the platform; where it still says Disabled, readers believe that the registry fails with a zone.
    """
    disabled = registry.text("zoneRedundancy") == "Disabled"
    if disabled and stack.referring(registry, WORKSPACE, "containerRegistry"):
        yield 'zoneRedundancy is "Disabled", wanted it absent'


@security.high(
    ASSIGNMENT,
    reference="https://learn.microsoft.com/en-us/azure/role-based-access-control/best-practices",
    fix="Assign the role with the actions the workload calls.",
)
def azure_role_is_narrow(assignment: Resource, stack: Stack) -> Iterator[str]:
    """A workload's identity is not Owner, Contributor or an administrator of access.

    A model container with such an identity can change the network around itself, or give itself more rights.
    (People and groups are left out. So is Contributor on a single registry, store or vault, which a workspace's own
    identity needs:
    https://learn.microsoft.com/en-us/azure/machine-learning/how-to-identity-based-service-authentication.)
    """
    if assignment.text("principalType") in ("User", "Group"):
        return
    role = (assignment.text("roleDefinitionId") or "").rpartition("/")[2].casefold()
    broad = BROAD.get(role)
    if broad == MAY_ASSIGN and assignment.has("condition"):
        return
    if broad and not (broad == "Contributor" and _on_one_resource(assignment)):
        yield f"roleDefinitionId is {broad}, wanted a role with named actions"


def _on_one_resource(assignment: Resource) -> bool:
    """Whether the scope is below a resource group; a resource of this stack is judged by its type."""
    if not assignment.known("scope"):
        return any(":resources:ResourceGroup::" not in urn for urn in assignment.list_sources("scope"))
    return "/providers/" in (assignment.text("scope") or "").casefold()


@security.high(
    ASSIGNMENT,
    reference="https://learn.microsoft.com/en-us/azure/role-based-access-control/scope-overview",
    fix="Assign the role on the resource or its resource group, with principal_type.",
)
def azure_role_has_a_small_scope(assignment: Resource, stack: Stack) -> Iterator[str]:
    """A role is assigned on a resource or resource group, not on a subscription.

    On a subscription, the role also covers what other teams will create there next year. The assignment must also
    say that a new identity is a service principal, because Azure does not find the identity at once
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
