"""Storage accounts, key vaults and container registries."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

ACCOUNT = "azure-native:storage:StorageAccount"
CONTAINER = "azure-native:storage:BlobContainer"
VAULT = "azure-native:keyvault:Vault"
WORKSPACE = "azure-native:machinelearningservices:Workspace"
REGISTRY = "azure-native:containerregistry:Registry"
_LEARN = "https://learn.microsoft.com/azure"
_STORAGE = f"{_LEARN}/storage/common/storage-account-overview"
_INVALID = "InvalidRequestPropertyValue"
_VALUES = "InvalidValuesForRequestParameters: Values for request parameters are invalid"


@rule(ACCOUNT, source=_STORAGE)
def sku_of_the_kind(it: Resource) -> Found:
    kind, sku = it.text("kind"), it.text("sku.name")
    premium = sku.startswith("Premium")
    if kind in ("BlockBlobStorage", "FileStorage") and sku and not premium:
        yield "sku.name", f"{_VALUES}: kind, sku: {kind} needs a Premium sku, found {sku}"
    if kind == "BlobStorage" and (premium or "ZRS" in sku):
        yield "sku.name", f"{_VALUES}: kind, sku: {sku} is not valid for kind {kind}"
    if kind in ("Storage", "StorageV2") and premium and sku not in ("Premium_LRS", "Premium_ZRS"):
        yield "sku.name", f"{_VALUES}: kind, sku: {sku} is not valid for kind {kind}"
    if kind == "BlobStorage" and it.get("accessTier") is None:
        yield "accessTier", "BadRequest: Account property accessTier is required for the request."
    if kind == "Storage" and it.text("accessTier"):
        message = f"{_INVALID}: The value '{it.text('accessTier')}' is not allowed for property accessTier"
        yield "accessTier", f"{message}: it is for StorageV2 and BlobStorage"


@rule(ACCOUNT, source=_STORAGE)
def features_of_an_account(it: Resource) -> Found:
    kind, sku, flat = it.text("kind"), it.text("sku.name"), it.get("isHnsEnabled") in (None, False)
    if it.get("isHnsEnabled") is True and kind in ("Storage", "BlobStorage", "FileStorage"):
        message = "HnsNotSupportedForKind"
        yield "isHnsEnabled", f"{message}: a hierarchical namespace needs StorageV2 or BlockBlobStorage, not {kind}"
    if it.get("enableNfsV3") is True and flat:
        yield "enableNfsV3", "NfsV3OnlyForHnsAccount: NFSv3 needs a hierarchical namespace (isHnsEnabled)"
    if it.get("isSftpEnabled") is True and flat:
        yield "isSftpEnabled", "SftpOnlyForHnsAccount: SFTP needs a hierarchical namespace (isHnsEnabled)"
    if it.get("largeFileSharesState") == "Enabled" and "GRS" in sku and kind != "StorageV2":
        yield "largeFileSharesState", f"{_INVALID}: large file shares are not supported with {sku}"
    source, key = it.text("encryption.keySource"), it.get("encryption.keyVaultProperties")
    if source == "Microsoft.Keyvault" and key is None:
        yield "encryption.keyVaultProperties", f"{_INVALID}: a key in Key Vault must be named"
    if source == "Microsoft.Keyvault" and it.get("identity") is None:
        yield (
            "identity",
            "BadRequest: Managed Service Identity (MSI) is not set for this account: a key in Key Vault needs one",
        )


_NETWORK_RULES = {
    ACCOUNT: ("networkRuleSet.virtualNetworkRules", "virtualNetworkResourceId", "Microsoft.Storage"),
    VAULT: ("properties.networkAcls.virtualNetworkRules", "id", "Microsoft.KeyVault"),
}


@rule(*_NETWORK_RULES, source=f"{_LEARN}/storage/common/storage-network-security-virtual-networks")
def subnets_of_network_rules(it: Resource, program: Program) -> Found:
    rules, name, service = _NETWORK_RULES[it.type]
    for path, one in it.blocks(rules):
        subnet = program.refer(it, f"{path}.{name}", "azure-native:network:Subnet")
        if subnet is None or one.get("ignoreMissingVnetServiceEndpoint") or subnet.get("serviceEndpoints") is UNKNOWN:
            continue
        offered = [endpoint.get("service") for _, endpoint in subnet.blocks("serviceEndpoints")]
        if UNKNOWN not in offered and not any(str(each).startswith(service) for each in offered):
            message = f"SubnetsHaveNoServiceEndpointsConfigured: Subnets {subnet.name} of virtual network do not have"
            yield f"{path}.{name}", f"{message} ServiceEndpoints for {service} resources configured"


@rule(CONTAINER, source=f"{_LEARN}/storage/blobs/anonymous-read-access-prevent")
def public_containers_are_allowed(it: Resource, program: Program) -> Found:
    account = program.refer(it, "accountName", ACCOUNT)
    public = it.text("publicAccess") in ("Blob", "Container")
    if account and public and account.get("allowBlobPublicAccess", False) is False:
        message = "PublicAccessNotPermitted"
        yield "publicAccess", f"{message}: Public access is not permitted on this storage account ({account.name!r})."


@rule("azure-native:storage:BlobServiceProperties", source=f"{_LEARN}/storage/blobs/versioning-overview")
def versions_of_a_flat_account(it: Resource, program: Program) -> Found:
    account = program.refer(it, "accountName", ACCOUNT)
    if account and account.get("isHnsEnabled") is True and it.get("isVersioningEnabled") is True:
        message = "FeatureNotSupportedForHnsAccount: Blob versioning is not supported with a hierarchical namespace"
        yield "isVersioningEnabled", f"{message} ({account.name!r})"
    restore = it.number("restorePolicy.days")
    kept = it.number("deleteRetentionPolicy.days")
    if it.get("restorePolicy.enabled") is True:
        for name in ("isVersioningEnabled", "changeFeed.enabled", "deleteRetentionPolicy.enabled"):
            if it.get(name) in (None, False):
                yield name, f"{_INVALID}: point-in-time restore needs versions, change feed and soft delete"
        if restore is not None and kept is not None and restore >= kept:
            message = f"{_INVALID}: restorePolicy.days must be less than deleteRetentionPolicy.days"
            yield "restorePolicy.days", f"{message}: {restore:g} and {kept:g}"


@rule("azure-native:storage:ManagementPolicy", source=f"{_LEARN}/storage/blobs/lifecycle-management-overview")
def rules_of_a_lifecycle(it: Resource) -> Found:
    names = [one.text("name") for _, one in it.blocks("policy.rules")]
    for index, name in enumerate(names):
        if name and names.index(name) < index:
            yield f"policy.rules[{index}].name", f"{_INVALID}: rule names must be unique: {name!r}"


@rule(VAULT, source=f"{_LEARN}/key-vault/general/soft-delete-overview")
def protection_of_a_vault(it: Resource) -> Found:
    if it.get("properties.enablePurgeProtection") is False:
        message = 'BadRequest: The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a'
        yield "properties.enablePurgeProtection", f"{message} vault is an irreversible action."
    properties = it.inputs.get("properties")
    # an empty list is a list: https://github.com/Azure/azure-quickstart-templates, function-http-trigger
    silent = isinstance(properties, Mapping) and properties.get("accessPolicies") is None
    creates = it.get("properties.createMode") in (None, "default", "create")
    if silent and creates and it.get("properties.enableRbacAuthorization") in (None, False):
        message = "BadRequest: The parameter accessPolicies is not specified: it is required without RBAC authorization"
        yield "properties.accessPolicies", message
    if len(it.list("properties.accessPolicies")) > 1024:
        yield "properties.accessPolicies", "BadRequest: a vault has at most 1024 access policies"


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
    for vault in (one for one in sources if one.type == VAULT):
        if vault.get("properties.enablePurgeProtection") in (None, False):
            message = (
                "KeyVaultPolicyError: Keyvault policy recoverable is not set: the key's vault needs purge protection"
            )
            if it.type == WORKSPACE:
                message = "BadRequest: CMK workspaces should have purge protection enabled on their CMK keyvault"
            yield top, f"{message}: {vault.name!r}"


@rule(REGISTRY, source=f"{_LEARN}/container-registry/container-registry-skus")
def features_of_a_registry(it: Resource) -> Found:
    sku = it.text("sku.name")
    if sku not in ("Basic", "Standard"):
        return
    wanted = {
        "publicNetworkAccess": it.get("publicNetworkAccess") == "Disabled",
        "networkRuleSet": it.get("networkRuleSet.defaultAction") == "Deny",
        "dataEndpointEnabled": it.get("dataEndpointEnabled") is True,
        "encryption": it.get("encryption.status") == "enabled",
        "policies.retentionPolicy": it.get("policies.retentionPolicy.status") == "enabled",
        "policies.trustPolicy": it.get("policies.trustPolicy.status") == "enabled",
        "policies.exportPolicy": it.get("policies.exportPolicy.status") == "disabled",
    }
    for path, given in wanted.items():
        if given:
            yield path, f"SkuNotSupported: it is only supported for a registry of SKU Premium, found {sku}"
    if sku == "Basic" and it.get("anonymousPullEnabled") is True:
        yield "anonymousPullEnabled", "SkuNotSupported: it is not supported for a registry of SKU Basic"


@rule(
    "azure-native:containerregistry:Replication",
    source=f"{_LEARN}/container-registry/container-registry-geo-replication",
)
def replicas_of_a_registry(it: Resource, program: Program) -> Found:
    registry = program.refer(it, "registryName", REGISTRY)
    if registry and registry.text("sku.name") in ("Basic", "Standard"):
        message = f"ReplicationNotSupported: replications need a registry of SKU Premium, {registry.name!r} is"
        yield "registryName", f"{message} {registry.text('sku.name')}"
    if registry and it.text("location") and it.text("location").lower() == registry.text("location").lower():
        yield "location", "ReplicationNotAllowed: the registry's own location has a replica already"
