"""The VPC endpoints of awsx:ec2:Vpc: as specified (Legacy), or completed from the VPC's subnets (Auto)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.awsx.context import ComponentContext, Registered
from rehearsal.awsx.output_values import bare_if_known, merge, strip
from rehearsal.awsx.subnets import Subnet

_COPIED = (
    "autoAccept",
    "dnsOptions",
    "ipAddressType",
    "policy",
    "privateDnsEnabled",
    "resourceConfigurationArn",
    "routeTableIds",
    "securityGroupIds",
    "serviceName",
    "serviceNetworkArn",
    "serviceRegion",
    "subnetConfigurations",
    "subnetIds",
    "vpcEndpointType",
)
# The order in which a subnet type is chosen for an interface endpoint, in each zone.
_PREFERRED = ("private", "isolated", "public")


def check_endpoints(arguments: Mapping[str, Any]) -> None:
    """Raises ValueError if Auto must complete an endpoint whose type is not known yet."""
    for spec in _specs(arguments) if _auto(arguments) else []:
        if spec.get("vpcEndpointType") is not None and bare_if_known(spec["vpcEndpointType"]) is None:
            raise ValueError(
                f'vpcEndpointSpecs: the type of {spec["serviceName"]} is not known yet; vpcEndpointStrategy "Auto" '
                'needs it as plain text, "Legacy" does not'
            )


def dns_defaults(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the DNS settings that a VPC needs for private DNS of its endpoints.

    Raises ValueError if the arguments switch one of them off.
    """
    if not _auto(arguments) or not any(_private_dns(spec) for spec in _specs(arguments)):
        return {}
    names = ("enableDnsHostnames", "enableDnsSupport")
    for name in names:
        if strip(arguments.get(name)) is False:
            raise ValueError(f'{name}: found false, expected true: vpcEndpointStrategy "Auto" uses private DNS')
    return {name: True if arguments.get(name) is None else arguments[name] for name in names}


def make_endpoints(
    context: ComponentContext,
    arguments: Mapping[str, Any],
    vpc: Registered,
    subnets: Sequence[tuple[Subnet, Registered]],
    route_tables: Sequence[Registered],
    tags: Any,
) -> list[Registered]:
    made = []
    for spec in _specs(arguments):
        spec_tags = merge(tags, spec.get("tags"))
        region = arguments.get("region") if spec.get("region") is None else spec["region"]
        inputs = {key: spec.get(key) for key in _COPIED} | {"region": region, "tags": spec_tags, "vpcId": vpc.id}
        if _auto(arguments) and _type(spec) == "gateway" and spec.get("routeTableIds") is None:
            inputs["routeTableIds"] = [table.id for table in route_tables]
        if _auto(arguments) and _type(spec) == "interface":
            inputs |= _interface(context, spec, vpc, subnets, region, spec_tags)
        made.append(
            context.register(
                "aws:ec2/vpcEndpoint:VpcEndpoint", spec["serviceName"], inputs, parent=vpc, depends_on=[vpc]
            )
        )
    return made


def _interface(
    context: ComponentContext,
    spec: Mapping[str, Any],
    vpc: Registered,
    subnets: Sequence[tuple[Subnet, Registered]],
    region: Any,
    tags: Any,
) -> dict[str, Any]:
    """The defaults of Auto for an interface endpoint: a subnet per zone, private DNS, a security group for HTTPS."""
    filled: dict[str, Any] = {}
    if spec.get("subnetIds") is None and spec.get("subnetConfigurations") is None:
        filled["subnetIds"] = [subnet.id for subnet in _one_per_zone(subnets)]
    if spec.get("privateDnsEnabled") is None:
        filled["privateDnsEnabled"] = True
    if spec.get("securityGroupIds") is None:
        filled["securityGroupIds"] = [_security_group(context, spec, vpc, region, tags).id]
    return filled


def _security_group(
    context: ComponentContext, spec: Mapping[str, Any], vpc: Registered, region: Any, tags: Any
) -> Registered:
    service = spec["serviceName"]
    group = context.register(
        "aws:ec2/securityGroup:SecurityGroup",
        f"{service}-sg",
        {"region": region, "vpcId": vpc.id, "tags": tags},
        parent=vpc,
        depends_on=[vpc],
    )
    addresses: dict[str, Any] = {"cidrBlocks": [vpc["cidrBlock"]]}
    if (bare_if_known(spec.get("ipAddressType")) or "").lower() in ("ipv6", "dualstack"):
        addresses["ipv6CidrBlocks"] = [vpc["ipv6CidrBlock"]]
    rule = {"type": "ingress", "securityGroupId": group.id, "protocol": "tcp", "fromPort": 443, "toPort": 443}
    context.register(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        f"{service}-ingress",
        {"region": region, **rule, **addresses},
        parent=vpc,
        depends_on=[group],
    )
    return group


def _one_per_zone(subnets: Sequence[tuple[Subnet, Registered]]) -> list[Registered]:
    zones = dict.fromkeys(subnet.zone for subnet, _ in subnets)
    ranked = [
        min((_PREFERRED.index(subnet.kind), at) for at, (subnet, _) in enumerate(subnets) if subnet.zone == zone)
        for zone in zones
    ]
    return [subnets[at][1] for _, at in ranked]


def _specs(arguments: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return arguments.get("vpcEndpointSpecs") or []


def _auto(arguments: Mapping[str, Any]) -> bool:
    return arguments.get("vpcEndpointStrategy") == "Auto"


def _type(spec: Mapping[str, Any]) -> str | None:
    given = spec.get("vpcEndpointType")
    return "gateway" if given is None else (bare_if_known(given) or "").lower()


def _private_dns(spec: Mapping[str, Any]) -> bool:
    return _type(spec) == "interface" and strip(spec.get("privateDnsEnabled")) in (None, True)
