"""Nodes of Kubernetes clusters, of EKS and AKS: zones, spot capacity, room, and how they are renewed."""

from __future__ import annotations

from collections.abc import Iterator

from ..properties import Properties
from ..resources import SUBNET, Resource, Stack
from ..rule import autoscaling, availability

NODES, CLUSTER = "aws:eks/nodeGroup:NodeGroup", "aws:eks/cluster:Cluster"
POOL, AKS = "azure-native:containerservice:AgentPool", "azure-native:containerservice:ManagedCluster"
EKS = "https://docs.aws.amazon.com/eks/latest"
# https://learn.microsoft.com/en-us/azure/virtual-machines/sizes/overview#gpu-accelerated
CARDS = ("standard_nc", "standard_nd", "standard_ng", "standard_nv")
FARGATE = "aws:eks/fargateProfile:FargateProfile"


def pools_of(resource: Resource) -> list[Properties]:
    """The pools that a resource describes: itself, or those within a cluster of AKS."""
    return resource.children("agentPoolProfiles") if resource.type == AKS else [resource]


def _beside(nodes: Resource, stack: Stack) -> list[Resource]:
    """Every node group of the cluster, this one as well; by the cluster's name where it is made elsewhere."""
    clusters = stack.follow(nodes, "clusterName", CLUSTER)
    found = {
        node_group.urn: node_group
        for cluster in clusters
        for node_group in stack.referring(cluster, NODES, "clusterName")
    }
    name = nodes.raw.get("clusterName")
    named = [
        node_group for node_group in stack.of(NODES) if name is not None and node_group.raw.get("clusterName") == name
    ]
    return list(found.values()) or named or [nodes]


@availability.high(
    NODES,
    reference=f"{EKS}/best-practices/data-plane.html",
    fix="Give the node group subnets of two zones or more, or a second group in another zone.",
)
def cluster_nodes_span_zones(nodes: Resource, stack: Stack) -> Iterator[str]:
    """The nodes of a cluster of EKS lie in several zones.

    Pods are as spread as the nodes beneath them. A group for each zone is a right way as well: they count together.
    (Capacity blocks are sold in one zone, and are left out.)
    """
    if nodes.text("capacityType") == "CAPACITY_BLOCK":
        return
    groups = _beside(nodes, stack)
    subnets = [subnet for group in groups for subnet in stack.follow(group, "subnetIds", SUBNET)]
    named = {zone for subnet in subnets if (zone := subnet.text("availabilityZone"))}
    zones = len(named) or sum(stack.zones(group, "subnetIds") for group in groups)
    listed = sum(group.count("subnetIds") for group in groups if group.known("subnetIds"))
    if zones < 2 and not (named and listed > len(subnets)):
        yield f"subnetIds of all {len(groups)} groups of nodes lie in {zones} zone, wanted two or more"


@availability.medium(
    POOL,
    AKS,
    reference="https://learn.microsoft.com/en-us/azure/aks/availability-zones",
    fix='Set availability_zones of the pool to ["1", "2", "3"].',
)
def azure_cluster_pools_name_their_zones(cluster: Resource) -> Iterator[str]:
    """A pool of nodes of AKS names the zones that it spans.

    Without them Azure puts the nodes where there is room, which may be one data centre. A pool of one zone is left
    alone, because a pool for each zone is a right way as well. It is advice: some regions and some machines with
    graphics cards have no zones.
    """
    for pool in pools_of(cluster):
        if not pool.count("availabilityZones"):
            yield f"availabilityZones of the pool {pool.show('name')} is not set, wanted two zones or more"


@availability.high(
    NODES,
    reference=f"{EKS}/userguide/managed-node-groups.html#managed-node-group-capacity-types",
    fix="Give the cluster a group of on-demand nodes beside those of spot.",
)
def cluster_nodes_are_not_all_spot(nodes: Resource, stack: Stack) -> Iterator[str]:
    """The nodes that serve are not all Spot instances.

    Spot nodes are withdrawn with two minutes' notice, and there may be no others to replace them. AWS recommends them
    for what tolerates times without capacity. An endpoint whose callers wait needs some nodes that stay.
    Judged in the program that makes the cluster, where neither Fargate nor Auto Mode runs pods as well.
    """
    groups = _beside(nodes, stack)
    for cluster in stack.follow(nodes, "clusterName", CLUSTER):
        beside = cluster.flag("computeConfig.enabled") or stack.referring(cluster, FARGATE, "clusterName")
        if not beside and all(group.text("capacityType") == "SPOT" for group in groups):
            yield f"all {len(groups)} groups of nodes are of spot capacity, wanted one on demand"


