"""The public side of a region's network: where the load balancer stands, and the way out to the other region."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.network import HTTPS, PrivateNetwork, security_group, tcp, zone_block
from shared.aws.site import Site

HTTP = 80
PUBLIC_TIER, ROUTER_TIER = 1, 2
ANYWHERE = "0.0.0.0/0"


class Edge(Component):
    """Public subnets for the load balancer, and private ones for the router with a gateway per zone.

    `balancer_group` takes the clients; `router_group` calls the endpoints of this region's network and HTTPS outside.
    What has a public address waits for `gateway` when it is made, and is gone before it: AWS refuses the one, and keeps
    the gateway attached in the other. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html#gatewayattachment
    """

    gateway: aws.ec2.InternetGateway
    public_subnet_ids: list[pulumi.Output[str]]
    router_subnet_ids: list[pulumi.Output[str]]
    balancer_group: pulumi.Output[str]
    router_group: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        network: PrivateNetwork,
        cidr: str,
        clients: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._site, self._network, self._cidr = name, site, network, cidr
        self.gateway = aws.ec2.InternetGateway(
            f"{name}-internet", vpc_id=network.vpc_id, region=site.region, opts=self.child()
        )
        public = self._routes("public", {"cidr_block": ANYWHERE, "gateway_id": self.gateway.id})
        self.public_subnet_ids, self.router_subnet_ids = [], []
        for index, zone in enumerate(site.zones):
            public_subnet = self._subnet("public", zone, zone_block(cidr, index, PUBLIC_TIER), public)
            self.public_subnet_ids.append(public_subnet)
            # one gateway per zone: a zone's loss must not cut the other routers off from the peer region
            out = self._routes(
                f"router-{zone}", {"cidr_block": ANYWHERE, "nat_gateway_id": self._nat(zone, public_subnet)}
            )
            self.router_subnet_ids.append(self._subnet("router", zone, zone_block(cidr, index, ROUTER_TIER), out))
        group = partial(security_group, vpc_id=network.vpc_id, region=site.region, opts=self.child())
        self.balancer_group = group(f"{name}-balancer", "Takes HTTPS from the clients, and HTTP to send it on to HTTPS")
        self.router_group = group(f"{name}-router", "Calls the model here and in the peer region")
        self._allow(clients)
        self.register_outputs({})

    def _routes(self, purpose: str, way_out: dict[str, pulumi.Input[str]]) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            f"{self._name}-{purpose}",
            vpc_id=self._network.vpc_id,
            routes=[way_out],  # type: ignore[list-item]
            region=self._site.region,
            opts=self.child(),
        )

    def _subnet(self, purpose: str, zone: str, block: str, routes: aws.ec2.RouteTable) -> pulumi.Output[str]:
        name = f"{self._name}-{purpose}-{zone}"
        region = self._site.region
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=self._network.vpc_id,
            availability_zone=zone,
            cidr_block=block,
            map_public_ip_on_launch=False,
            region=region,
            opts=self.child(),
        )
        aws.ec2.RouteTableAssociation(
            name, subnet_id=subnet.id, route_table_id=routes.id, region=region, opts=self.child()
        )
        return subnet.id

    def _nat(self, zone: str, subnet_id: pulumi.Output[str]) -> pulumi.Output[str]:
        region = self._site.region
        after = self.child(depends_on=[self.gateway])
        address = aws.ec2.Eip(f"{self._name}-nat-{zone}", domain="vpc", region=region, opts=after)
        return aws.ec2.NatGateway(
            f"{self._name}-nat-{zone}",
            allocation_id=address.allocation_id,
            subnet_id=subnet_id,
            region=region,
            opts=after,
        ).id

    def _allow(self, clients: Sequence[str]) -> None:
        region = self._site.region
        for port in (HTTP, HTTPS):
            for client in clients:
                aws.vpc.SecurityGroupIngressRule(
                    f"{self._name}-balancer-{port}-from-{client}",
                    security_group_id=self.balancer_group,
                    cidr_ipv4=client,
                    region=region,
                    opts=self.child(),
                    **tcp(port),
                )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-router-out",
            security_group_id=self.router_group,
            cidr_ipv4=ANYWHERE,
            region=region,
            opts=self.child(),
            **tcp(HTTPS),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-endpoints-from-router",
            security_group_id=self._network.endpoints_group_id,
            referenced_security_group_id=self.router_group,
            region=region,
            opts=self.child(),
            **tcp(HTTPS),
        )
