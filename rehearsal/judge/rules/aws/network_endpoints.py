"""VPC endpoints and flow logs."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.network import SUBNET, vpc_of, zone_of
from rehearsal.values import UNKNOWN

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


@rule(ENDPOINT, source="https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html")
def endpoint_fits_its_network(it: Resource, program: Program) -> Found:
    vpc, subnets = vpc_of(it, program), program.refers(it, "subnetIds", SUBNET)
    for subnet in subnets:
        if vpc and vpc_of(subnet, program) not in (vpc, None):
            yield "subnetIds", f"InvalidParameter: the subnet {subnet.name!r} is not in the VPC {vpc.name!r}"
    for zone in list_repeated(map(zone_of, subnets)) if isinstance(it.get("subnetIds"), list) else ():
        message = "DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of"
        yield "subnetIds", f"{message} {zone}"


@rule(ENDPOINT, source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html")
def private_names_of_s3_have_a_gateway(it: Resource, program: Program) -> Found:
    vpc, name = vpc_of(it, program), "dnsOptions.privateDnsOnlyForInboundResolverEndpoint"
    service = it.text("serviceName")
    if vpc is None or not vpc.new or it.get(name) is not True or not service.endswith(".s3"):
        return
    others = [endpoint for endpoint in program.of(ENDPOINT) if vpc_of(endpoint, program) in (vpc, None)]
    gateways = [other for other in others if other.get("vpcEndpointType", "Gateway") == "Gateway"]
    if not any(gateway.get("serviceName") in (service, UNKNOWN) for gateway in gateways):
        message = "InvalidParameter: To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC"
        yield name, f"{message} {vpc.name!r} must have a Gateway endpoint for the service."
