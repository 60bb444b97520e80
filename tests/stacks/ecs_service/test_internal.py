"""A service for callers inside, from its first deployment on: the scheme of a load balancer cannot be changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gitops.records import Op, Operation
from gitops.run import Sandbox
from rehearsal.inventory import Inventory
from tests.stacks.configs import checkout
from tests.worlds import Life, list_changes, living, of_type, unprotect

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
BALANCER, LISTENER = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"
GROUP = "aws:lb/targetGroup:TargetGroup"
TARGET = "ecs_service/dev"
CANARY = {"release.strategy": "canary", "release.steps": {"percent": 10, "wait": 300, "bake": 300}}
INSIDE = {"entrance.internal": True, "entrance.clients": ["10.0.0.0/8", "172.16.0.0/12"]}


def test_the_name_leads_to_private_addresses(tmp_path: Path) -> None:
    root = checkout(tmp_path / "checkout", [TARGET])
    with living(root, TARGET, Sandbox(tmp_path / "sandbox").prepare()) as life:
        planned = life.run(Operation.PREVIEW, {**INSIDE, **CANARY}, judged=True)  # of names there are 32 letters
    assert planned.findings == ()
    (balancer,) = of_type(planned, BALANCER)
    assert balancer.inputs["internal"] is True
    assert balancer.name == "inside", "a scheme cannot change, nor can a group have two balancers: each has its own"
    used = {urn.rsplit("::", 1)[-1] for urn in balancer.depends_on if "subnet:Subnet" in urn}
    assert len(used) == 2, used
    assert {name.rsplit("-", 2)[-2] for name in used} == {"private"}
    opened = {step.inputs.get("cidrIpv4") for step in of_type(planned, INGRESS) if "edge-" in step.name}
    assert opened == {"10.0.0.0/8", "172.16.0.0/12"}


@pytest.mark.soak
def test_a_service_without_gateways_for_callers_inside(tmp_path: Path) -> None:
    config, sandbox = {**INSIDE, "network.nat": "none"}, Sandbox(tmp_path / "sandbox").prepare()
    with living(checkout(tmp_path / "checkout", [TARGET]), TARGET, sandbox) as life:
        made = life.run(Operation.UPDATE, config)
        assert not of_type(made, "aws:ec2/natGateway:NatGateway")
        assert list_changes(life.run(Operation.UPDATE, config)) == {}
        assert list_changes(life.run(Operation.DRIFT, config)) == {}
        unprotect(sandbox.state / ".pulumi" / "stacks" / "ecs_service" / "dev.json")
        life.run(Operation.DESTROY, config)
    assert not list(Inventory(sandbox.clouds).of_type("aws:ec2/vpcEndpoint:VpcEndpoint"))


@pytest.mark.soak
def test_a_service_moves_inside(rehearse: Callable[[str], Life]) -> None:
    """While both balancers exist neither may have the other's target group: the clouds refuse that."""
    life, unheld = rehearse(TARGET), {"availability.protected": False}
    life.run(Operation.UPDATE, unheld)
    assert (
        list_changes(life.run(Operation.UPDATE, {**INSIDE, **unheld}))["aws:ecs/service:Service service"] is Op.UPDATE
    )
    kept = {kind: list(Inventory(life.sandbox.clouds).of_type(kind)) for kind in (BALANCER, GROUP, LISTENER)}
    assert {kind: len([one for one in found if ":dev::" in one.urn]) for kind, found in kept.items()} == {
        BALANCER: 1,
        GROUP: 1,
        LISTENER: 2,
    }
