"""awsx:ec2:Vpc: the VPC, an internet gateway, and for each subnet a route table with its routes and NAT gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gitops.rehearsal.awsx import outputs, subnet_rules
from gitops.rehearsal.awsx.arguments import at_most_one
from gitops.rehearsal.awsx.cidr import ipv6_subnet
from gitops.rehearsal.awsx.outputs import apply, merge
from gitops.rehearsal.awsx.scope import Resource, Scope
from gitops.rehearsal.awsx.subnets import Naming, Subnet, lay_out
from gitops.rehearsal.awsx.vpc_endpoints import check_endpoints, dns_defaults, make_endpoints
from gitops.rehearsal.values import Output

_DEFAULT_BLOCK = "10.0.0.0/16"
_DEFAULT_ZONES = 3
# A zone's public subnets come first: they hold the NAT gateway that its private ones route to.
_ORDER = {"public": 0, "private": 1, "isolated": 2}


@dataclass
class Network:
    """What has been made so far, in the order in which it was."""

    vpc: Resource
    gateway: Resource
    subnets: list[tuple[Subnet, Resource]] = field(default_factory=list)
    route_tables: list[Resource] = field(default_factory=list)
    associations: list[Resource] = field(default_factory=list)
    routes: list[Resource] = field(default_factory=list)
    nat_gateways: list[Resource] = field(default_factory=list)
    addresses: list[Resource] = field(default_factory=list)

    def of(self, kind: str) -> list[Resource]:
        return [resource for subnet, resource in self.subnets if subnet.kind == kind]


@dataclass(frozen=True)
class Plan:
    """The arguments with everything decided that needs no resource."""

    name: str
    arguments: Mapping[str, Any]
    zones: list[str]
    nat_strategy: str

    @property
    def tags(self) -> Any:
        return merge({"Name": self.name}, self.own_tags)

    @property
    def own_tags(self) -> Any:
        return self.arguments.get("tags")

    @property
    def region(self) -> Any:
        return self.arguments.get("region")


def construct(scope: Scope, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    _check_ipam(arguments)
    at_most_one(arguments, "availabilityZoneNames", "numberOfAvailabilityZones")
    check_endpoints(arguments)
    arguments = {**arguments, **dns_defaults(arguments)}
    plan = Plan(
        name, arguments, _zones(scope, arguments), (arguments.get("natGateways") or {}).get("strategy") or "OnePerAz"
    )
    subnet_rules.check_addresses(plan.nat_strategy, _given_addresses(plan), len(plan.zones))
    block = arguments.get("cidrBlock") or (None if arguments.get("ipv4IpamPoolId") is not None else _DEFAULT_BLOCK)
    specs = _specs(plan)
    # A block that is known is laid out before anything is made, so that a mistake leaves nothing behind.
    subnets = _subnets(plan, block, specs) if block else None
    vpc = scope.register("aws:ec2/vpc:Vpc", name, {**arguments, "cidrBlock": block, "tags": plan.tags})
    if subnets is None:
        subnets = _subnets(plan, vpc["cidrBlock"], specs)
    gateway = scope.register(
        "aws:ec2/internetGateway:InternetGateway",
        name,
        {"region": plan.region, "vpcId": vpc.id, "tags": plan.tags},
        parent=vpc,
        depends_on=[vpc],
    )
    network = Network(vpc, gateway)
    for zone_index in range(len(plan.zones)):
        _zone(scope, plan, network, subnets, zone_index)
    endpoints = make_endpoints(scope, arguments, network.vpc, network.subnets, network.route_tables, plan.tags)
    return _state(network, endpoints, _layout(plan, subnets, specs))


def _check_ipam(arguments: Mapping[str, Any]) -> None:
    if arguments.get("ipv4IpamPoolId") is None:
        return
    at_most_one(arguments, "cidrBlock", "ipv4NetmaskLength")
    if arguments.get("ipv4NetmaskLength") is None and arguments.get("cidrBlock") is None:
        raise ValueError("ipv4IpamPoolId is given; expected ipv4NetmaskLength or cidrBlock beside it, found neither")


def _zones(scope: Scope, arguments: Mapping[str, Any]) -> list[str]:
    given = arguments.get("availabilityZoneNames")
    if given is None:
        wanted = arguments.get("numberOfAvailabilityZones") or _DEFAULT_ZONES
        answer = scope.invoke(
            "aws:index/getAvailabilityZones:getAvailabilityZones", {"region": arguments.get("region")}
        )
        found = outputs.known(outputs.field(answer, "names"))
        if found is None:
            raise ValueError("region is not known yet; give availabilityZoneNames, or a region that is plain text")
        if len(found) < wanted:
            raise ValueError(f"the region has {len(found)} availability zones, expected at least {wanted}")
        given = found[:wanted]
    if arguments.get("subnetNameTagStrategy") == "AvailabilityZone":
        subnet_rules.check_zone_suffixes(given)
    return list(given)


def _given_addresses(plan: Plan) -> list[Any]:
    return (plan.arguments.get("natGateways") or {}).get("elasticIpAllocationIds") or []


def _strategy(plan: Plan) -> str:
    return plan.arguments.get("subnetStrategy") or "Legacy"


def _specs(plan: Plan) -> list[dict[str, Any]] | None:
    given = plan.arguments.get("subnetSpecs")
    return subnet_rules.normalise(given, len(plan.zones), merge=_strategy(plan) == "AutoMerge")


def _subnets(plan: Plan, block: str | Output, specs: list[dict[str, Any]] | None) -> list[Subnet]:
    naming = Naming(plan.name, plan.arguments.get("subnetNameTagStrategy") == "AvailabilityZone")
    mask = plan.arguments.get("availabilityZoneCidrMask")
    block = outputs.known(block) or block
    subnets = lay_out(naming, block, plan.zones, specs, _strategy(plan), mask)
    if isinstance(block, str):
        subnet_rules.check_layout(subnets, block, exact=_strategy(plan) == "Exact", nat_strategy=plan.nat_strategy)
    return subnets


def _layout(plan: Plan, subnets: list[Subnet], specs: list[dict[str, Any]] | None) -> Any:
    if specs is not None and _strategy(plan) not in ("Legacy", "AutoMerge"):
        kept = ("name", "cidrBlocks", "cidrMask", "size", "type")
        return [{key: spec[key] for key in kept if spec.get(key)} for spec in specs]
    if any(isinstance(subnet.block, Output) for subnet in subnets):
        return Output()
    return subnet_rules.layout(subnets, len(plan.zones))


def _zone(scope: Scope, plan: Plan, network: Network, subnets: list[Subnet], zone_index: int) -> None:
    here = [s for s in subnets if s.zone == plan.zones[zone_index] and s.type != "Unused"]
    for number, subnet in enumerate(sorted(here, key=lambda s: _ORDER[s.kind])):
        resource = _subnet(scope, plan, network, subnet, zone_index + number * len(plan.zones))
        table = _route_table(scope, plan, network, subnet, resource)
        if subnet.kind == "public" and _needs_gateway(plan, len(network.nat_gateways), zone_index):
            _nat_gateway(scope, plan, network, resource, zone_index)
        target = _route_target(plan, network, subnet, zone_index)
        if target:
            inputs = {"region": plan.region, "routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", **target}
            route = scope.register("aws:ec2/route:Route", subnet.name, inputs, parent=table, depends_on=[table])
            network.routes.append(route)


def _subnet(scope: Scope, plan: Plan, network: Network, subnet: Subnet, index: int) -> Resource:
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
    resource = scope.register("aws:ec2/subnet:Subnet", subnet.name, inputs, parent=vpc, depends_on=[vpc])
    network.subnets.append((subnet, resource))
    return resource


def _ipv6(vpc_block: str | None, index: int) -> str:
    if not vpc_block:
        raise ValueError("assignIpv6AddressOnCreation needs an IPv6 block; set assignGeneratedIpv6CidrBlock")
    return ipv6_subnet(vpc_block, index)


def _route_table(scope: Scope, plan: Plan, network: Network, subnet: Subnet, resource: Resource) -> Resource:
    tags = merge(plan.tags, {"Name": subnet.tag, "SubnetType": subnet.type})
    inputs = {"region": plan.region, "vpcId": network.vpc.id, "tags": tags}
    table = scope.register("aws:ec2/routeTable:RouteTable", subnet.name, inputs, parent=resource, depends_on=[resource])
    network.route_tables.append(table)
    association = scope.register(
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


def _nat_gateway(scope: Scope, plan: Plan, network: Network, subnet: Resource, zone_index: int) -> None:
    name = f"{plan.name}-{zone_index + 1}"
    shared = {"region": plan.region, "tags": merge(plan.own_tags, {"Name": name})}
    given = _given_addresses(plan)
    if not given:
        network.addresses.append(scope.register("aws:ec2/eip:Eip", name, shared, parent=subnet, depends_on=[subnet]))
    allocation = given[zone_index] if given else network.addresses[zone_index]["allocationId"]
    inputs = {**shared, "subnetId": subnet.id, "allocationId": allocation}
    network.nat_gateways.append(
        scope.register("aws:ec2/natGateway:NatGateway", name, inputs, parent=subnet, depends_on=[subnet])
    )


def _route_target(plan: Plan, network: Network, subnet: Subnet, zone_index: int) -> dict[str, Any]:
    """Where the internet is: public subnets reach it directly, private ones through a NAT gateway, isolated never."""
    if subnet.kind == "public":
        return {"gatewayId": network.gateway.id}
    if subnet.kind == "private" and plan.nat_strategy != "None":
        return {"natGatewayId": network.nat_gateways[0 if plan.nat_strategy == "Single" else zone_index].id}
    return {}


def _state(network: Network, endpoints: list[Resource], subnet_layout: Any) -> dict[str, Any]:
    kinds = ("public", "private", "isolated")
    return {
        "vpc": network.vpc,
        "vpcId": network.vpc.id,
        "subnets": [resource for _, resource in network.subnets],
        **{f"{kind}Subnets": network.of(kind) for kind in kinds},
        **{f"{kind}SubnetIds": [resource.id for resource in network.of(kind)] for kind in kinds},
        "routeTables": network.route_tables,
        "routes": network.routes,
        "routeTableAssociations": network.associations,
        "internetGateway": network.gateway,
        "natGateways": network.nat_gateways,
        "eips": network.addresses,
        "vpcEndpoints": endpoints,
        "subnetLayout": subnet_layout,
    }
