"""What awsx:ec2:Vpc and DefaultVpc make: zones, subnets, gateways, routes and endpoints."""

from __future__ import annotations

from rehearsal.values import UNKNOWN
from tests.rehearsal.awsx.harness import Bench, children, names
from tests.rehearsal.awsx.recorder import Recorder


def test_vpc_takes_three_zones_and_a_gateway_in_each(bench: Bench, aws: Recorder) -> None:
    found = children(bench, aws, 'awsx.ec2.Vpc("v")')
    assert names(found, "NatGateway") == ["v-1", "v-2", "v-3"]
    assert {found[f"Subnet v-public-{n}"]["availabilityZone"][-1] for n in (1, 2, 3)} == {"a", "b", "c"}
    assert found["Subnet v-private-3"]["cidrBlock"] == "10.0.128.0/19"
    assert found["Route v-private-3"]["natGatewayId"] is UNKNOWN


def test_vpc_with_a_single_gateway(bench: Bench, aws: Recorder) -> None:
    program = 'awsx.ec2.Vpc("v", number_of_availability_zones=2, nat_gateways={"strategy": "Single"}, tags={"t": "1"})'
    found = children(bench, aws, program)
    assert names(found, "NatGateway") == names(found, "Eip") == ["v-1"]
    assert found["NatGateway v-1"]["tags"] == {"t": "1", "Name": "v-1"}
    assert names(found, "Route") == ["v-private-1", "v-private-2", "v-public-1", "v-public-2"]


def test_tags_that_are_an_output_are_all_that_a_vpc_s_parts_are_tagged_with(bench: Bench, aws: Recorder) -> None:
    """As awsx does, which loses its own tags then: it spreads the output as if it were an object."""
    tags = 'pulumi.Output.from_input({"team": "ml"})'
    found = children(bench, aws, f'awsx.ec2.Vpc("v", number_of_availability_zones=1, tags={tags})')
    tagged = {key: inputs["tags"] for key, inputs in found.items() if "tags" in inputs}
    assert len(tagged) == 8
    assert all(each == {"team": "ml"} for each in tagged.values())


def test_vpc_without_gateways_leaves_private_subnets_without_a_route(bench: Bench, aws: Recorder) -> None:
    found = children(bench, aws, 'awsx.ec2.Vpc("v", nat_gateways={"strategy": "None"})')
    assert names(found, "NatGateway") == names(found, "Eip") == []
    assert names(found, "Route") == ["v-public-1", "v-public-2", "v-public-3"]


def test_vpc_with_own_addresses_makes_none(bench: Bench, aws: Recorder) -> None:
    addresses = '{"strategy": "Single", "elastic_ip_allocation_ids": ["eipalloc-1"]}'
    found = children(bench, aws, f'awsx.ec2.Vpc("v", number_of_availability_zones=1, nat_gateways={addresses})')
    assert names(found, "Eip") == []
    assert found["NatGateway v-1"]["allocationId"] == "eipalloc-1"


def test_vpc_passes_on_what_the_inner_vpc_takes_and_nothing_else(bench: Bench, aws: Recorder) -> None:
    program = 'awsx.ec2.Vpc("v", availability_zone_names=["us-east-1a"], enable_dns_hostnames=True, region="eu-west-1")'
    found = children(bench, aws, program)
    assert found["Vpc v"] == {
        "cidrBlock": "10.0.0.0/16",
        "enableDnsHostnames": True,
        "region": "eu-west-1",
        "tags": {"Name": "v"},
    }
    assert {inputs["region"] for inputs in found.values()} == {"eu-west-1"}


def test_vpc_with_ipv6_gives_each_subnet_an_address_block(bench: Bench, aws: Recorder) -> None:
    found = children(bench, aws, 'awsx.ec2.Vpc("v", assign_generated_ipv6_cidr_block=True)')
    assert found["Subnet v-public-1"]["assignIpv6AddressOnCreation"] is True


def test_vpc_with_a_pool_lays_out_later(bench: Bench, aws: Recorder) -> None:
    pool = 'ipv4_ipam_pool_id="pool", ipv4_netmask_length=20, subnet_strategy="Auto"'
    found = children(bench, aws, f'awsx.ec2.Vpc("v", number_of_availability_zones=1, {pool})')
    assert "cidrBlock" not in found["Vpc v"]
    assert found["Subnet v-private-1"]["cidrBlock"] is UNKNOWN


def test_vpc_endpoints_are_passed_through_or_completed(bench: Bench, aws: Recorder) -> None:
    specs = (
        'vpc_endpoint_specs=[{"service_name": "s3", "tags": {"a": "b"}}, {"service_name": "sqs", '
        '"vpc_endpoint_type": "Interface"}], number_of_availability_zones=2, nat_gateways={"strategy": "None"}'
    )
    found = children(
        bench,
        aws,
        f'awsx.ec2.Vpc("old", {specs})',
        f'awsx.ec2.Vpc("new", vpc_endpoint_strategy="Auto", {specs.replace("s3", "s3x").replace("sqs", "sqsx")})',
    )
    assert found["VpcEndpoint s3"] == {"serviceName": "s3", "tags": {"Name": "old", "a": "b"}, "vpcId": UNKNOWN}
    assert "subnetIds" not in found["VpcEndpoint sqs"]
    assert len(found["VpcEndpoint s3x"]["routeTableIds"]) == 4
    assert len(found["VpcEndpoint sqsx"]["subnetIds"]) == 2
    assert found["VpcEndpoint sqsx"]["privateDnsEnabled"] is True
    assert found["SecurityGroupRule sqsx-ingress"]["cidrBlocks"] == ["10.0.0.0/16"]
    assert (found["Vpc new"]["enableDnsHostnames"], found["Vpc new"]["enableDnsSupport"]) == (True, True)


def test_default_vpc_tells_public_subnets_from_private_ones(bench: Bench) -> None:
    bench.up('import pulumi, pulumi_awsx as awsx; pulumi.export("ids", awsx.ec2.DefaultVpc("d").public_subnet_ids)')
    assert bench.outputs()["ids"] == ["subnet-a", "subnet-b"]
