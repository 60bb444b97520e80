"""The `workspace` block: what an Azure ML workspace is given, each by its resource id, and what it makes of its own."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from shared.block import Block
from shared.settings import Check, Contradiction

IN_GROUP = r"^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/Microsoft\."
CONTAINER_ID = rf"{IN_GROUP}Storage/storageAccounts/[a-z0-9]{{3,24}}/blobServices/default/containers/[a-z0-9-]{{3,63}}$"
ZONE_ID = rf"{IN_GROUP}Network/privateDnsZones/"
SUBNET_ID = rf"{IN_GROUP}Network/virtualNetworks/[^/]+/subnets/[^/]+$"
LOG_WORKSPACE_ID = rf"{IN_GROUP}OperationalInsights/workspaces/[A-Za-z0-9-]{{4,63}}$"
REGISTRY_ID = rf"{IN_GROUP}ContainerRegistry/registries/[a-zA-Z0-9]{{5,50}}$"


class DnsZones(Block):
    """Resource ids of zones that exist: a network can be linked to one zone of a name only."""

    api: str = Field(pattern=rf"{ZONE_ID}privatelink\.api\.azureml\.ms$", description="zone of the endpoints")
    notebooks: str = Field(
        pattern=rf"{ZONE_ID}privatelink\.notebooks\.azure\.net$", description="zone of the notebooks"
    )


class Workspace(Block):
    """What the endpoint lives in."""

    model_store_id: str = Field(pattern=CONTAINER_ID, description="resource id of the container with the packed models")
    image_registry_id: str = Field(pattern=REGISTRY_ID, description="resource id of the registry with the images")
    network_cidr: str | None = Field(
        None,
        pattern=r"^\d{1,3}(\.\d{1,3}){3}/(1[6-9]|2[0-7])$",
        description="address range of the callers' network, which the stack creates",
    )
    subnet_id: str | None = Field(
        None, pattern=SUBNET_ID, description="instead of `network_cidr`: an existing subnet that callers can reach"
    )
    dns_zones: DnsZones | None = Field(
        None, description="existing private zones for callers' networks; without them the stack creates its own"
    )
    log_workspace_id: str | None = Field(
        None,
        pattern=LOG_WORKSPACE_ID,
        description="existing Log Analytics workspace, with its own retention; without it, the stack creates one",
    )
    build_nodes: int = Field(
        4, ge=1, le=100, description="maximum number of nodes of the cluster that builds images and runs batches"
    )
    build_vm_size: str = Field("Standard_D2s_v3", pattern=r"^Standard_\S+$", description="size of those nodes")


def one_network(workspace: Workspace) -> Iterator[Contradiction]:
    if workspace.subnet_id is None and workspace.network_cidr is None:
        expected = "the addresses of a network, or workspace.subnet_id for one that exists"
        yield Contradiction("workspace.network_cidr", None, expected)
    if workspace.subnet_id and workspace.network_cidr:
        expected = "nothing: workspace.subnet_id lies in a network that exists"
        yield Contradiction("workspace.network_cidr", workspace.network_cidr, expected)
    if workspace.subnet_id and workspace.dns_zones is None:
        expected = "the zones that are linked to the network of workspace.subnet_id"
        yield Contradiction("workspace.dns_zones", None, expected, "a network can be linked to one zone of a name")


WORKSPACE: tuple[Check, ...] = (one_network,)
