"""Ways through a network: what is public reaches the internet, what pulls images finds a way out or an endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from ..properties import Properties
from ..resources import SUBNET, Resource, Stack
from ..rule import availability
from ..sagemaker_modes import MODEL
from ..security_groups import GROUP, INTERFACE, list_ways
from ..serving import FUNCTION, SERVICE
from .load_balancer import BALANCER
from .network import NAT, VPC

ROUTE, TABLE = "aws:ec2/route:Route", "aws:ec2/routeTable:RouteTable"
ENDS = {ROUTE: "natGatewayId", TABLE: "routes"}
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
OF_ENDPOINT = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
IN_SUBNET = "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation"
VPC_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"
BY_ROUTE = (".s3", ".dynamodb")  # services that gateway endpoints are for
NAMED_ELSEWHERE = (*BY_ROUTE, ".execute-api")  # private DNS of the latter hides every public API from the network
ANYWHERE = ("0.0.0.0/0", "::/0")
VPN, ZONE = "aws:ec2/vpnGateway:VpnGateway", "aws:route53/zone:Zone"
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
# the internet gateway, or a firewall before it: https://docs.aws.amazon.com/network-firewall/latest/developerguide/arch-igw-ngw.html
OUTWARD = {TO_INTERNET, "vpcEndpointId", "networkInterfaceId"}
SUBNETS_OF = {
    SERVICE: ("networkConfiguration",),
    FUNCTION: ("vpcConfig",),
    MODEL: ("vpcConfig",),
    BALANCER: ("subnets", "subnetMappings"),
    NAT: ("subnetId",),
}


def list_subnets(resource: Resource, stack: Stack) -> list[Resource]:
    """The subnets of the program that a resource lies in: those that it names, not all of a component's."""
    paths = SUBNETS_OF[resource.type]
    followed = [(path, subnet) for path in paths for subnet in stack.follow(resource, path, SUBNET)]
    return [subnet for path, subnet in followed if subnet.urn in resource.list_sources(path)]


def list_tables(subnet: Resource, stack: Stack) -> list[Resource]:
    """The route tables that the program gives a subnet."""
    given = stack.referring(subnet, ASSOCIATION, "subnetId")
    return [table for association in given for table in stack.follow(association, "routeTableId", TABLE)]


def find_ways_out(subnet: Resource, stack: Stack) -> set[str] | None:
    """The kinds of gateways that a subnet's default routes lead to; None where the program gives it no table."""
    tables = list_tables(subnet, stack)
    routes = [(route, "cidrBlock") for table in tables for route in table.children("routes")]
    beside = [route for table in tables for route in stack.referring(table, ROUTE, "routeTableId")]
    routes += [(route.declared, "destinationCidrBlock") for route in beside]  # a provider fills in further ends
    default = [route for route, path in routes if route.text(path) in (*ANYWHERE, None)]
    return {kind for route in default for kind in _list_kinds(route)} if tables else None


def _list_kinds(route: Properties) -> set[str]:
    """What a route leads to; a VPN's gateway is named by the same property as the internet's."""
    kinds = {kind for kind in GATEWAYS if route.has(kind)}
    private = route.known(TO_INTERNET) and (route.text(TO_INTERNET) or "").startswith("vgw-")
    return kinds - {TO_INTERNET} | {"vpnGatewayId"} if private else kinds


@availability.critical(
    NAT,
    BALANCER,
    reference=f"{VPC_GUIDE}/nat-gateway-troubleshooting.html",
    fix="Put it into subnets whose route table leads 0.0.0.0/0 to the internet gateway, or to a firewall before it.",
)
def network_public_subnets_route_to_the_internet(part: Resource, stack: Stack) -> Iterator[str]:
    """A NAT gateway and a public load balancer lie in subnets that lead to the internet.

    A NAT gateway in a private subnet is there and passes nothing on. A public load balancer in one answers callers from
    its other zones alone, or nobody (repost.aws/knowledge-center/elb-troubleshoot-unable-to-connect).
    """
    inside = part.text("connectivityType") == "private" or part.flag("internal")
    if inside or part.text("loadBalancerType") == "gateway":
        return
    for subnet in list_subnets(part, stack):
        ways = find_ways_out(subnet, stack)
        if ways is not None and not ways & OUTWARD:
            yield f"the route table of {subnet} has no route to an internet gateway, wanted one"


