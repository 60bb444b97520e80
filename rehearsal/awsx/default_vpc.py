"""awsx:ec2:DefaultVpc: looks up the account's default VPC and its subnets, and creates no resources."""

from __future__ import annotations

from typing import Any

from rehearsal.awsx.context import ComponentContext
from rehearsal.awsx.output_values import apply, field


def construct(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return default_vpc(context)


def default_vpc(context: ComponentContext) -> dict[str, Any]:
    """Returns vpcId, publicSubnetIds and privateSubnetIds. A subnet is public if it assigns public addresses."""
    vpc_id = field(context.invoke("aws:ec2/getVpc:getVpc", {"default": True}), "id")
    filters = [{"name": "vpc-id", "values": [vpc_id]}]
    ids = field(context.invoke("aws:ec2/getSubnets:getSubnets", {"filters": filters}), "ids")
    subnets = apply(
        lambda known_ids: [context.invoke("aws:ec2/getSubnet:getSubnet", {"id": identity}) for identity in known_ids],
        ids,
    )
    return {
        "vpcId": vpc_id,
        "publicSubnetIds": apply(lambda found: [s["id"] for s in found if s.get("mapPublicIpOnLaunch")], subnets),
        "privateSubnetIds": apply(lambda found: [s["id"] for s in found if not s.get("mapPublicIpOnLaunch")], subnets),
    }
