"""A VPC by hand: public and private subnets over three zones, one NAT gateway, endpoints, a bastion."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_tls as tls

zones = aws.get_availability_zones(state="available").names[:3]


class Network(pulumi.ComponentResource):
    """A component of the program's own, so that parents show."""

    def __init__(self, name: str, cidr: str) -> None:
        super().__init__("example:net:Network", name)
        inside = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(name, cidr_block=cidr, enable_dns_hostnames=True, tags={"Name": name}, opts=inside)
        gateway = aws.ec2.InternetGateway(name, vpc_id=self.vpc.id, opts=inside)
        public = aws.ec2.RouteTable(
            f"{name}-public",
            vpc_id=self.vpc.id,
            routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}],
            opts=inside,
        )
        self.public, self.private = [], []
        for place, zone in enumerate(zones):
            for kind, subnets, offset in (("public", self.public, 0), ("private", self.private, 100)):
                subnet = aws.ec2.Subnet(
                    f"{name}-{kind}-{place}",
                    vpc_id=self.vpc.id,
                    availability_zone=zone,
                    cidr_block=f"10.0.{offset + place}.0/24",
                    map_public_ip_on_launch=kind == "public",
                    opts=inside,
                )
                subnets.append(subnet)
            aws.ec2.RouteTableAssociation(
                f"{name}-public-{place}", subnet_id=self.public[place].id, route_table_id=public.id, opts=inside
            )
        address = aws.ec2.Eip(name, domain="vpc", opts=inside)
        nat = aws.ec2.NatGateway(name, allocation_id=address.id, subnet_id=self.public[0].id, opts=inside)
        private = aws.ec2.RouteTable(f"{name}-private", vpc_id=self.vpc.id, opts=inside)
        aws.ec2.Route(
            name,
            route_table_id=private.id,
            destination_cidr_block="0.0.0.0/0",
            nat_gateway_id=nat.id,
            opts=inside,
        )
        for place, subnet in enumerate(self.private):
            aws.ec2.RouteTableAssociation(
                f"{name}-private-{place}", subnet_id=subnet.id, route_table_id=private.id, opts=inside
            )
        aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=self.vpc.id,
            service_name=f"com.amazonaws.{aws.get_region().region}.s3",
            route_table_ids=[private.id],
            opts=inside,
        )
        self.nat_ip = nat.public_ip
        self.register_outputs({"vpc": self.vpc.id})


network = Network("core", "10.0.0.0/16")
key = tls.PrivateKey("bastion", algorithm="ED25519")
pair = aws.ec2.KeyPair("bastion", public_key=key.public_key_openssh)
image = aws.ec2.get_ami(
    owners=["amazon"], most_recent=True, filters=[{"name": "name", "values": ["al2023-ami-*-x86_64"]}]
)
group = aws.ec2.SecurityGroup("bastion", vpc_id=network.vpc.id)
aws.vpc.SecurityGroupIngressRule(
    "ssh", security_group_id=group.id, ip_protocol="tcp", from_port=22, to_port=22, cidr_ipv4="198.51.100.0/24"
)
bastion = aws.ec2.Instance(
    "bastion",
    ami=image.id,
    instance_type=aws.ec2.InstanceType.T3_MICRO,
    subnet_id=network.public[0].id,
    vpc_security_group_ids=[group.id],
    key_name=pair.key_name,
    root_block_device={"volume_size": 20, "encrypted": True},
)
pulumi.export("nat", network.nat_ip)
pulumi.export("bastion", bastion.public_ip)
pulumi.export("zones", [subnet.availability_zone for subnet in network.private])