@availability.high(
    SERVICE,
    FUNCTION,
    reference=f"{VPC_GUIDE}/configure-subnets.html#subnet-types",
    fix="Lead the subnet's 0.0.0.0/0 to a NAT gateway; tasks of Fargate may have public addresses instead.",
)
def network_workloads_have_a_route_out(workload: Resource, stack: Stack) -> Iterator[str]:
    """Tasks and functions in every zone have a route out of the network where those in another zone have one.

    Tasks that cannot reach the registry are started and stopped for ever (ResourceInitializationError), in that zone
    alone. An internet gateway is no way out for what has no public address: a function never has one, a task only with
    assign_public_ip (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html). A function may
    need no way out where the program has no NAT gateway. Judged where no endpoint and no VPN takes the place of one.
    """
    ways = {subnet.name: find_ways_out(subnet, stack) for subnet in list_subnets(workload, stack)}
    asks = is_fargate(workload) or (workload.type == FUNCTION and bool(stack.of(NAT)))
    wanted = asks or any(found and found != {TO_INTERNET} for found in ways.values())
    for name, found in ways.items() if not stack.of(INTERFACE, VPN) else ():
        if wanted and found == {TO_INTERNET} and not workload.flag("networkConfiguration.assignPublicIp"):
            yield f"the subnet {name} leads to an internet gateway and there is no public address, wanted a NAT gateway"
        if found == set() and any(ways.values()):
            yield f"the route table of the subnet {name} has no default route and others have, wanted one"


@availability.medium(
    ROUTE,
    TABLE,
    reference=f"{VPC_GUIDE}/nat-gateway-basics.html",
    fix="Lead each zone's table to the NAT gateway of that zone.",
)
def network_zones_use_their_own_nat_gateway(route: Resource, stack: Stack) -> Iterator[str]:
    """The subnets of a zone go out through that zone's NAT gateway, where it has one.

    Otherwise the second gateway is paid for and does nothing: when the first one's zone fails, the tasks of the healthy
    zones can neither pull images nor reach what they call.
    """
    tables = [route] if route.type == TABLE else stack.follow(route, "routeTableId", TABLE)
    given = [association for table in tables for association in stack.referring(table, ASSOCIATION, "routeTableId")]
    here = {zone for association in given for zone in _zones(stack.follow(association, "subnetId", SUBNET))}
    for nat in _follow_gateways(route, stack):
        there = _zones(list_subnets(nat, stack))
        alike = [other for other in stack.of(NAT) if _kind_of(other, stack) == _kind_of(nat, stack)]
        others = {zone for other in alike for zone in _zones(list_subnets(other, stack))} - there
        if there and here and here <= others:
            yield f"{nat} is in {', '.join(sorted(there))}, wanted the one in {', '.join(sorted(here))}"


def _follow_gateways(route: Resource, stack: Stack) -> list[Resource]:
    """The NAT gateways that a route or a table leads to; one that it names by its id may be linked to another route."""
    if linked := stack.follow(route, ENDS[route.type], NAT):
        return linked
    alike = [other for other in stack.of(*ENDS) if set(_list_ids(other)) & set(_list_ids(route))]
    named = [stack.follow(other, ENDS[other.type], NAT) for other in alike if len(set(_list_ids(other))) == 1]
    return list({nat.urn: nat for nats in named for nat in nats}.values())


def _list_ids(route: Resource) -> list[str]:
    """The ids of NAT gateways that a route or a table names, as far as they are known."""
    entries = route.children("routes") if route.type == TABLE and route.known("routes") else [route]
    named = [entry.text("natGatewayId") for entry in entries if entry.known("natGatewayId")]
    return [name for name in named if name]


def _zones(subnets: list[Resource]) -> set[str]:
    return {zone for subnet in subnets if (zone := subnet.text("availabilityZone"))}


def _kind_of(gateway: Resource, stack: Stack) -> tuple[object, ...]:
    """The networks that a NAT gateway lies in, and whether it leads to the internet: only its like can replace it."""
    networks = {
        (subnet.list_sources("vpcId"), subnet.text_if_known("vpcId")) for subnet in list_subnets(gateway, stack)
    }
    return networks, gateway.text("connectivityType") or "public"


