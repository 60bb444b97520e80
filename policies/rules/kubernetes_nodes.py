"""Nodes of Kubernetes clusters, of EKS and AKS: zones, spot capacity, room, and how they are renewed."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from ..properties import Properties
from ..resources import SUBNET, Resource, Stack
from ..rule import rule

NODES, CLUSTER = "aws:eks/nodeGroup:NodeGroup", "aws:eks/cluster:Cluster"
ADDON = "aws:eks/addon:Addon"
POOL, AKS = "azure-native:containerservice:AgentPool", "azure-native:containerservice:ManagedCluster"
EKS = "https://docs.aws.amazon.com/eks/latest"
LEAST_ADDRESSES = 32
RESERVED = 5  # https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
PORTS_OF_AN_ADDRESS = 64_000


def _pools(resource: Resource) -> list[Properties]:
    """The pools that a resource describes: itself, or those within a cluster of AKS."""
    return resource.children("agentPoolProfiles") if resource.type == AKS else [resource]


def _beside(nodes: Resource, stack: Stack) -> list[Resource]:
    """Every node group of the cluster, this one as well."""
    clusters = stack.follow(nodes, "clusterName", CLUSTER)
    found = {each.urn: each for cluster in clusters for each in stack.referring(cluster, NODES, "clusterName")}
    return list(found.values()) or [nodes]


@rule(
    NODES,
    category="availability",
    severity="high",
    reference=f"{EKS}/best-practices/reliability.html",
    fix="Give the node group subnets of two zones or more, or a second group in another zone.",
)
def cluster_nodes_span_zones(nodes: Resource, stack: Stack) -> Iterator[str]:
    """The nodes of a cluster of EKS lie in several zones.

    Pods are as spread as the nodes beneath them. A group for each zone is a right way as well: they count together.
    """
    groups = _beside(nodes, stack)
    subnets = [subnet for group in groups for subnet in stack.follow(group, "subnetIds", SUBNET)]
    named = {zone for subnet in subnets if (zone := subnet.text("availabilityZone"))}
    zones = len(named) or sum(stack.zones(group, "subnetIds") for group in groups)
    if zones < 2:
        yield f"subnetIds of all {len(groups)} groups of nodes lie in {zones} zone, wanted two or more"


@rule(
    POOL,
    AKS,
    category="availability",
    severity="medium",
    reference="https://learn.microsoft.com/en-us/azure/aks/availability-zones",
    fix='Set availability_zones of the pool to ["1", "2", "3"].',
)
def azure_cluster_pools_name_their_zones(cluster: Resource) -> Iterator[str]:
    """A pool of nodes of AKS names the zones that it spans.

    Without them Azure puts the nodes where there is room, which may be one data centre. A pool of one zone is left
    alone, because a pool for each zone is a right way as well. It is advice: some regions and some machines with
    graphics cards have no zones.
    """
    for pool in _pools(cluster):
        if not pool.count("availabilityZones"):
            yield f"availabilityZones of the pool {pool.show('name')} is not set, wanted two zones or more"


@rule(
    NODES,
    POOL,
    category="availability",
    severity="high",
    reference=f"{EKS}/userguide/managed-node-groups.html#managed-node-group-capacity-types",
    fix="Give the cluster a group of on-demand nodes beside those of spot.",
)
def cluster_nodes_are_not_spot_alone(nodes: Resource, stack: Stack) -> Iterator[str]:
    """Not every node that serves can be taken away together.

    Spot nodes of one type are withdrawn together, with two minutes' notice on AWS and half a minute's on Azure
    (learn.microsoft.com/en-us/azure/aks/spot-node-pool). What is left are pods that wait for a node.
    """
    groups = _beside(nodes, stack) if nodes.type == NODES else stack.of(POOL)
    spot = [group for group in groups if "SPOT" in _kinds(group)]
    if nodes in spot and len(spot) == len(groups):
        yield f"all {len(groups)} groups of nodes are of spot capacity, wanted one on demand"


def _kinds(group: Resource) -> set[str]:
    return {(group.text(path) or "").upper() for path in ("capacityType", "scaleSetPriority")}


@rule(
    NODES,
    category="availability",
    severity="high",
    reference=f"{EKS}/userguide/managed-node-update-behavior.html",
    fix="Set max_unavailable of update_config to 1, or max_unavailable_percentage to 33 or less.",
)
def cluster_nodes_are_renewed_in_turn(nodes: Resource, *, percent: int = 50) -> Iterator[str]:
    """An update of the nodes takes a few of them at a time.

    The update takes as many nodes out of service together as it may. At 100 percent every model is loaded anew on nodes
    that have just come up, and nobody answers meanwhile.
    """
    share = nodes.number("updateConfig.maxUnavailablePercentage") or 0
    if share > percent:
        yield f"maxUnavailablePercentage is {share:g}, wanted {percent} or less"
    together, fewest = nodes.number("updateConfig.maxUnavailable") or 0, nodes.number("scalingConfig.minSize") or 0
    if together > 1 and together >= fewest:
        yield f"maxUnavailable is {together:g} and minSize {fewest:g}, wanted fewer than that"


@rule(
    NODES,
    POOL,
    category="autoscaling",
    severity="medium",
    reference=f"{EKS}/userguide/autoscaling.html",
    fix="Set the maximum of the group above its minimum.",
)
def cluster_nodes_have_room(nodes: Resource) -> Iterator[str]:
    """A group of nodes that serves has room to grow.

    Pods that a scaler adds need nodes. Where the maximum is what runs already they stay pending, and the scaler of the
    pods looks as if it worked. It is advice: Karpenter and node auto provisioning add nodes of their own.
    """
    least = nodes.number("scalingConfig.minSize") or nodes.number("minCount") or 0
    most = nodes.number("scalingConfig.maxSize") or nodes.number("maxCount")
    if most is not None and most <= least:
        yield f"the maximum of the nodes is {most:g} and the minimum {least:g}, wanted a maximum above it"


@rule(
    NODES,
    category="autoscaling",
    severity="medium",
    reference="https://www.pulumi.com/registry/packages/aws/api-docs/eks/nodegroup/#ignoring-changes-to-desired-size",
    fix='Add "scalingConfig.desiredSize" to ignore_changes.',
)
def cluster_nodes_leave_count_to_scaling(nodes: Resource) -> Iterator[str]:
    """A deployment does not set the number of nodes back.

    The cluster's scaler moves the desired size. A program that names it sends its own number with the next change of
    the group, and nodes with running pods go. It is advice, as the engine sends it only then
    (github.com/pulumi/pulumi-eks/issues/321).
    """
    left = any(path.startswith("scalingConfig") for path in nodes.ignores)
    wanted, least = nodes.number("scalingConfig.desiredSize"), nodes.number("scalingConfig.minSize")
    if not left and wanted != least:
        yield f"desiredSize is {wanted or 0:g} and ignoreChanges has no scalingConfig.desiredSize, wanted it there"


@rule(
    CLUSTER,
    category="availability",
    severity="critical",
    reference=f"{EKS}/userguide/cluster-endpoint.html",
    fix="Set endpoint_private_access, or add the addresses that the nodes go out by to public_access_cidrs.",
)
def cluster_lets_its_nodes_in(cluster: Resource) -> Iterator[str]:
    """The nodes of a cluster reach its API server.

    Nodes ask it which pods to run. Where the public endpoint answers a few addresses and there is no private one, nodes
    that are not among them never join, and those that are there are lost when they next ask.
    """
    allowed = cluster.texts("vpcConfig.publicAccessCidrs")
    if allowed and "0.0.0.0/0" not in allowed and not cluster.flag("vpcConfig.endpointPrivateAccess"):
        yield "publicAccessCidrs names some addresses and endpointPrivateAccess is not true, wanted it true"


@rule(
    NODES,
    category="availability",
    severity="high",
    reference=f"{EKS}/userguide/network-reqs.html#network-requirements-subnets",
    fix="Give the node group larger subnets, /24 or more.",
)
def cluster_nodes_have_addresses(nodes: Resource, stack: Stack) -> Iterator[str]:
    """Pods find addresses in the subnets of their nodes.

    The network plugin takes an address of the subnet for each pod. In a small one pods wait for an address while
    processors stand idle, and no node that is added helps
    (neon.com/blog/aws-cni-lessons-from-a-production-outage).
    """
    for subnet in stack.follow(nodes, "subnetIds", SUBNET):
        block = subnet.text_if_known("cidrBlock")
        free = ip_network(block, strict=False).num_addresses - RESERVED if block else LEAST_ADDRESSES
        if free < LEAST_ADDRESSES:
            yield f"{subnet} has {free} addresses, wanted {LEAST_ADDRESSES} or more"


@rule(
    AKS,
    category="availability",
    severity="high",
    reference="https://learn.microsoft.com/en-us/azure/aks/configure-load-balancer-standard#configure-the-allocated-outbound-ports",
    fix="Add outbound addresses (count of managed_outbound_ips), or lower allocated_outbound_ports.",
)
def azure_cluster_has_outbound_ports(cluster: Resource, stack: Stack) -> Iterator[str]:
    """The outbound addresses of a cluster have ports for all its nodes.

    An address has 64000. Where ports for each node times nodes is more, Azure refuses the nodes that are too many: they
    are missing when the load is highest. How many addresses a prefix has is not in the program: nothing is said of it.
    """
    if cluster.has("networkProfile.loadBalancerProfile.outboundIPPrefixes"):
        return
    ports = cluster.number("networkProfile.loadBalancerProfile.allocatedOutboundPorts") or 0
    own = cluster.count("networkProfile.loadBalancerProfile.outboundIPs.publicIPs")
    addresses = own or cluster.number("networkProfile.loadBalancerProfile.managedOutboundIPs.count") or 1
    pools = [*_pools(cluster), *stack.referring(cluster, POOL, "resourceName")]
    nodes = sum(pool.number("maxCount") or pool.number("count") or 0 for pool in pools)
    if ports * nodes > addresses * PORTS_OF_AN_ADDRESS:
        yield f"{ports:g} ports for each of {nodes:g} nodes and {addresses:g} addresses of 64000, wanted enough of them"


@rule(
    CLUSTER,
    category="availability",
    severity="critical",
    reference=f"{EKS}/userguide/managing-vpc-cni.html",
    fix="Add an Addon for vpc-cni, or leave bootstrap_self_managed_addons out.",
)
def cluster_has_a_network_plugin(cluster: Resource, stack: Stack) -> Iterator[str]:
    """A cluster that starts without add-ons is given the network plugin.

    Without one no node becomes ready and no pod gets an address. It is advice: Helm or another stack may install it.
    """
    named = [each.text("addonName") for each in stack.referring(cluster, ADDON, "clusterName")]
    bare = cluster.flag("bootstrapSelfManagedAddons") is False and not cluster.flag("computeConfig.enabled")
    if bare and "vpc-cni" not in named:
        yield "bootstrapSelfManagedAddons is false and no Addon is vpc-cni, wanted it"
