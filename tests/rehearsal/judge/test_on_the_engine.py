"""What the real engine makes of a refusal: by a provider's Check, and by the judge when the preview has ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops.engine.clouds import Clouds
from gitops.rehearse import rehearse

PROGRAM = """
import pulumi
import pulumi_aws as aws

mistake = pulumi.Config().require("mistake")
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
other = aws.ec2.Vpc("other", cidr_block="10.1.0.0/16")
gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id)
subnets = [
    aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.{2 if mistake == 'range' else 0}.{index}.0/24",
                   availability_zone=f"us-east-1{zone}")
    for index, zone in enumerate("ab")
]
group = aws.ec2.SecurityGroup("group", vpc_id=(other if mistake == "network" else vpc).id)
aws.lb.LoadBalancer("front", subnets=[one.id for one in subnets], security_groups=[group.id])
aws.appautoscaling.Target(
    "target", min_capacity=5 if mistake == "alone" else 1, max_capacity=4, resource_id="service/web/web",
    scalable_dimension="ecs:service:DesiredCount", service_namespace="ecs",
)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    (folder / "Pulumi.yaml").write_text("name: judged\nruntime: python\n", encoding="utf-8")
    (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("mistake", "up", "told", "line"),
    [
        ("none", False, None, None),
        ("alone", False, "'target' has a problem: maxCapacity: ValidationException: maxCapacity must be", 16),
        ("range", False, "aws:ec2/subnet:Subnet 'a': cidrBlock: '10.2.0.0/24' is not a valid subnet", 10),
        ("network", False, "'front': securityGroups: InvalidConfigurationRequest: One or more security groups", 15),
        ("network", True, "'front': securityGroups: InvalidConfigurationRequest: One or more security groups", 15),
    ],
)
def test_a_refusal_fails_the_run_at_its_line(
    project: Path, clouds: Clouds, mistake: str, up: bool, told: str | None, line: int | None
) -> None:
    error = rehearse(project, up=up, overrides=(f"mistake={mistake}",), served=clouds).error
    assert (error and error.kind) == (told and "provider")
    if error and told:
        assert told in error.message
        assert error.source
        assert (error.source.file, error.source.line) == ("__main__.py", line)
