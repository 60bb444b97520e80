"""Networks: what can be reached from outside, and what survives the loss of a zone."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability, hygiene, security
from ..security_groups import GROUP, GROUP_RULE, INGRESS, INTERFACE, blocks_of_lists, has_rules, list_ways
from ..serving import GROUP as TARGETS
from ..serving import SERVICE, something_serves
from .load_balancer import BALANCER, LISTENER

VPC = "aws:ec2/vpc:Vpc"
NAT = "aws:ec2/natGateway:NatGateway"
WAYS_OUT = (NAT, "aws:ec2/internetGateway:InternetGateway", "aws:ec2transitgateway/vpcAttachment:VpcAttachment")
REGISTRY = {"ecr.api", "ecr.dkr"}
SUBNET = "aws:ec2/subnet:Subnet"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html"
ICMP = ("icmp", "icmpv6", "1", "58")  # its "ports" are kinds of messages, which networks need from everybody
WIDEST = {4: 7, 6: 15}  # bits: shorter prefixes than a /8 belong to nobody; two halves are the world as well


@security.critical(
    GROUP,
    reference=f"{HUB}#ec2-18",
    fix="Open port 443 (and 80 for the redirect) alone, or name the security group that may call.",
)
def network_group_is_not_open(group: Resource, stack: Stack) -> Iterator[str]:
    """A security group opens no ports to the world except the web's.

    An open port is found within minutes. Serving containers have debug ports, metrics and admin pages that were
    never meant for callers. A prefix list of the program counts as the blocks in it. (The port of targets to which a
    network load balancer hands on its callers' own addresses must be open to these.)
    """
    for ingress in group.children("ingress"):
        sources = set(ingress.texts("cidrBlocks") + ingress.texts("ipv6CidrBlocks"))
        sources |= blocks_of_lists(ingress, group, "ingress", stack)
        yield from _open_ports(ingress, "protocol", sources, _ports_of_callers(stack))


@security.critical(
    GROUP_RULE,
    INGRESS,
    reference=f"{HUB}#ec2-18",
    fix="Open port 443 (and 80 for the redirect) alone, or name the security group that may call.",
)
def network_rule_is_not_open(ingress: Resource, stack: Stack) -> Iterator[str]:
    """A security group's rule opens no ports to the world except the web's.

    A rule that is a resource of its own opens as much as one inside the group, and is easier to miss in a review. A
    prefix list of the program counts as the blocks in it.
    """
    listed = blocks_of_lists(ingress, ingress, "", stack)
    if ingress.type == GROUP_RULE:
        if ingress.text("type") == "ingress":
            sources = {*ingress.texts("cidrBlocks"), *ingress.texts("ipv6CidrBlocks"), *listed}
            yield from _open_ports(ingress, "protocol", sources, _ports_of_callers(stack))
    else:
        sources = {ingress.text("cidrIpv4") or "", ingress.text("cidrIpv6") or "", *listed}
        yield from _open_ports(ingress, "ipProtocol", sources, _ports_of_callers(stack))


def _ports_of_callers(stack: Stack) -> set[float]:
    """The ports of targets that a network load balancer of the internet hands its callers' own addresses.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html#target-security-groups
    """

    def find() -> set[float]:
        groups = [group for balancer in stack.of(BALANCER) for group in groups_with_callers(balancer, stack)]
        return {port for group in groups for port in ports_of(group, stack)}

    return stack.remember("ports of callers", find)


def groups_with_callers(balancer: Resource, stack: Stack) -> list[Resource]:
    """The target groups of a public network load balancer whose targets see the callers' addresses."""
    if balancer.text("loadBalancerType") != "network" or balancer.flag("internal"):
        return []
    listeners = stack.referring(balancer, LISTENER, "loadBalancerArn")
    groups = [group for listener in listeners for group in stack.follow(listener, "defaultActions", TARGETS)]
    return [group for group in groups if _keeps_callers(group)]


def _keeps_callers(group: Resource) -> bool:
    """Whether a group keeps callers' addresses: by default for instances and UDP, and not for addresses over TCP."""
    default = group.text("targetType") in (None, "instance") or "UDP" in str(group.text("protocol"))
    kept = group.text("preserveClientIp") if group.known("preserveClientIp") else None
    return kept == "true" if kept else default


def ports_of(group: Resource, stack: Stack) -> set[float]:
    """The ports at which the targets of a group listen: its own, and those of the containers of services."""
    services = stack.referring(group, SERVICE, "loadBalancers")
    listed = [entry.number("containerPort") for service in services for entry in service.children("loadBalancers")]
    return {port for port in (group.number("port"), *listed) if port is not None}


def _open_ports(ingress: Properties, protocol: str, sources: set[str], meant: set[float]) -> Iterator[str]:
    world = ", ".join(sorted(source for source in sources if is_world(source)))
    if not world:
        return
    low, high = ingress.number("fromPort"), ingress.number("toPort")
    kind = (ingress.text(protocol) or "").casefold()
    if kind in ("-1", "all"):
        yield f"every protocol is open to {world}, wanted 443 or 80 alone"
    elif kind not in ICMP and (low != high or low not in {80, 443, *meant}):
        first, last = ingress.show("fromPort"), ingress.show("toPort")
        ports = f"port {first} is" if first == last else f"ports {first} to {last} are"
        yield f"{ports} open to {world}, wanted 443 or 80 alone"


def is_world(source: str) -> bool:
    """Whether a block of addresses is open to everybody: 0.0.0.0/0, or 0.0.0.0/1, two of which cover everything."""
    try:
        network = ip_network(source, strict=False)
    except ValueError:
        return False
    return network.prefixlen <= WIDEST[network.version]


@availability.medium(
    VPC,
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
    fix="Give each zone its NAT gateway (awsx strategy OnePerAz), or reach services through endpoints.",
    config_key="network.nat",
)
def network_has_no_single_nat(vpc: Resource, stack: Stack) -> Iterator[str]:
    """A network's private subnets do not depend on a single NAT gateway.

    A zonal NAT gateway runs in one zone. When that zone fails, instances in the other zones can neither pull images
    nor reach the services that they call. (Left out are regional NAT gateways, which span the zones, and networks
    where nothing serves.)
    """
    if not something_serves(stack):
        return
    subnets = stack.referring(vpc, SUBNET, "vpcId")
    nats = [nat for subnet in subnets for nat in stack.referring(subnet, NAT, "subnetId")]
    inside = {nat.urn: nat.name for nat in nats if nat.text("availabilityMode") != "regional"}
    if len(inside) == 1:
        yield f"the network has 1 NAT gateway ({', '.join(inside.values())}), wanted one in each zone, or none"


@hygiene.medium(
    VPC,
    reference=f"{HUB}#ec2-6",
    fix="Add a flow log for the VPC.",
)
def network_has_flow_logs(vpc: Resource, stack: Stack) -> Iterator[str]:
    """A network has flow logs, also of what is rejected.

    Flow logs show what a compromised container reached, and what it tried. They cannot be made afterwards.
    """
    logs = stack.referring(vpc, FLOW_LOG, "vpcId")
    if not logs:
        yield "no flow log refers to this VPC, wanted one"
    elif all(log.text("trafficType") == "ACCEPT" for log in logs):
        yield 'trafficType of its flow logs is "ACCEPT", wanted "REJECT" or "ALL"'


@availability.critical(
    SERVICE,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html#target-security-groups",
    fix="Let the load balancer's security group in at the container's port.",
)
def network_lets_the_load_balancer_in(service: Resource, stack: Stack) -> Iterator[str]:
    """A service's security groups let its load balancer in at the container's port.

    If they do not, no health check arrives: each task is called dead and stopped, forever. (A group without any rule
    in the program is left out, because its rules may be elsewhere, and so is one that only lets out where the target
    group is another stack's.)
    """
    path = "networkConfiguration.securityGroups"
    groups = stack.follow(service, path, GROUP)
    elsewhere = service.known(path) and service.count(path) > len(groups)
    opened = [way for group in groups for way in list_ways(group, stack, outward=False)]
    beside = stack.follow(service, "loadBalancers", TARGETS)
    said = opened or (beside and groups and all(has_rules(group, stack) for group in groups))
    for entry in service.children("loadBalancers") if said and not elsewhere else ():
        port = entry.number("containerPort")
        if port is not None and not any(way.covers(port) for way in opened):
            yield f"no security group of this service opens port {port:g}, wanted it open to the load balancer"


@availability.critical(
    LISTENER,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
    fix="Let callers in at the listener's port in a security group of the load balancer.",
)
def load_balancer_lets_callers_in(listener: Resource, stack: Stack) -> Iterator[str]:
    """A load balancer's security groups let callers in at each listener's port.

    If they only open other ports, no request arrives, although every health check is green. (Left out are listeners
    that only redirect, and groups without any rule in the program, whose rules may be elsewhere.)
    """
    port, path = listener.number("port"), "securityGroups"
    redirects = {action.text("type") for action in listener.children("defaultActions")} == {"redirect"}
    for balancer in stack.follow(listener, "loadBalancerArn", BALANCER) if not redirects else ():
        groups = stack.follow(balancer, path, GROUP)
        elsewhere = balancer.known(path) and balancer.count(path) > len(groups)
        opened = [way for group in groups for way in list_ways(group, stack, outward=False)]
        if opened and not elsewhere and port is not None and not any(way.covers(port) for way in opened):
            yield f"no security group of {balancer} opens port {port:g}, wanted it open to its callers"


@availability.high(
    VPC,
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    fix="Add a gateway endpoint for S3 to the network.",
)
def network_reaches_s3_for_images(vpc: Resource, stack: Stack) -> Iterator[str]:
    """A network with endpoints for the registry has both of them, and one for S3.

    A task gets its token from ecr.api, the manifest from ecr.dkr and the layers from S3. Without one of the three, and
    without a way out, it waits until it is stopped. It is advice, because another stack may have the way out.
    """
    names = [interface.text_if_known("serviceName") or "" for interface in stack.referring(vpc, INTERFACE, "vpcId")]
    ends = {".".join(name.split(".")[3:]) for name in names}  # com.amazonaws.<region>.<service>
    if "ecr.dkr" in ends and "s3" not in ends and not stack.of(*WAYS_OUT):
        yield "the endpoints have ecr.dkr and no s3, wanted one for S3"
    there = sorted(REGISTRY & ends)
    if len(there) == 1 and not stack.of(*WAYS_OUT):
        yield f"the endpoints have {there[0]} alone, wanted {' and '.join(sorted(REGISTRY))}"
