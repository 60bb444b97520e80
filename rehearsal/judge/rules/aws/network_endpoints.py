"""VPC endpoints and flow logs."""

from __future__ import annotations

import re

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.network import SUBNET, vpc_of, zone_of
from rehearsal.values import UNKNOWN

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_REFERENCE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"


@rule(ENDPOINT, source=f"{_REFERENCE}/API_CreateVpcEndpoint.html")
def parts_of_an_endpoint(it: Resource) -> Found:
    kind = it.get("vpcEndpointType", "Gateway")
    wrong = {
        "Gateway": ("subnetIds", "securityGroupIds", "privateDnsEnabled"),
        "Interface": ("routeTableIds",),
        "GatewayLoadBalancer": ("routeTableIds", "securityGroupIds", "privateDnsEnabled"),
    }
    for name in wrong.get(str(kind), ()):
        if it.get(name) not in (None, False):
            yield name, f"InvalidParameter: {name} is not supported for endpoints of type {kind}"


@rule(ENDPOINT, source="https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
def gateways_are_for_s3_and_dynamodb(it: Resource) -> Found:
    service = it.text("serviceName")
    if service.startswith("com.amazonaws.") and it.get("vpcEndpointType", "Gateway") == "Gateway":
        if service.rpartition(".")[2] not in ("s3", "dynamodb", "s3express"):
            message = "InvalidParameter: Endpoint type (Gateway) does not match available service types ([Interface])"
            yield "vpcEndpointType", f"{message} of {service}"


@rule(ENDPOINT, source="https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html")
def service_of_the_region(it: Resource, program: Program) -> Found:
    match = re.fullmatch(r"com\.amazonaws\.([a-z]{2}(?:-[a-z]+)+-\d)\..+", it.text("serviceName"))
    if match and it.region and match[1] != it.region and not it.text("serviceRegion"):
        yield "serviceName", f"InvalidServiceName: The Vpc Endpoint Service '{match[0]}' does not exist in {it.region}"


@rule(ENDPOINT, source="https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html")
def endpoint_fits_its_network(it: Resource, program: Program) -> Found:
    vpc, subnets = vpc_of(it, program), program.refers(it, "subnetIds", SUBNET)
    if (
        it.get("privateDnsEnabled") is True
        and vpc
        and not (vpc.get("enableDnsHostnames") in (True, UNKNOWN) and vpc.get("enableDnsSupport", True) is not False)
    ):
        message = "InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes"
        yield "privateDnsEnabled", f"{message} set to true for {vpc.name}"
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
    others = [one for one in program.of(ENDPOINT) if vpc_of(one, program) in (vpc, None)]
    gateways = [one for one in others if one.get("vpcEndpointType", "Gateway") == "Gateway"]
    if not any(one.get("serviceName") in (service, UNKNOWN) for one in gateways):
        message = "InvalidParameter: To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC"
        yield name, f"{message} {vpc.name!r} must have a Gateway endpoint for the service."


@rule("aws:ec2/flowLog:FlowLog", source=f"{_REFERENCE}/API_CreateFlowLogs.html")
def role_of_a_flow_log(it: Resource) -> Found:
    if it.get("logDestinationType", "cloud-watch-logs") == "cloud-watch-logs" and it.get("iamRoleArn") is None:
        yield "iamRoleArn", "MissingParameter: DeliverLogsPermissionArn is required for logs to CloudWatch"