@availability.high(
    NODES,
    reference=f"{EKS}/userguide/managed-node-update-behavior.html",
    fix="Set max_unavailable of update_config to 1, or max_unavailable_percentage to 33 or less.",
)
def cluster_nodes_are_updated_in_batches(nodes: Resource, *, percent: int = 50) -> Iterator[str]:
    """An update of the nodes takes a few of them at a time.

    The update drains as many nodes together as it may. At 100 percent every model is loaded anew on nodes that have
    just come up, and nobody answers meanwhile.
    """
    share = nodes.number("updateConfig.maxUnavailablePercentage") or 0
    if share > percent:
        yield f"maxUnavailablePercentage is {share:g}, wanted {percent} or less"
    together, fewest = nodes.number("updateConfig.maxUnavailable") or 0, nodes.number("scalingConfig.minSize") or 0
    if 1 < fewest <= together:
        yield f"maxUnavailable is {together:g} and minSize {fewest:g}, wanted fewer than that"


@autoscaling.medium(
    NODES,
    POOL,
    reference=f"{EKS}/userguide/autoscaling.html",
    fix="Set the maximum of the group above its minimum.",
)
def cluster_nodes_have_room(nodes: Resource, stack: Stack) -> Iterator[str]:
    """A node group that serves has room to grow.

    Pods that a scaler adds need nodes. Where the maximum is what runs already they stay pending, and the scaler of the
    pods looks as if it worked. A pool of AKS for graphics cards grows if enableAutoScaling is true. (Groups are left
    out beside one that grows, and beside Karpenter, Auto Mode or node auto-provisioning, which add nodes of their own;
    so is a pool whose count the program leaves to somebody else, or has at 0.)
    """
    least = nodes.number("scalingConfig.minSize") or nodes.number("minCount") or 0
    most = nodes.number("scalingConfig.maxSize") or nodes.number("maxCount")
    if most is not None and most <= least and not _others_grow(nodes, stack):
        yield f"the maximum of the nodes is {most:g} and the minimum {least:g}, wanted a maximum above it"
    if _is_fixed(nodes) and not _others_grow(nodes, stack):
        yield f"enableAutoScaling is {nodes.show('enableAutoScaling')} of {nodes.show('vmSize')}, wanted true"


def _is_fixed(nodes: Resource) -> bool:
    """Whether a pool of AKS for graphics cards keeps the number of nodes that the program gives it."""
    cards = nodes.type == POOL and (nodes.text("vmSize") or "").casefold().startswith(CARDS)
    own = nodes.number("count") != 0 and "count" not in nodes.ignores and nodes.text("mode") != "System"
    return cards and own and not nodes.flag("enableAutoScaling")


def _others_grow(nodes: Resource, stack: Stack) -> bool:
    """Whether something else than this group adds nodes to its cluster."""
    if stack.remember("karpenter", lambda: any(_has_karpenter(resource) for resource in stack.resources)):
        return True
    if nodes.type == POOL:
        clusters = stack.follow(nodes, "resourceName", AKS)
        return "Auto" in [cluster.text("nodeProvisioningProfile.mode") for cluster in clusters]
    sizes = [
        (other.number("scalingConfig.minSize"), other.number("scalingConfig.maxSize"))
        for other in _beside(nodes, stack)
    ]
    auto = any(cluster.flag("computeConfig.enabled") for cluster in stack.follow(nodes, "clusterName", CLUSTER))
    return auto or any((most or 0) > (least or 0) for least, most in sizes)


