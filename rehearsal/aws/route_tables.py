"""Finds the route table of a subnet: the associated table, else the main table of its VPC."""

from __future__ import annotations

from dataclasses import replace

from rehearsal.cloud import Call
from rehearsal.inventory import Entry

TOKEN = "aws:ec2/getRouteTable:getRouteTable"
_TABLE = "aws:ec2/routeTable:RouteTable"


def of_subnet(call: Call) -> Entry | None:
    """Returns the subnet's route table; None if the call has no subnet or this rehearsal did not create it."""
    subnet = call.arguments.get("subnetId")
    if not isinstance(subnet, str):
        return None
    for association in call.inventory.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation"):
        if association.inputs.get("subnetId") == subnet:
            return call.inventory.find(_TABLE, association.scope, str(association.inputs.get("routeTableId")))
    made = call.inventory.find("aws:ec2/subnet:Subnet", call.scope, subnet)
    vpc = call.inventory.find("aws:ec2/vpc:Vpc", call.scope, str(made.inputs.get("vpcId"))) if made else None
    main = str(vpc.outputs.get("mainRouteTableId")) if vpc else ""
    return replace(vpc, type=_TABLE, id=main, outputs={"vpcId": vpc.id, "region": call.scope}) if vpc else None
