"""Ways through a network: what is public reaches the internet, what pulls images finds a way out, answers come back."""

from __future__ import annotations

from collections.abc import Iterator

from ..properties import Properties
from ..resources import SUBNET, Resource, Stack
from ..rule import rule
from ..serving import FUNCTION, SERVICE
from ..serving import GROUP as TARGET_GROUP
from .load_balancer import BALANCER, LISTENER
from .network import GROUP, GROUP_RULE, INTERFACE, NAT, port_ranges

ROUTE, TABLE = "aws:ec2/route:Route", "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
OF_ENDPOINT = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ACL, ACL_RULE = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclRule:NetworkAclRule"
VPC_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"
BY_ROUTE = (".s3", ".dynamodb")  # services that gateway endpoints are for
ANYWHERE = ("0.0.0.0/0", "::/0")
TO_INTERNET = "gatewayId"
GATEWAYS = (
    TO_INTERNET,
    "natGatewayId",
    "transitGatewayId",
    "networkInterfaceId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
    "egressOnlyGatewayId",
    "coreNetworkArn",
)
SUBNETS_OF = {
    SERVICE: ("networkConfiguration",),
    FUNCTION: ("vpcConfig",),
    BALANCER: ("subnets", "subnetMappings"),
    NAT: ("subnetId",),
}
# the ports that Linux clients choose for themselves: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
EPHEMERAL = (32768, 60999)


def list_subnets(resource: Resource, stack: Stack) -> list[Resource]:
    """The subnets of the program that a resource lies in: those that it names, not all of a component's."""
    paths = SUBNETS_OF[resource.type]
    followed = [(path, subnet) for path in paths for subnet in stack.follow(resource, path, SUBNET)]
    return [subnet for path, subnet in followed if subnet.urn in resource.list_sources(path)]


def list_tables(subnet: Resource, stack: Stack) -> list[Resource]:
    """The route tables that the program gives a subnet."""
    given = stack.referring(subnet, ASSOCIATION, "subnetId")
    return [table for each in given for table in stack.follow(each, "routeTableId", TABLE)]


def find_ways_out(subnet: Resource, stack: Stack) -> set[str] | None:
    """The kinds of gateways that a subnet's default routes lead to; None where the program gives it no table."""
    tables = list_tables(subnet, stack)
    routes = [(each, "cidrBlock") for table in tables for each in table.children("routes")]
    routes += [(r, "destinationCidrBlock") for table in tables for r in stack.referring(table, ROUTE, "routeTableId")]
    default = [route for route, path in routes if route.text(path) in (*ANYWHERE, None)]
    return {kind for route in default for kind in GATEWAYS if route.has(kind)} if tables else None


@rule(
    NAT,
    BALANCER,
    category="availability",
    severity="critical",
    reference=f"{VPC_GUIDE}/nat-gateway-troubleshooting.html",
    fix="Put it into subnets whose route table leads 0.0.0.0/0 to the internet gateway.",
)
def network_public_parts_reach_the_internet(part: Resource, stack: Stack) -> Iterator[str]:
    """A NAT gateway and a public load balancer lie in subnets that lead to the internet.

    A NAT gateway in a private subnet is there and passes nothing on. A public load balancer in one answers callers from
    its other zones alone, or nobody (repost.aws/knowledge-center/elb-troubleshoot-unable-to-connect).
    """
    if part.text("connectivityType") == "private" or part.flag("internal"):
        return
    for subnet in list_subnets(part, stack):
        ways = find_ways_out(subnet, stack)
        if ways is not None and TO_INTERNET not in ways:
            yield f"the route table of {subnet} has no route to an internet gateway, wanted one"


@rule(
    SERVICE,
    FUNCTION,
    category="availability",
    severity="high",
    reference=f"{VPC_GUIDE}/configure-subnets.html#subnet-types",
    fix="Lead the subnet's 0.0.0.0/0 to a NAT gateway; tasks of Fargate may have public addresses instead.",
)
def network_lets_workloads_out(workload: Resource, stack: Stack) -> Iterator[str]:
    """Each zone's tasks and functions find the way out that the others have.

    Tasks that cannot reach the registry are started and stopped for ever (ResourceInitializationError), in that zone
    alone. An internet gateway is no way out for what has no public address: a function never has one, a task only with
    assign_public_ip (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html). Judged where no endpoint of
    the network takes the place of a way out.
    """
    ways = {subnet.name: find_ways_out(subnet, stack) for subnet in list_subnets(workload, stack)}
    for name, found in ways.items() if not stack.of(INTERFACE) else ():
        if found == {TO_INTERNET} and not workload.flag("networkConfiguration.assignPublicIp"):
            yield f"the subnet {name} leads to an internet gateway and there is no public address, wanted a NAT gateway"
        if found == set() and any(ways.values()):
            yield f"the route table of the subnet {name} has no default route and others have, wanted one"


@rule(
    ROUTE,
    category="availability",
    severity="medium",
    reference=f"{VPC_GUIDE}/nat-gateway-basics.html",
    fix="Lead each zone's table to the NAT gateway of that zone.",
)
def network_zones_use_their_own_gateway(route: Resource, stack: Stack) -> Iterator[str]:
    """The subnets of a zone go out through that zone's NAT gateway, where it has one.

    Otherwise the second gateway is paid for and does nothing: when the first one's zone fails, the tasks of the healthy
    zones can neither pull images nor reach what they call.
    """
    tables = stack.follow(route, "routeTableId", TABLE)
    given = [each for table in tables for each in stack.referring(table, ASSOCIATION, "routeTableId")]
    here = {zone for each in given for zone in _zones(stack.follow(each, "subnetId", SUBNET))}
    for nat in stack.follow(route, "natGatewayId", NAT):
        there = _zones(list_subnets(nat, stack))
        others = {zone for each in stack.of(NAT) for zone in _zones(list_subnets(each, stack))} - there
        if there and here and here <= others:
            yield f"{nat} is in {', '.join(sorted(there))}, wanted the one in {', '.join(sorted(here))}"