def _has_karpenter(resource: Resource) -> bool:
    """Whether a resource is Karpenter's: by its name, its chart, its kind, or the tag by which it finds networks."""
    said = [resource.name, *(resource.text_if_known(path) or "" for path in ("chart", "apiVersion", "serviceAccount"))]
    tags = resource.raw.get("tags")
    return any("karpenter" in text.casefold() for text in (*said, *(tags if isinstance(tags, dict) else ())))


@autoscaling.low(
    NODES,
    reference="https://www.pulumi.com/registry/packages/aws/api-docs/eks/nodegroup/#ignoring-changes-to-desired-size",
    fix='Add "scalingConfig.desiredSize" to ignore_changes.',
)
def cluster_nodes_leave_count_to_scaling(nodes: Resource) -> Iterator[str]:
    """A deployment does not reset the number of nodes.

    The cluster's scaler moves the desired size. A program that names it sends its own number with the next change of
    the group, and nodes with running pods go. It is advice, as the engine sends it only then, and a cluster without a
    scaler is sized by its program (github.com/pulumi/pulumi-eks/issues/321).
    """
    left = any(path.startswith("scalingConfig") for path in nodes.ignores)
    wanted, least = nodes.number("scalingConfig.desiredSize"), nodes.number("scalingConfig.minSize")
    if not left and wanted != least:
        yield f"desiredSize is {wanted or 0:g} and ignoreChanges has no scalingConfig.desiredSize, wanted it there"


@availability.medium(
    NODES,
    reference=f"{EKS}/best-practices/data-plane.html",
    fix="Set min_size of a group to 2 or more, or add a second group.",
)
def cluster_nodes_keep_two(nodes: Resource, stack: Stack, *, least: int = 2) -> Iterator[str]:
    """A cluster of EKS has two nodes or more.

    A resilient data plane consists of two or more worker nodes, as AWS puts it. The only node takes the cluster's DNS
    with it when it is updated or fails. Judged in the program that makes the cluster, where neither Fargate nor
    Auto Mode runs pods as well.
    """
    scaling = [group.child("scalingConfig") for group in _beside(nodes, stack)]
    total = sum(max(size.number("minSize") or 0, size.number("desiredSize") or 0) for size in scaling)
    for cluster in stack.follow(nodes, "clusterName", CLUSTER):
        beside = cluster.flag("computeConfig.enabled") or stack.referring(cluster, FARGATE, "clusterName")
        if not beside and total < least:
            yield f"desiredSize of all {len(scaling)} groups is {total:g}, wanted {least} or more"


@availability.high(
    AKS,
    reference="https://learn.microsoft.com/en-us/azure/aks/use-system-pools",
    fix='Set availability_zones of the system pool to ["1", "2", "3"].',
)
def azure_cluster_system_pools_span_zones(cluster: Resource, stack: Stack) -> Iterator[str]:
    """The system pools of a cluster of AKS lie in several zones.

    They run the cluster's DNS and metrics. If all of them are in the zone that is lost, no pod of the other zones is
    found or scaled. (A pool that names no zone is another rule's.)
    """
    pools = [*cluster.children("agentPoolProfiles"), *stack.referring(cluster, POOL, "resourceName")]
    zones = [set(pool.texts("availabilityZones")) for pool in pools if pool.text("mode") == "System"]
    if zones and all(zones) and len(set.union(*zones)) < 2:
        yield f"availabilityZones of every system pool is {', '.join(zones[0])}, wanted two zones or more"


@availability.high(
    AKS,
    POOL,
    reference="https://learn.microsoft.com/en-us/azure/aks/upgrade-aks-node-pools-rolling",
    fix="Set max_surge of upgrade_settings, and leave max_unavailable at 0.",
)
def azure_cluster_nodes_are_upgraded_in_batches(cluster: Resource, *, percent: int = 50) -> Iterator[str]:
    """An upgrade of a pool of AKS takes a few of its nodes at a time.

    The upgrade cordons and drains as many nodes together as may be unavailable, without new ones in their place.
    """
    for pool in pools_of(cluster):
        share = pool.show("upgradeSettings.maxUnavailable").strip('"')
        if share.endswith("%") and float(share[:-1]) > percent:
            yield f"maxUnavailable of the pool {pool.show('name')} is {share}, wanted {percent}% or less"
