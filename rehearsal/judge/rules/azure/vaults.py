"""Key vaults: access policies, and purge protection for vaults that hold encryption keys."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

ACCOUNT = "azure-native:storage:StorageAccount"
VAULT = "azure-native:keyvault:Vault"
WORKSPACE = "azure-native:machinelearningservices:Workspace"
REGISTRY = "azure-native:containerregistry:Registry"
_LEARN = "https://learn.microsoft.com/azure"


@rule(VAULT, source=f"{_LEARN}/key-vault/general/rbac-guide")
def policies_of_a_vault(it: Resource) -> Found:
    properties = it.inputs.get("properties")
    # An empty list is accepted: https://github.com/Azure/azure-quickstart-templates, function-http-trigger
    silent = isinstance(properties, Mapping) and properties.get("accessPolicies") is None
    creates = it.get("properties.createMode") in (None, "default", "create")
    if silent and creates and it.get("properties.enableRbacAuthorization") in (None, False):
        message = "BadRequest: The parameter accessPolicies is not specified: it is required without RBAC authorization"
        yield "properties.accessPolicies", message


@rule(
    ACCOUNT,
    REGISTRY,
    WORKSPACE,
    "azure-native:compute:DiskEncryptionSet",
    source=f"{_LEARN}/storage/common/customer-managed-keys-overview",
)
def vault_of_an_encryption_key(it: Resource, program: Program) -> Found:
    top = "encryption" if it.type != "azure-native:compute:DiskEncryptionSet" else "activeKey"
    sources = [program.by_urn[urn] for urn in it.sources.get(top, ()) if urn in program.by_urn]
    for vault in (source for source in sources if source.type == VAULT):
        if vault.get("properties.enablePurgeProtection") in (None, False):
            message = (
                "KeyVaultPolicyError: Keyvault policy recoverable is not set: the key's vault needs purge protection"
            )
            if it.type == WORKSPACE:
                message = "BadRequest: CMK workspaces should have purge protection enabled on their CMK keyvault"
            yield top, f"{message}: {vault.name!r}"