def _zones(subnets: list[Resource]) -> set[str]:
    return {zone for subnet in subnets if (zone := subnet.text("availabilityZone"))}


@rule(
    INTERFACE,
    category="availability",
    severity="high",
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    fix="Give a gateway endpoint route tables; give an interface endpoint private DNS and a group that opens 443.",
)
def network_endpoint_is_reached(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """An endpoint of a network is on the way of those who need it.

    A gateway endpoint in no route table, an interface endpoint whose name resolves to the public address, or one whose
    security groups do not open 443: each is there, and tasks wait for their image until they are stopped. It is advice,
    because a zone of one's own may resolve the names.
    """
    service, kind = endpoint.text_if_known("serviceName") or "", endpoint.text("vpcEndpointType")
    if kind in (None, "Gateway") and service.endswith(BY_ROUTE):
        routed = not endpoint.known("routeTableIds") or endpoint.count("routeTableIds")
        if not routed and not stack.referring(endpoint, OF_ENDPOINT, "vpcEndpointId"):
            yield "routeTableIds is empty, wanted the tables of the subnets that use it"
    named = service.startswith("com.amazonaws.") and not service.endswith(BY_ROUTE)
    if kind == "Interface" and named and not endpoint.flag("privateDnsEnabled"):
        yield f"privateDnsEnabled is {endpoint.show('privateDnsEnabled')}, wanted true"
    groups = stack.follow(endpoint, "securityGroupIds", GROUP)
    opened = [ports for group in groups for ports in port_ranges(group, stack)]
    if opened and not any(low <= 443 <= high for low, high in opened):
        yield "no security group of this endpoint opens port 443, wanted it open to its callers"


@rule(
    ACL,
    category="availability",
    severity="critical",
    reference=f"{VPC_GUIDE}/custom-network-acl.html",
    fix="Allow the ephemeral ports 32768-60999 (or 1024-65535) in egress, and in ingress for what is asked outside.",
)
def network_acl_lets_answers_through(acl: Resource, stack: Stack) -> Iterator[str]:
    """A network ACL lets answers through as well as requests.

    An ACL remembers no connection. Whoever is let in at 443 is answered at a port that the caller's machine chose:
    where egress does not allow these, each request arrives and no answer leaves.
    """
    beside = stack.referring(acl, ACL_RULE, "networkAclId")
    for way, back, outward in (("ingress", "egress", True), ("egress", "ingress", False)):
        asked = [*acl.children(way), *(each for each in beside if bool(each.flag("egress")) is not outward)]
        answers = [*acl.children(back), *(each for each in beside if bool(each.flag("egress")) is outward)]
        if any(_allows(each) for each in asked) and not any(_allows(each) and _is_ephemeral(each) for each in answers):
            yield f"{back} allows no ports {EPHEMERAL[0]}-{EPHEMERAL[1]} and {way} lets requests through, wanted them"


def _allows(entry: Properties) -> bool:
    return "allow" in (entry.text("action"), entry.text("ruleAction"))


def _is_ephemeral(entry: Properties) -> bool:
    """Whether an entry covers the ports that callers choose."""
    low, high = entry.number("fromPort"), entry.number("toPort")
    if entry.text("protocol") in ("-1", "all") or low is None or high is None:
        return True
    return low <= EPHEMERAL[0] and high >= EPHEMERAL[1]


@rule(
    SERVICE,
    category="availability",
    severity="critical",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
    fix="Let the load balancer's security group out at the container's port and at that of the health check.",
)
def load_balancer_reaches_its_targets(service: Resource, stack: Stack) -> Iterator[str]:
    """The security groups of a load balancer let it out to its targets.

    Where their egress names other ports alone every health check fails, although the targets open the right one. A
    group without egress in the program may have it elsewhere.
    """
    groups = stack.follow(service, "loadBalancers", TARGET_GROUP)
    listeners = [each for group in groups for each in stack.referring(group, LISTENER, "defaultActions")]
    balancers = {each.urn: each for one in listeners for each in stack.follow(one, "loadBalancerArn", BALANCER)}
    for balancer in balancers.values():
        opened = [p for group in stack.follow(balancer, "securityGroups", GROUP) for p in _ranges_out(group, stack)]
        for entry in service.children("loadBalancers"):
            port = entry.number("containerPort") or 0
            if opened and not any(low <= port <= high for low, high in opened):
                yield f"no security group of {balancer} lets it out at port {port:g}, wanted it open to the targets"


def _ranges_out(group: Resource, stack: Stack) -> Iterator[tuple[float, float]]:
    """The ports at which a security group lets something out."""
    beside = [each for each in stack.referring(group, GROUP_RULE, "securityGroupId") if each.text("type") == "egress"]
    for each in (*group.children("egress"), *beside, *stack.referring(group, EGRESS, "securityGroupId")):
        every = "-1" in (each.text("protocol"), each.text("ipProtocol"))
        low, high = each.number("fromPort"), each.number("toPort")
        yield (0, 65535) if every or low is None or high is None else (low, high)
