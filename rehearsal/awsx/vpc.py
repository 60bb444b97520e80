"""awsx:ec2:Vpc: a VPC, an internet gateway, and subnets with their route tables, routes and NAT gateways."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rehearsal.awsx.cidr import ipv6_subnet
from rehearsal.awsx.context import ComponentContext, Registered
from rehearsal.awsx.output_values import apply, lift, merge
from rehearsal.awsx.subnets import Subnet
from rehearsal.awsx.vpc_endpoints import make_endpoints
from rehearsal.awsx.vpc_plan import Plan, decide

# The public subnets of a zone come first, because they hold the NAT gateway for its private subnets.
_ORDER = {"public": 0, "private": 1, "isolated": 2}


@dataclass
class Network:
    """The resources that have been created so far, in order of creation."""

    vpc: Registered
    gateway: Registered
    subnets: list[tuple[Subnet, Registered]] = field(default_factory=list)
    route_tables: list[Registered] = field(default_factory=list)
    associations: list[Registered] = field(default_factory=list)
    routes: list[Registered] = field(default_factory=list)
    nat_gateways: list[Registered] = field(default_factory=list)
    addresses: list[Registered] = field(default_factory=list)

    def of(self, kind: str) -> list[Registered]:
        return [resource for subnet, resource in self.subnets if subnet.kind == kind]


def construct(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    plan = decide(context, name, arguments)
    # A known block is laid out before anything is created, so that an error leaves no resources behind.
    subnets = plan.subnets(plan.block) if plan.block else None
    inner = {**plan.arguments, "cidrBlock": plan.block, "tags": plan.tags}
    vpc = context.register("aws:ec2/vpc:Vpc", name, inner)
    if subnets is None:
        subnets = plan.subnets(vpc["cidrBlock"])
    gateway = context.register(
        "aws:ec2/internetGateway:InternetGateway",
        name,
        {"region": plan.region, "vpcId": vpc.id, "tags": plan.tags},
        parent=vpc,
        depends_on=[vpc],
    )
    network = Network(vpc, gateway)
    for zone_index in range(len(plan.zones)):
        _zone(context, plan, network, subnets, zone_index)
    endpoints = make_endpoints(context, plan.arguments, vpc, network.subnets, network.route_tables, plan.tags)
    return _state(network, endpoints, plan.layout(subnets))


def _zone(context: ComponentContext, plan: Plan, network: Network, subnets: list[Subnet], zone_index: int) -> None:
    here = [s for s in subnets if s.zone == plan.zones[zone_index] and s.type != "Unused"]
    for number, subnet in enumerate(sorted(here, key=lambda s: _ORDER[s.kind])):
        resource = _subnet(context, plan, network, subnet, zone_index + number * len(plan.zones))
        table = _route_table(context, plan, network, subnet, resource)
        if subnet.kind == "public" and _needs_gateway(plan, len(network.nat_gateways), zone_index):
            _nat_gateway(context, plan, network, resource, zone_index)
        target = _route_target(plan, network, subnet, zone_index)
        if target:
            inputs = {"region": plan.region, "routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", **target}
            route = context.register("aws:ec2/route:Route", subnet.name, inputs, parent=table, depends_on=[table])
            network.routes.append(route)


def _subnet(context: ComponentContext, plan: Plan, network: Network, subnet: Subnet, index: int) -> Registered:
    assigns = apply(
        lambda own, vpc: bool(vpc if own is None else own),
        subnet.spec.get("assignIpv6AddressOnCreation"),
        plan.arguments.get("assignGeneratedIpv6CidrBlock"),
    )
    inputs = {
        "region": plan.region,
        "vpcId": network.vpc.id,
        "availabilityZone": subnet.zone,
        "mapPublicIpOnLaunch": subnet.kind == "public",
        "cidrBlock": subnet.block,
        "assignIpv6AddressOnCreation": assigns,
        "ipv6CidrBlock": apply(
            lambda block, on: _ipv6(block, index) if on else None, network.vpc["ipv6CidrBlock"], assigns
        ),
        "tags": merge(plan.tags, subnet.spec.get("tags"), {"Name": subnet.tag, "SubnetType": subnet.type}),
    }
    vpc = network.vpc
    resource = context.register("aws:ec2/subnet:Subnet", subnet.name, inputs, parent=vpc, depends_on=[vpc])
    network.subnets.append((subnet, resource))
    return resource


def _ipv6(vpc_block: str | None, index: int) -> str:
    if not vpc_block:
        raise ValueError("assignIpv6AddressOnCreation needs an IPv6 block; set assignGeneratedIpv6CidrBlock")
    return ipv6_subnet(vpc_block, index)


def _route_table(
    context: ComponentContext, plan: Plan, network: Network, subnet: Subnet, resource: Registered
) -> Registered:
    tags = merge(plan.tags, {"Name": subnet.tag, "SubnetType": subnet.type})
    inputs = {"region": plan.region, "vpcId": network.vpc.id, "tags": tags}
    table = context.register(
        "aws:ec2/routeTable:RouteTable", subnet.name, inputs, parent=resource, depends_on=[resource]
    )
    network.route_tables.append(table)
    association = context.register(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        subnet.name,
        {"region": plan.region, "routeTableId": table.id, "subnetId": resource.id},
        parent=table,
        depends_on=[table],
    )
    network.associations.append(association)
    return table


def _needs_gateway(plan: Plan, made: int, zone_index: int) -> bool:
    return made < {"None": 0, "Single": 1, "OnePerAz": zone_index + 1}[plan.nat_strategy]


def _nat_gateway(context: ComponentContext, plan: Plan, network: Network, subnet: Registered, zone_index: int) -> None:
    name = f"{plan.name}-{zone_index + 1}"
    shared = {"region": plan.region, "tags": merge(plan.own_tags, {"Name": name})}
    given = plan.given_addresses
    if not given:
        network.addresses.append(context.register("aws:ec2/eip:Eip", name, shared, parent=subnet, depends_on=[subnet]))
    allocation = given[zone_index] if given else network.addresses[zone_index]["allocationId"]
    inputs = {**shared, "subnetId": subnet.id, "allocationId": allocation}
    network.nat_gateways.append(
        context.register("aws:ec2/natGateway:NatGateway", name, inputs, parent=subnet, depends_on=[subnet])
    )


def _route_target(plan: Plan, network: Network, subnet: Subnet, zone_index: int) -> dict[str, Any]:
    """The target of the default route: the internet gateway for public subnets, a NAT gateway for private ones."""
    if subnet.kind == "public":
        return {"gatewayId": network.gateway.id}
    if subnet.kind == "private" and plan.nat_strategy != "None":
        return {"natGatewayId": network.nat_gateways[0 if plan.nat_strategy == "Single" else zone_index].id}
    return {}


def _state(network: Network, endpoints: list[Registered], subnet_layout: Any) -> dict[str, Any]:
    kinds = ("public", "private", "isolated")
    return {
        "vpc": network.vpc,
        "vpcId": network.vpc.id,
        "subnets": [resource for _, resource in network.subnets],
        **{f"{kind}Subnets": network.of(kind) for kind in kinds},
        **{f"{kind}SubnetIds": lift([resource.id for resource in network.of(kind)]) for kind in kinds},
        "routeTables": network.route_tables,
        "routes": network.routes,
        "routeTableAssociations": network.associations,
        "internetGateway": network.gateway,
        "natGateways": network.nat_gateways,
        "eips": network.addresses,
        "vpcEndpoints": endpoints,
        "subnetLayout": subnet_layout,
    }
