"""A private network over several zones, from which AWS's services are reached without the internet."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from ipaddress import ip_network
from typing import Any

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.flow_log import FlowLog
from shared.aws.site import Site

HTTPS = 443


class PrivateNetwork(Component):
    """Subnets without a way out, one per zone, and endpoints for the services that are needed.

    `subnet_ids` has one per zone; `security_group_id` lets a workload call the endpoints and nothing else.
    """

    vpc_id: pulumi.Output[str]
    subnet_ids: list[pulumi.Output[str]]
    security_group_id: pulumi.Output[str]
    endpoints_group_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        cidr: str,
        services: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._region, self._cidr = name, site.region, cidr
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=cidr,
            enable_dns_support=True,
            # the endpoints' private names are what the SDKs call
            enable_dns_hostnames=True,
            region=site.region,
            opts=self.child(),
        )
        self.vpc_id = vpc.id
        # the group AWS makes with every VPC lets its members reach each other; managing it without rules closes it
        aws.ec2.DefaultSecurityGroup(f"{name}-default", vpc_id=vpc.id, region=site.region, opts=self.child())
        FlowLog(f"{name}-flow", site=site, vpc_id=vpc.id, opts=self.child())
        routes = aws.ec2.RouteTable(f"{name}-private", vpc_id=vpc.id, region=site.region, opts=self.child())
        self.subnet_ids = [self._subnet(i, zone, routes) for i, zone in enumerate(site.zones)]
        s3 = self._gateway_endpoint("s3", routes)
        group = partial(security_group, vpc_id=vpc.id, region=site.region, opts=self.child())
        self.endpoints_group_id = group(f"{name}-endpoints", "Takes HTTPS from inside the network")
        self.security_group_id = group(f"{name}-workload", "Calls the endpoints and S3, nothing else")
        self._allow_endpoint_calls(s3.prefix_list_id)
        for service in services:
            self._interface_endpoint(service)
        self.register_outputs({"vpc_id": self.vpc_id, "subnet_ids": self.subnet_ids})

    def _gateway_endpoint(self, service: str, routes: aws.ec2.RouteTable) -> aws.ec2.VpcEndpoint:
        return aws.ec2.VpcEndpoint(
            f"{self._name}-{service}",
            vpc_id=self.vpc_id,
            service_name=f"com.amazonaws.{self._region}.{service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=[routes.id],
            region=self._region,
            opts=self.child(),
        )

    def _subnet(self, index: int, zone: str, routes: aws.ec2.RouteTable) -> pulumi.Output[str]:
        name = f"{self._name}-private-{zone}"
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=self.vpc_id,
            availability_zone=zone,
            cidr_block=zone_block(self._cidr, index),
            map_public_ip_on_launch=False,
            region=self._region,
            opts=self.child(),
        )
        aws.ec2.RouteTableAssociation(
            name, subnet_id=subnet.id, route_table_id=routes.id, region=self._region, opts=self.child()
        )
        return subnet.id

    def _allow_endpoint_calls(self, s3_prefix_list: pulumi.Output[str]) -> None:
        https = {**tcp(HTTPS), "region": self._region}
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-endpoints-in",
            security_group_id=self.endpoints_group_id,
            referenced_security_group_id=self.security_group_id,
            opts=self.child(),
            **https,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-workload-to-endpoints",
            security_group_id=self.security_group_id,
            referenced_security_group_id=self.endpoints_group_id,
            opts=self.child(),
            **https,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-workload-to-s3",
            security_group_id=self.security_group_id,
            prefix_list_id=s3_prefix_list,
            opts=self.child(),
            **https,
        )

    def _interface_endpoint(self, service: str) -> None:
        aws.ec2.VpcEndpoint(
            f"{self._name}-{service}".replace(".", "-"),
            vpc_id=self.vpc_id,
            service_name=f"com.amazonaws.{self._region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=self.subnet_ids,
            security_group_ids=[self.endpoints_group_id],
            region=self._region,
            opts=self.child(),
        )


def security_group(
    name: str, description: str, *, vpc_id: pulumi.Input[str], region: str, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """The id of a group without rules; each rule is a resource of its own."""
    return aws.ec2.SecurityGroup(name, vpc_id=vpc_id, description=description, region=region, opts=opts).id


def tcp(port: int) -> dict[str, Any]:
    """The arguments of a security group rule for one port."""
    return {"ip_protocol": "tcp", "from_port": port, "to_port": port}


def zone_block(cidr: str, index: int, tier: int = 0) -> str:
    """The addresses of one zone's subnet: of 32 equal blocks, eight for each of the tiers 0 to 3.

    A zone keeps its block when zones are added. Raises IndexError beyond the last block.
    """
    return str(list(ip_network(cidr).subnets(prefixlen_diff=5))[8 * tier + index])
