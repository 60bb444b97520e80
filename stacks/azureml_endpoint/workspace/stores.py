"""What a workspace keeps things in: files, secrets and images, reached by identities and through private links only."""

from __future__ import annotations

import pulumi
from component import Component
from foundation import Foundation
from pulumi_azure_native import containerregistry, keyvault, storage

KEPT_DAYS = 14


class Stores(Component):
    """`storage_id`, `vault_id` and `registry_id` are what roles are assigned on and the workspace is made with."""

    storage_id: pulumi.Output[str]
    vault_id: pulumi.Output[str]
    registry_id: pulumi.Output[str]

    def __init__(self, name: str, *, base: Foundation) -> None:
        super().__init__(name)
        redundant = len(base.zones) > 1
        self.storage_id = self._storage(base, redundant)
        self.vault_id = self._vault(base)
        self.registry_id = self._registry(base, redundant)
        self.register_outputs({})

    def _storage(self, base: Foundation, redundant: bool) -> pulumi.Output[str]:
        account = storage.StorageAccount(
            # the service allows 24 lower-case letters and digits; eight are added to make it unique
            "mlstore",
            resource_group_name=base.group,
            location=base.location,
            kind="StorageV2",
            sku={"name": "Standard_ZRS" if redundant else "Standard_LRS"},
            allow_shared_key_access=False,
            allow_blob_public_access=False,
            minimum_tls_version="TLS1_2",
            enable_https_traffic_only=True,
            public_network_access="Disabled",
            network_rule_set=storage.NetworkRuleSetArgs(
                bypass="AzureServices", default_action=storage.DefaultAction.DENY
            ),
            opts=self.child(),
        )
        keep = storage.DeleteRetentionPolicyArgs(enabled=True, days=KEPT_DAYS)
        storage.BlobServiceProperties(
            "mlstore-blobs",
            resource_group_name=base.group,
            account_name=account.name,
            blob_services_name="default",
            is_versioning_enabled=True,
            delete_retention_policy=keep,
            container_delete_retention_policy=keep,
            opts=self.child(),
        )
        return account.id

    def _vault(self, base: Foundation) -> pulumi.Output[str]:
        vault = keyvault.Vault(
            "mlvault",
            resource_group_name=base.group,
            location=base.location,
            properties=closed_vault(base.tenant),
            opts=self.child(),
        )
        return vault.id

    def _registry(self, base: Foundation, redundant: bool) -> pulumi.Output[str]:
        registry = containerregistry.Registry(
            "mlimages",
            resource_group_name=base.group,
            location=base.location,
            # private links need Premium, in dev as well
            sku={"name": "Premium"},
            admin_user_enabled=False,
            zone_redundancy="Enabled" if redundant else "Disabled",
            public_network_access="Disabled",
            network_rule_bypass_options="AzureServices",
            opts=self.child(),
        )
        return registry.id


def closed_vault(tenant: str) -> keyvault.VaultPropertiesArgs:
    """Opened by roles, not by policies of its own; what is deleted can be brought back for 90 days."""
    return keyvault.VaultPropertiesArgs(
        tenant_id=tenant,
        sku=keyvault.SkuArgs(family="A", name=keyvault.SkuName.STANDARD),
        enable_rbac_authorization=True,
        enable_soft_delete=True,
        enable_purge_protection=True,
        soft_delete_retention_in_days=90,
        public_network_access="Disabled",
        network_acls=keyvault.NetworkRuleSetArgs(bypass="AzureServices", default_action="Deny"),
    )
