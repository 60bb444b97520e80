"""Components on the aws stand-in itself: they apply, a second preview finds nothing to do, and all of it goes again."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from pulumi.automation import OpType

from gitops.engine.clouds import running
from tests.rehearsal.awsx.harness import Bench

NETWORK = """
import pulumi, pulumi_awsx as awsx
vpc = awsx.ec2.Vpc("net", number_of_availability_zones=2, subnet_strategy="Auto", nat_gateways={"strategy": "Single"},
    assign_generated_ipv6_cidr_block=True,
    subnet_specs=[{"type": "Public", "cidr_mask": 22}, {"type": "Private", "cidr_mask": 20}, {"type": "Isolated"}],
    vpc_endpoint_strategy="Auto", vpc_endpoint_specs=[{"service_name": "com.amazonaws.us-east-1.s3"}])
pulumi.export("private", vpc.private_subnet_ids)
pulumi.export("ipv6", vpc.subnets.apply(lambda subnets: [subnet.ipv6_cidr_block for subnet in subnets]))
pulumi.export("zones", vpc.subnets.apply(lambda subnets: [subnet.availability_zone for subnet in subnets]))
"""

SERVICE = """
import pulumi, pulumi_aws as aws, pulumi_awsx as awsx
repository = awsx.ecr.Repository("Models", force_delete=True)
image = awsx.ecr.Image("image", repository_url=repository.url, context="./app", platform="linux/amd64")
balancer = awsx.lb.ApplicationLoadBalancer("web")
service = awsx.ecs.FargateService("svc", cluster=aws.ecs.Cluster("cluster").arn, assign_public_ip=True,
    task_definition_args={"container": {"name": "app", "image": image.image_uri, "cpu": 300, "memory": 700,
        "port_mappings": [{"target_group": balancer.default_target_group}]}})
awsx.lb.NetworkLoadBalancer("tcp", default_target_group_port=9000)
awsx.cloudtrail.Trail("trail", cloud_watch_logs_group={"enable": True})
awsx.ecr.RegistryImage("copy", repository_url=repository.url, source_image="nginx:1.27")
pulumi.export("image", image.image_uri)
pulumi.export("definition", service.task_definition.container_definitions)
pulumi.export("address", balancer.load_balancer.dns_name)
"""


@pytest.mark.parametrize("program", [NETWORK, SERVICE], ids=["network", "service"])
def test_applied_unchanged_and_destroyed(program: str, tmp_path: Path) -> None:
    with running(tmp_path / "clouds") as clouds:
        bench = Bench(tmp_path, clouds.debug_providers)
        bench.up(program)
        outputs = bench.outputs()
        if program == NETWORK:
            assert len(outputs["private"]) == 2
            assert len({block for block in outputs["ipv6"] if block.endswith("::/64")}) == 6
            assert Counter(outputs["zones"]) == {"us-east-1a": 3, "us-east-1b": 3}
        else:
            assert "@sha256:" in outputs["image"]
            assert outputs["image"] in outputs["definition"]
            assert outputs["address"].endswith(".elb.amazonaws.com")
        assert set(bench.preview(program).change_summary) == {OpType.SAME}
        bench.destroy(program)
        assert bench.resources() == []


def test_several_engines_construct_at_once(tmp_path: Path) -> None:
    programs = {"a": NETWORK, "b": NETWORK.replace('"net"', '"other"'), "c": SERVICE}
    with running(tmp_path / "clouds") as clouds:
        runs = []
        for name, program in programs.items():
            folder = tmp_path / name
            folder.mkdir()
            (folder / "program.py").write_text(program, encoding="utf-8")
            command = [
                sys.executable,
                "-m",
                "tests.rehearsal.awsx.run_program",
                str(folder),
                clouds.debug_providers,
                "up",
            ]
            runs.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        told = [run.communicate(timeout=120)[0] for run in runs]
        assert [run.returncode for run in runs] == [0, 0, 0], told
        names = {
            name: {r["urn"].rpartition("::")[2] for r in Bench(tmp_path / name, "").resources()} for name in programs
        }
    assert "net-public-1" in names["a"]
    assert "net-public-1" not in names["b"] | names["c"]
    assert {name.replace("other", "net") for name in names["b"]} == names["a"]
