"""An apply that nobody judged before: refused beside what exists, and for nothing that may still come."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn, cast

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from rehearsal.provider.resources import CloudProvider
from rehearsal.serve import providers
from rehearsal.values import Secret, to_struct

VPC, SUBNET, GROUP = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"


class RefusedError(Exception):
    pass


class Context:
    """What a provider asks of a call: who called, and to end it."""

    def peer(self) -> str:
        return "engine"

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise RefusedError(f"{code.name}: {details}")


CONTEXT = cast("grpc.ServicerContext", Context())


class Cloud:
    def __init__(self, folder: Path, *, judges: bool, fault: str = "") -> None:
        served = providers(folder, "us-east-1", fault, judges=judges)["aws"]
        assert isinstance(served, CloudProvider)
        self.provider = served

    def create(self, token: str, name: str, inputs: dict[str, Any], *, preview: bool = False) -> str:
        request = pb.CreateRequest(
            urn=f"urn:pulumi:dev::shop::{token}::{name}", type=token, name=name, preview=preview,
            properties=to_struct(inputs),
        )  # fmt: skip
        return self.provider.Create(request, CONTEXT).id

    def update(self, token: str, name: str, identity: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        request = pb.UpdateRequest(
            urn=f"urn:pulumi:dev::shop::{token}::{name}", type=token, name=name, id=identity,
            old_inputs=to_struct(before), news=to_struct(after),
        )  # fmt: skip
        self.provider.Update(request, CONTEXT)


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path, judges=True)


def test_a_subnet_that_overlaps_is_refused_when_it_is_made_or_changed(cloud: Cloud) -> None:
    vpc = cloud.create(VPC, "vpc", {"cidrBlock": "10.0.0.0/16"})
    cloud.create(SUBNET, "z", {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"})
    wrong, right = ({"vpcId": vpc, "cidrBlock": block} for block in ("10.0.0.128/25", "10.0.1.0/24"))

    with pytest.raises(RefusedError, match=r"FAILED_PRECONDITION: cidrBlock: InvalidSubnet.Conflict.*'z'"):
        cloud.create(SUBNET, "a", wrong)

    cloud.create(SUBNET, "a", wrong, preview=True)
    subnet = cloud.create(SUBNET, "a", right)
    cloud.update(SUBNET, "a", subnet, right, {**right, "mapPublicIpOnLaunch": True})
    with pytest.raises(RefusedError, match=r"InvalidSubnet.Conflict"):
        cloud.update(SUBNET, "a", subnet, right, wrong)


def test_a_group_of_another_network_is_refused_and_a_gateway_may_still_come(cloud: Cloud) -> None:
    vpc, other = (cloud.create(VPC, name, {"cidrBlock": "10.0.0.0/16"}) for name in ("vpc", "other"))
    subnets = [
        cloud.create(SUBNET, zone, {"vpcId": vpc, "cidrBlock": block, "availabilityZone": f"us-east-1{zone}"})
        for zone, block in (("a", "10.0.0.0/24"), ("b", "10.0.1.0/24"))
    ]
    mine, theirs = (cloud.create(GROUP, f"of-{vpc_id}", {"vpcId": vpc_id}) for vpc_id in (vpc, other))

    with pytest.raises(RefusedError, match="One or more security groups are invalid"):
        cloud.create(BALANCER, "front", {"name": "front", "subnets": subnets, "securityGroups": [theirs]})

    cloud.create(BALANCER, "front", {"name": "front", "subnets": subnets, "securityGroups": [mine]})


def test_a_resource_is_judged_where_it_is_and_its_secrets_are_not_told(cloud: Cloud) -> None:
    function = {"role": "arn:aws:iam::123456789012:role/a", "packageType": "Image"}
    image = {"imageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:3"}

    with pytest.raises(RefusedError, match="the repository must be in the function's region, us-east-1"):
        cloud.create("aws:lambda/function:Function", "one", {**function, **image})

    cloud.create("aws:lambda/function:Function", "one", {**function, "imageUri": Secret(image["imageUri"])})
    cloud.create("aws:lambda/function:Function", "two", {**function, **image, "region": "eu-west-1"})


def test_clouds_whose_previews_are_judged_take_what_they_are_given(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path, judges=False)
    vpc = cloud.create(VPC, "vpc", {"cidrBlock": "10.0.0.0/16"})
    assert [cloud.create(SUBNET, name, {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}) for name in ("a", "b")]


def test_clouds_with_a_fault_refuse_before_they_fail(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path, judges=True, fault="fails-half-way")
    vpc = cloud.create(VPC, "vpc", {"cidrBlock": "10.0.0.0/16"})
    subnet = {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}
    cloud.create(SUBNET, "a", subnet)
    with pytest.raises(RefusedError, match=r"InvalidSubnet.Conflict"):
        cloud.create(SUBNET, "b", subnet)

    cloud.create(SUBNET, "c", {**subnet, "cidrBlock": "10.0.1.0/24"})
    with pytest.raises(RefusedError, match="InternalFailure"):
        cloud.create(SUBNET, "d", {**subnet, "cidrBlock": "10.0.2.0/24"})
