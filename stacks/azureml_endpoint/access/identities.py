"""Who the workspace and the endpoint are, and what each may do, assigned before either exists.

A workspace or endpoint with an identity of its own is given no role automatically
(https://learn.microsoft.com/azure/machine-learning/concept-endpoints-online-auth).
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from component import Component
from foundation import Foundation
from pulumi_azure_native import authorization, managedidentity
from settings import Workspace
from workspace.stores import Stores

# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
ROLES = {
    "blob-reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",  # Storage Blob Data Reader
    "blob-writer": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",  # Storage Blob Data Contributor
    "storage-manager": "17d1049b-9a84-46fb-8f53-869881c3d3ab",  # Storage Account Contributor
    "vault-manager": "f25e0fa2-a7c8-4377-a976-54943a77a395",  # Key Vault Contributor
    "vault-administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",  # Key Vault Administrator
    # Container Registry Contributor and Data Access Configuration Administrator
    "registry-manager": "3bc748fc-213d-45c1-8d91-9da5725539b9",
    "image-puller": "7f951dda-4ed3-4680-a7ca-43fe172d538d",  # AcrPull
    "image-pusher": "8311e382-0749-4cb8-b61a-304f252e45ec",  # AcrPush
    "workspace-user": "f6c7c914-8db3-469d-8ca1-694a8f32e121",  # AzureML Data Scientist
    "metrics-writer": "635dd51f-9968-44d3-b7fb-6d9a6bd613ae",  # AzureML Metrics Writer (preview)
    "insights-manager": "ae349356-3a1b-4a5e-921d-050484c6347e",  # Application Insights Component Contributor
    "link-approver": "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",  # Azure AI Enterprise Network Connection Approver
}

Grants = Mapping[str, tuple[str, pulumi.Input[str]]]
"""What → (role, scope)."""


class Identity(Component):
    """A user-assigned identity and its roles. `granted` is what must exist before the identity is used."""

    id: pulumi.Output[str]
    principal_id: pulumi.Output[str]
    granted: list[pulumi.Resource]

    def __init__(self, name: str, *, base: Foundation, grants: Grants) -> None:
        super().__init__(name)
        self._base, self._name = base, name
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity", resource_group_name=base.group, location=base.location, opts=self.child()
        )
        self.id, self.principal_id = identity.id, identity.principal_id
        self.granted = [self.grant(what, role, scope) for what, (role, scope) in grants.items()]
        self.register_outputs({"id": self.id})

    def grant(self, what: str, role: str, scope: pulumi.Input[str]) -> pulumi.Resource:
        return authorization.RoleAssignment(
            f"{self._name}-{what}",
            principal_id=self.principal_id,
            # without it Azure looks the new identity up, and may not find it yet
            principal_type="ServicePrincipal",
            role_definition_id=role_id(self._base.subscription, role),
            scope=scope,
            opts=self.child(),
        )


def workspace_grants(base: Foundation, stores: Stores, settings: Workspace) -> Grants:
    """https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication#workspace

    Where that page says Contributor, on each resource, this is the contributor of that service: it has all of the
    resource's own actions. The role on the workspace itself is assigned once it is there (`MLWorkspace`).
    """
    return {
        "manages-storage": ("storage-manager", stores.storage_id),
        "writes-files": ("blob-writer", stores.storage_id),
        "manages-vault": ("vault-manager", stores.vault_id),
        "administers-vault": ("vault-administrator", stores.vault_id),
        "manages-registry": ("registry-manager", stores.registry_id),
        "pushes-images": ("image-pusher", stores.registry_id),
        "reports-to-insights": ("insights-manager", base.insights_id),
        "reads-models": ("blob-reader", settings.model_store_id),
        # the managed network reaches the stores through links that somebody has to approve
        "approves-storage-link": ("link-approver", stores.storage_id),
        "approves-vault-link": ("link-approver", stores.vault_id),
        "approves-registry-link": ("link-approver", stores.registry_id),
        "approves-models-link": ("link-approver", settings.model_store_id.split("/blobServices/")[0]),
        "approves-images-link": ("link-approver", settings.image_registry_id),
    }


def endpoint_grants(stores: Stores, settings: Workspace, workspace_id: pulumi.Input[str]) -> Grants:
    """What Azure assigns to an endpoint's own identity by itself, and the model store and the images."""
    return {
        "writes-metrics": ("metrics-writer", workspace_id),
        "pulls-images": ("image-puller", settings.image_registry_id),
        "pulls-built-images": ("image-puller", stores.registry_id),
        "reads-files": ("blob-reader", stores.storage_id),
        "reads-models": ("blob-reader", settings.model_store_id),
    }


def role_id(subscription: str, role: str) -> str:
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role]}"