def is_fargate(workload: Resource) -> bool:
    """Whether a service's tasks run on Fargate, which pulls images through the task's own subnet."""
    providers = [
        strategy.text("capacityProvider") or "" for strategy in workload.children("capacityProviderStrategies")
    ]
    return workload.text("launchType") == "FARGATE" or any(provider.startswith("FARGATE") for provider in providers)


@availability.high(
    INTERFACE,
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    fix="Give a gateway endpoint route tables; give an interface endpoint private DNS and a group that opens 443.",
)
def network_vpc_endpoint_is_reachable(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """A VPC endpoint is reachable from the subnets that need it.

    A gateway endpoint in no route table, an interface endpoint in no subnet, one whose name resolves to the public
    address, or one whose security groups do not open 443: each is there, and tasks wait for their image until they are
    stopped. Private DNS is not asked for where a zone of the program has names of AWS, nor for services of others.
    """
    service, kind = endpoint.text_if_known("serviceName") or "", endpoint.text("vpcEndpointType")
    if kind in (None, "Gateway") and service.endswith(BY_ROUTE):
        routed = not endpoint.known("routeTableIds") or endpoint.count("routeTableIds")
        if not routed and not stack.referring(endpoint, OF_ENDPOINT, "vpcEndpointId"):
            yield "routeTableIds is empty, wanted the tables of the subnets that use it"
    of_aws = service.startswith("com.amazonaws.") and not service.startswith("com.amazonaws.vpce.")
    zones = [zone for zone in stack.of(ZONE) if "amazonaws.com" in (zone.text_if_known("name") or "")]
    named = of_aws and not service.endswith(NAMED_ELSEWHERE) and not zones
    if kind == "Interface" and named and not endpoint.flag("privateDnsEnabled"):
        yield f"privateDnsEnabled is {endpoint.show('privateDnsEnabled')}, wanted true"
    placed = any(not endpoint.known(path) or endpoint.count(path) for path in ("subnetIds", "subnetConfigurations"))
    if kind == "Interface" and not placed and not stack.referring(endpoint, IN_SUBNET, "vpcEndpointId"):
        yield "subnetIds is empty, wanted the subnets in which it has an address"
    groups = stack.follow(endpoint, "securityGroupIds", GROUP)
    opened = [way for group in groups for way in list_ways(group, stack, outward=False)]
    if opened and not any(way.covers(443) for way in opened):
        yield "no security group of this endpoint opens port 443, wanted it open to its callers"


@availability.medium(
    INTERFACE,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
    fix="Give the endpoint a subnet of each zone in which something uses it.",
)
def network_vpc_endpoint_spans_zones(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """An interface endpoint has an address in more than one zone of its network.

    Its name resolves to the addresses that it has. If they are all in the zone that is lost, what runs in the others
    reaches neither the registry nor the model's endpoint. Judged in programs that make the network's subnets.
    """
    subnets = [
        subnet for vpc in stack.follow(endpoint, "vpcId", VPC) for subnet in stack.referring(vpc, SUBNET, "vpcId")
    ]
    zones = {subnet.text("availabilityZone") for subnet in subnets}
    if endpoint.text("vpcEndpointType") == "Interface" and len(zones) > 1 and stack.zones(endpoint, "subnetIds") == 1:
        yield f"subnetIds lie in one zone and the network in {len(zones)}, wanted two or more"


@availability.critical(
    MODEL,
    reference="https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html#host-vpc-s3",
    fix="Add a gateway endpoint for S3 to the route tables of the model's subnets.",
)
def sagemaker_model_reaches_its_bucket(model: Resource, stack: Stack) -> Iterator[str]:
    """A model in a network without a way out has an endpoint for S3.

    SageMaker fetches the artefact through the model's network. Where no route leads out and no endpoint leads to S3, no
    instance starts. Judged where the program makes the route tables.
    """
    ways = [find_ways_out(subnet, stack) for subnet in list_subnets(model, stack)]
    services = [interface.text_if_known("serviceName") or ".s3" for interface in stack.of(INTERFACE)]
    if ways and all(found == set() for found in ways) and not any(name.endswith(".s3") for name in services):
        yield "no subnet has a default route and no endpoint is for S3, wanted one"
