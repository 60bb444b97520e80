"""The workspace: a private place whose containers reach only what is approved, and the cluster that builds images."""

from __future__ import annotations

import pulumi
from access.identities import Identity
from component import Component
from foundation import Foundation
from pulumi_azure_native import machinelearningservices as ml
from settings import Workspace

from workspace.stores import Stores

BUILDERS = "builders"
MODELS = "models"


class MLWorkspace(Component):
    """`name` is what assets, endpoint and cluster are made in; `id` what the private link leads to.

    `network_ready` is what must exist before a deployment: Azure refuses it with WorkspaceManagedNetworkNotReady while
    the managed network is only described (https://learn.microsoft.com/azure/machine-learning/how-to-secure-online-endpoint).
    """

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    resource: ml.Workspace
    model_store: ml.Datastore
    network_ready: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        base: Foundation,
        settings: Workspace,
        stores: Stores,
        identity: Identity,
    ) -> None:
        super().__init__(name)
        workspace = ml.Workspace(
            f"{name}-workspace",
            resource_group_name=base.group,
            workspace_name=base.base_name[:33],
            location=base.location,
            sku={"name": "Basic"},
            identity={"type": "UserAssigned", "user_assigned_identities": [identity.id]},
            primary_user_assigned_identity=identity.id,
            storage_account=stores.storage_id,
            key_vault=stores.vault_id,
            container_registry=stores.registry_id,
            application_insights=base.insights_id,
            system_datastores_auth_mode="Identity",
            public_network_access="Disabled",
            allow_public_access_when_behind_vnet=False,
            v1_legacy_mode=False,
            managed_network=managed_network(settings),
            # heard at creation only; otherwise the network waits for the first compute
            provision_network_now=True,
            # the registry is private: images are built inside, not by the registry's own build service
            image_build_compute=BUILDERS,
            # roles first: the workspace writes to its stores while it is made
            opts=self.child(depends_on=identity.granted),
        )
        self.resource, self.id, self.name = workspace, workspace.id, workspace.name
        self.model_store = self._model_store(name, base, settings.model_store_id)
        granted = identity.grant("uses-workspace", "workspace-user", self.id)
        self.network_ready = [workspace, granted, self._builders(name, base, settings, identity, granted)]
        self.register_outputs({"id": self.id})

    def _model_store(self, name: str, base: Foundation, container_id: str) -> ml.Datastore:
        parts = container_id.split("/")
        return ml.Datastore(
            f"{name}-models",
            name=MODELS,
            resource_group_name=base.group,
            workspace_name=self.name,
            properties=ml.AzureBlobDatastoreArgs(
                datastore_type="AzureBlob",
                description="Packed models, written by training, read by deployments",
                subscription_id=parts[2],
                resource_group=parts[4],
                account_name=parts[8],
                container_name=parts[-1],
                # no key is kept: whoever reads does so as itself
                credentials=ml.NoneDatastoreCredentialsArgs(credentials_type="None"),
                service_data_access_auth_identity="WorkspaceUserAssignedIdentity",
            ),
            opts=self.child(),
        )

    def _builders(
        self, name: str, base: Foundation, settings: Workspace, identity: Identity, granted: pulumi.Resource
    ) -> ml.Compute:
        """Builds the environments' images and runs batches; online deployments never run on it."""
        return ml.Compute(
            f"{name}-builders",
            compute_name=BUILDERS,
            resource_group_name=base.group,
            workspace_name=self.name,
            location=base.location,
            identity={"type": "UserAssigned", "user_assigned_identities": [identity.id]},
            properties=ml.AmlComputeArgs(
                compute_type="AmlCompute", disable_local_auth=True, properties=nodes(settings)
            ),
            opts=self.child(depends_on=[granted]),
        )


def nodes(settings: Workspace) -> ml.AmlComputePropertiesArgs:
    """None while there is nothing to do, and none that can be reached from outside."""
    return ml.AmlComputePropertiesArgs(
        vm_size=settings.build_vm_size,
        vm_priority="Dedicated",
        os_type="Linux",
        enable_node_public_ip=False,
        remote_login_port_public_access="Disabled",
        scale_settings=ml.ScaleSettingsArgs(
            min_node_count=0, max_node_count=settings.build_nodes, node_idle_time_before_scale_down="PT120S"
        ),
    )


def managed_network(settings: Workspace) -> ml.ManagedNetworkSettingsArgs:
    """Containers reach the workspace's own stores, the packed models and the images; nothing else, no internet."""
    store, images = settings.model_store_id.split("/blobServices/")[0], settings.image_registry_id
    return ml.ManagedNetworkSettingsArgs(
        isolation_mode="AllowOnlyApprovedOutbound",
        outbound_rules={"models": _link(store, "blob"), "images": _link(images, "registry")},
    )


def _link(resource_id: str, target: str) -> ml.PrivateEndpointOutboundRuleArgs:
    return ml.PrivateEndpointOutboundRuleArgs(
        type="PrivateEndpoint",
        category="UserDefined",
        destination=ml.PrivateEndpointDestinationArgs(service_resource_id=resource_id, subresource_target=target),
    )
