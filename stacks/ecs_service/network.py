"""The network of the service: a public edge for the load balancer, a private part for the tasks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx
from settings import Network

from shared.aws.component import Component
from shared.aws.flow_log import FlowLog
from shared.aws.network import HTTPS, security_group, tcp
from shared.aws.site import Site

NAT = {
    "single": awsx.ec2.NatGatewayStrategy.SINGLE,
    "one_per_zone": awsx.ec2.NatGatewayStrategy.ONE_PER_AZ,
    "none": awsx.ec2.NatGatewayStrategy.NONE,
}
HTTP = 80


class ServiceNetwork(Component):
    """Subnets in every zone; `edge_group` is the load balancer's, and the only one `task_group` takes requests from."""

    vpc: awsx.ec2.Vpc
    vpc_id: pulumi.Output[str]
    public_subnet_ids: pulumi.Output[Sequence[str]]
    private_subnet_ids: pulumi.Output[Sequence[str]]
    edge_group: pulumi.Output[str]
    task_group: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        network: Network,
        clients: Sequence[str],
        port: int,
    ) -> None:
        super().__init__(name)
        self._name, self._region = name, site.region
        self.vpc = vpc = awsx.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=network.cidr,
            availability_zone_names=list(site.zones),
            nat_gateways={"strategy": NAT[network.nat]},
            subnet_strategy=awsx.ec2.SubnetAllocationStrategy.AUTO,
            **endpoints(network.endpoints, site.region),
            enable_dns_hostnames=True,
            region=site.region,
            opts=self.child(),
        )
        self.vpc_id = vpc.vpc_id
        self.public_subnet_ids, self.private_subnet_ids = vpc.public_subnet_ids, vpc.private_subnet_ids
        # the group AWS makes with every VPC lets its members reach each other; managing it without rules closes it
        aws.ec2.DefaultSecurityGroup(f"{name}-default", vpc_id=vpc.vpc_id, region=site.region, opts=self.child())
        FlowLog(f"{name}-flow", site=site, vpc_id=vpc.vpc_id, opts=self.child())
        group = partial(security_group, vpc_id=vpc.vpc_id, region=site.region, opts=self.child())
        self.edge_group = group(f"{name}-edge", "Takes HTTPS from the clients, and HTTP to send it on to HTTPS")
        self.task_group = group(f"{name}-task", "Takes requests from the load balancer only")
        for client in clients:
            self._allow_client(client, HTTP)
            self._allow_client(client, HTTPS)
        self._allow_requests(port)
        self.register_outputs({"vpc_id": self.vpc_id})

    def _allow_client(self, cidr: str, port: int) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-edge-{port}-from-{cidr}",
            security_group_id=self.edge_group,
            cidr_ipv4=cidr,
            region=self._region,
            opts=self.child(),
            **tcp(port),
        )

    def _allow_requests(self, port: int) -> None:
        """The load balancer to the tasks; the tasks to HTTPS, where the registry and the logs are.

        Without gateways there is a route to the endpoints alone, and to S3 by addresses that are public.
        """
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-edge-to-task",
            security_group_id=self.edge_group,
            referenced_security_group_id=self.task_group,
            region=self._region,
            opts=self.child(),
            **tcp(port),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-task-from-edge",
            security_group_id=self.task_group,
            referenced_security_group_id=self.edge_group,
            region=self._region,
            opts=self.child(),
            **tcp(port),
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-task-out",
            security_group_id=self.task_group,
            cidr_ipv4="0.0.0.0/0",
            region=self._region,
            opts=self.child(),
            **tcp(HTTPS),
        )


def endpoints(services: Sequence[str], region: str) -> dict[str, Any]:
    """The arguments of the network that give private subnets a way to services of AWS; nothing where none is needed.

    awsx completes them: a subnet in each zone, a group that lets the network in, private names, S3's routes.
    """
    if not services:
        return {}
    ways = {"s3": "Gateway", **dict.fromkeys(services, "Interface")}
    specs = [{"service_name": f"com.amazonaws.{region}.{s}", "vpc_endpoint_type": kind} for s, kind in ways.items()]
    return {"vpc_endpoint_specs": specs, "vpc_endpoint_strategy": awsx.ec2.VpcEndpointStrategy.AUTO}
