"""Networks of Kubernetes clusters, of EKS and AKS: the way to the API server, addresses, ports, and the plugin."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from ..properties import Properties
from ..resources import SUBNET, Resource, Stack
from ..rule import availability, security
from .kubernetes_nodes import AKS, CLUSTER, EKS, NODES, POOL, pools_of

ADDON = "aws:eks/addon:Addon"
WAYS_OUT = ("aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway")
SECONDARY = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
INSTALLERS = ("kubernetes:", "command:")  # providers by which a program puts things into a cluster
LEAST_ADDRESSES = 32
RESERVED = 5  # https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html; Azure takes as many
PODS_OF_A_NODE = 30  # by default: https://azure.github.io/PSRule.Rules.Azure/en/rules/Azure.AKS.NodeMinPods/
AZURE_SUBNET = "azure-native:network:Subnet"
PORTS_OF_AN_ADDRESS = 64_000


@availability.high(
    CLUSTER,
    reference=f"{EKS}/userguide/cluster-endpoint.html",
    fix="Set endpoint_private_access, or add the addresses that the nodes go out by to public_access_cidrs.",
)
def cluster_nodes_reach_the_api_server(cluster: Resource, stack: Stack) -> Iterator[str]:
    """The nodes of a cluster reach its API server.

    Nodes ask it which pods to run. Where the public endpoint answers a few addresses and there is no private one, nodes
    that are not among them never join, and those that are there are lost when they next ask. It is advice: these may
    be the addresses that the nodes go out by. (Where they come from a NAT gateway or its address, they are.)
    """
    if stack.follow(cluster, "vpcConfig", *WAYS_OUT):
        return
    allowed = cluster.texts("vpcConfig.publicAccessCidrs")
    if allowed and "0.0.0.0/0" not in allowed and not cluster.flag("vpcConfig.endpointPrivateAccess"):
        yield "publicAccessCidrs names some addresses and endpointPrivateAccess is not true, wanted it true"


@availability.medium(
    NODES,
    AKS,
    POOL,
    reference=f"{EKS}/userguide/network-reqs.html#network-requirements-subnets",
    fix="Give the nodes larger subnets, /24 or more; on Azure use the overlay, or a subnet of their own for pods.",
)
def cluster_subnets_have_addresses_for_pods(nodes: Resource, stack: Stack) -> Iterator[str]:
    """Pods find addresses in the subnets of their nodes.

    The network plugin takes an address of the subnet for each pod. In a small one pods wait for an address while
    processors stand idle, and no node that is added helps
    (neon.com/blog/aws-cni-lessons-from-a-production-outage). Subnets with IPv6 are left out, and networks with a second
    block of addresses, which is where pods get theirs then. Azure's plugin without overlay reserves addresses for all
    pods that a node may run: in a subnet without these for every node, and for one that an upgrade adds, a pool never
    reaches its maximum (learn.microsoft.com/en-us/azure/aks/concepts-network-ip-address-planning).
    """
    yield from (_find_short_groups if nodes.type == NODES else _find_short_pools)(nodes, stack)


def _find_short_groups(nodes: Resource, stack: Stack) -> Iterator[str]:
    """Subnets of a node group that have few addresses."""
    roomy = bool(stack.of(SECONDARY))
    for subnet in stack.follow(nodes, "subnetIds", SUBNET):
        block = subnet.text_if_known("cidrBlock")
        free = ip_network(block, strict=False).num_addresses - RESERVED if block else LEAST_ADDRESSES
        if free < LEAST_ADDRESSES and not roomy and not subnet.has("ipv6CidrBlock"):
            yield f"{subnet} has {free} addresses, wanted {LEAST_ADDRESSES} or more"


def _find_short_pools(nodes: Resource, stack: Stack) -> Iterator[str]:
    """Pools of AKS whose subnet has fewer addresses than their nodes and pods take."""
    clusters = [nodes] if nodes.type == AKS else stack.follow(nodes, "resourceName", AKS)
    flat = [cluster for cluster in clusters if _is_flat(cluster)]
    for pool in pools_of(nodes) if flat else ():
        most = pool.number("maxCount") if pool.flag("enableAutoScaling") else pool.number("count")
        wanted = ((most or 0) + 1) * ((pool.number("maxPods") or PODS_OF_A_NODE) + 1)
        for subnet in () if pool.has("podSubnetID") else _subnets_of(pool, nodes, stack):
            free = _count_free(subnet)
            if free is not None and free < wanted:
                yield f"{subnet} has {free} addresses, wanted {wanted:g} for the pool {pool.show('name')}"


def _is_flat(cluster: Resource) -> bool:
    """Whether pods get addresses of the network."""
    mode = (cluster.text("networkProfile.networkPluginMode") or "").casefold()
    return cluster.text("networkProfile.networkPlugin") == "azure" and mode != "overlay"


def _subnets_of(pool: Properties, nodes: Resource, stack: Stack) -> list[Resource]:
    """The subnet of a pool; of pools within a cluster, where it is known or the only one."""
    if nodes.type == POOL:
        return stack.follow(nodes, "vnetSubnetID", AZURE_SUBNET)
    if pool.has("vnetSubnetID") and not pool.known("vnetSubnetID"):
        linked = stack.follow(nodes, "agentPoolProfiles", AZURE_SUBNET)
        return linked if len(linked) == 1 else []
    named = pool.text("vnetSubnetID")
    return [subnet for subnet in stack.of(AZURE_SUBNET) if named and subnet.text_if_known("id") == named]


def _count_free(subnet: Resource) -> int | None:
    """The IPv4 addresses of a subnet of Azure; None where they are not known."""
    single = subnet.text_if_known("addressPrefix")
    blocks = [single] if single else subnet.texts("addressPrefixes") if subnet.known("addressPrefixes") else []
    networks = [ip_network(block, strict=False) for block in blocks]
    return sum(network.num_addresses - RESERVED for network in networks if network.version == 4) or None


@availability.high(
    AKS,
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
    pools = [*pools_of(cluster), *stack.referring(cluster, POOL, "resourceName")]
    nodes = sum(pool.number("maxCount") or pool.number("count") or 0 for pool in pools)
    if ports * nodes > addresses * PORTS_OF_AN_ADDRESS:
        yield f"{ports:g} ports for each of {nodes:g} nodes and {addresses:g} addresses of 64000, wanted enough of them"


@availability.critical(
    CLUSTER,
    reference=f"{EKS}/userguide/managing-vpc-cni.html",
    fix="Add an Addon for vpc-cni, or leave bootstrap_self_managed_addons out.",
)
def cluster_has_a_network_plugin(cluster: Resource, stack: Stack) -> Iterator[str]:
    """A cluster that starts without add-ons is given the network plugin.

    Without one no node becomes ready, and EKS gives up on the node group. Judged where the program makes a node group,
    and installs nothing itself by Kubernetes or a command.
    """
    named = [addon.text("addonName") for addon in stack.referring(cluster, ADDON, "clusterName")]
    bare = cluster.flag("bootstrapSelfManagedAddons") is False and not cluster.flag("computeConfig.enabled")
    alone = not any(resource.type.startswith(INSTALLERS) for resource in stack.resources)
    if bare and alone and stack.referring(cluster, NODES, "clusterName") and "vpc-cni" not in named:
        yield "bootstrapSelfManagedAddons is false and no Addon is vpc-cni, wanted it"


@security.high(
    CLUSTER,
    AKS,
    NODES,
    reference=f"{EKS}/userguide/cluster-endpoint.html",
    fix="Make the API server private, or name the addresses that may reach it; name source_security_groups for SSH.",
)
def cluster_is_not_open_to_the_internet(cluster: Resource) -> Iterator[str]:
    """A cluster's API server, and SSH on its nodes, are not open to the whole internet.

    Whoever reaches the API server needs one stolen token or one flaw in it, and has every model and secret of the
    cluster. Nodes with an SSH key and no source group take connections from everywhere. (A public server that names the
    addresses which may reach it is right.) It is advice: tokens are still asked for.
    """
    yield from OPENINGS[cluster.type](cluster)


def _find_ssh(nodes: Resource) -> Iterator[str]:
    if nodes.has("remoteAccess.ec2SshKey") and not nodes.count("remoteAccess.sourceSecurityGroupIds"):
        yield "remoteAccess has an SSH key and no sourceSecurityGroupIds, wanted the groups that may connect"


def _find_open_aks(cluster: Resource) -> Iterator[str]:
    server = cluster.child("apiServerAccessProfile")
    if not server.flag("enablePrivateCluster") and not server.count("authorizedIPRanges"):
        yield "apiServerAccessProfile is neither private nor has authorizedIPRanges, wanted one of them"


def _find_open_eks(cluster: Resource) -> Iterator[str]:
    ranges = cluster.texts("vpcConfig.publicAccessCidrs") or ["0.0.0.0/0"]
    if cluster.flag("vpcConfig.endpointPublicAccess") is not False and "0.0.0.0/0" in ranges:
        yield "vpcConfig opens the API server to 0.0.0.0/0, wanted it private, or publicAccessCidrs"


OPENINGS = {NODES: _find_ssh, AKS: _find_open_aks, CLUSTER: _find_open_eks}
