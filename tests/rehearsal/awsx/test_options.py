"""What a program sets on a component reaches its children, and what cannot be constructed is refused with its path."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pulumi import automation as auto

from tests.rehearsal.awsx.harness import Bench, children
from tests.rehearsal.awsx.recorder import Recorder

SERVICE = """
import pulumi, pulumi_aws as aws, pulumi_awsx as awsx

def keep_count(args):
    if args.type_ != "aws:ecs/service:Service":
        return None
    args.opts.ignore_changes = ["desiredCount"]
    return pulumi.ResourceTransformResult(args.props, args.opts)

europe = aws.Provider("europe", region="eu-west-1")
cluster = aws.ecs.Cluster("cluster")
password = pulumi.Output.secret("hunter2")
options = pulumi.ResourceOptions(transforms=[keep_count], protect=True, providers=[europe], depends_on=[cluster])
environment = [{"name": "P", "value": password}]
container = {"name": "app", "image": pulumi.Output.concat("repo/", cluster.arn), "environment": environment}
service = awsx.ecs.FargateService("svc", cluster=cluster.arn, desired_count=2, network_configuration={"subnets": ["s"]},
    task_definition_args={"container": container}, opts=options)
pulumi.export("service", service.service.name)
"""


@pytest.fixture
def deployed(bench: Bench) -> dict[str, dict[str, Any]]:
    """The engine's state of every resource, by type."""
    bench.up(SERVICE)
    return {resource["type"]: resource for resource in bench.resources()}


def test_transforms_of_the_component_are_in_force_on_its_children(deployed: dict[str, Any]) -> None:
    assert deployed["aws:ecs/service:Service"]["ignoreChanges"] == ["desiredCount"]
    assert "ignoreChanges" not in deployed["aws:ecs/taskDefinition:TaskDefinition"]


def test_children_use_the_component_s_provider_and_protection(deployed: dict[str, Any]) -> None:
    children = [deployed[f"aws:{kind}"] for kind in ("ecs/service:Service", "iam/role:Role")]
    assert all("::europe::" in child["provider"] and child["protect"] for child in children)
    assert "::default_" in deployed["aws:ecs/cluster:Cluster"]["provider"]


def test_every_input_names_the_resources_it_comes_from(deployed: dict[str, Any]) -> None:
    task = deployed["aws:ecs/taskDefinition:TaskDefinition"]
    sources = {urn.rpartition("$")[2] for urn in task["propertyDependencies"]["containerDefinitions"]}
    assert sources == {
        "urn:pulumi:rec::recorded::aws:ecs/cluster:Cluster::cluster",
        "aws:cloudwatch/logGroup:LogGroup::svc",
    }
    assert task["propertyDependencies"]["networkMode"] == []
    assert set(task["propertyDependencies"]["taskRoleArn"]) <= set(task["dependencies"])


def test_secrets_stay_secret_in_what_is_derived_from_them(bench: Bench, deployed: dict[str, Any]) -> None:
    definitions = deployed["aws:ecs/taskDefinition:TaskDefinition"]["inputs"]["containerDefinitions"]
    assert definitions["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"
    assert all("hunter2" not in file.read_text() for file in bench.folder.rglob("*.json"))


def test_outputs_are_resources_the_program_can_use(deployed: dict[str, Any]) -> None:
    outputs = deployed["awsx:ecs:FargateService"]["outputs"]
    assert outputs["service"]["urn"] == deployed["aws:ecs/service:Service"]["urn"]
    assert deployed["pulumi:pulumi:Stack"]["outputs"]["service"] == "svc"


def test_children_carry_the_line_that_declared_the_component(bench: Bench, aws: Recorder) -> None:
    program = bench.folder / "program.py"
    program.write_text("import pulumi_awsx as awsx\n\nawsx.ecr.Repository('models')\n", encoding="utf-8")

    def run() -> None:
        exec(compile(program.read_text(), str(program), "exec"), {})  # noqa: S102 (the test's own program)

    bench.up(run)
    (policy,) = [resource for resource in bench.resources() if resource["type"].endswith(":LifecyclePolicy")]
    assert any(frame.get("sourcePosition", "").endswith("program.py#3") for frame in policy["stackTrace"])


def test_a_state_of_the_component_s_former_type_is_recognised(bench: Bench) -> None:
    task = '"t", container={"name": "a", "image": "i"}, log_group={"skip": True}'
    program = ["import pulumi, pulumi_awsx as awsx", f"awsx.ecs.FargateTaskDefinition({task})"]
    bench.up(program)
    stack = bench.stack_of(program)
    deployment = stack.export_stack()
    text = str(deployment.deployment).replace("awsx:ecs:FargateTaskDefinition", "awsx:x:ecs:FargateTaskDefinition")
    stack.import_stack(auto.Deployment(deployment.version, eval(text)))  # noqa: S307 (the engine's own state)
    assert set(bench.preview(program).change_summary) == {auto.OpType.SAME}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ('ec2.Vpc("v", cidr_blok="10.0.0.0/16")', "cidr_blok"),
        (
            'ec2.Vpc("v", nat_gateways={"strategy": "Both"})',
            "found .Both., expected one of None",
        ),
        ('ec2.Vpc("v", subnet_specs=[{"name": "x"}])', r"subnetSpecs\[0\]\.type: found nothing"),
        ('ec2.Vpc("v", availability_zone_names=["us-east-1a"], number_of_availability_zones=1)', "both given"),
        ('ec2.Vpc("v", number_of_availability_zones=9)', "has 6 availability zones, expected at least 9"),
        (
            'ec2.Vpc("v", nat_gateways={"strategy": "Single"}, subnet_specs=[{"type": "Public"}])',
            "needs public subnets",
        ),
        ('lb.ApplicationLoadBalancer("b", listener={}, listeners=[])', "listener and listeners are both given"),
        ('lb.ApplicationLoadBalancer("b", subnet_ids=["s"], subnets=[])', "at most one of subnets, subnetIds"),
        ('lb.TargetGroupAttachment("a", instance_id="i")', "found none of targetGroup, targetGroupArn"),
        ('ecs.FargateService("s")', "found none of taskDefinition, taskDefinitionArgs"),
        ('ecs.FargateTaskDefinition("t")', "found neither of container and containers"),
        (
            'ecs.FargateTaskDefinition("t", container={"name": "a", "image": "i", "cpus": 1})',
            r"container\.cpus: .*'cpu'",
        ),
        ('ecr.Image("i")', "repository_url"),
        ('cloudtrail.Trail("t", s3_bucket={"existing": {}})', "neither name nor arn"),
    ],
)
def test_what_cannot_be_constructed_is_refused(bench: Bench, aws: Recorder, arguments: str, problem: str) -> None:
    with pytest.raises((auto.CommandError, TypeError)) as refused:
        bench.preview(f"import pulumi_awsx as awsx; awsx.{arguments}")
    assert re.search(problem, str(refused.value))
    assert aws.children == []


def test_an_argument_that_decides_the_resources_must_be_plain(bench: Bench) -> None:
    program = [
        "import pulumi_aws as aws, pulumi_awsx as awsx",
        'awsx.ec2.Vpc("v", cidr_block=aws.ec2.Vpc("other", cidr_block="10.0.0.0/16").ipv6_cidr_block)',
    ]
    with pytest.raises(auto.CommandError, match="cidrBlock: found a value known after the apply"):
        bench.preview(program)


def test_what_decides_a_subnet_s_place_must_be_plain(bench: Bench) -> None:
    program = [
        "import pulumi_aws as aws, pulumi_awsx as awsx",
        'later = aws.ec2.Vpc("other", cidr_block="10.0.0.0/16").ipv6_cidr_block',
        'awsx.ec2.Vpc("v", subnet_specs=[{"type": "Public", "name": later}])',
    ]
    with pytest.raises(auto.CommandError, match=r"subnetSpecs\[0\]\.name: found a value known after the apply"):
        bench.preview(program)


def test_the_function_awsx_never_implemented_is_refused_by_name(bench: Bench) -> None:
    with pytest.raises(auto.CommandError, match=r"awsx:ec2:getDefaultVpc; use the component awsx\.ec2\.DefaultVpc"):
        bench.preview("import pulumi_awsx as awsx; awsx.ec2.get_default_vpc()")


@pytest.mark.parametrize(
    ("program", "made"),
    [
        ('ec2.Vpc("c", number_of_availability_zones=1, nat_gateways={})', "NatGateway c-1"),
        ('ecs.FargateTaskDefinition("c", containers={"web": {"image": "i"}})', "TaskDefinition c"),
        (
            'ecr.Repository("c", lifecycle_policy={"rules": [{"tag_prefix_list": ["v"], "maximum_age_limit": 3}]})',
            "LifecyclePolicy c",
        ),
    ],
)
def test_what_awsx_has_a_default_for_may_be_left_out(bench: Bench, aws: Recorder, program: str, made: str) -> None:
    assert made in children(bench, aws, f"awsx.{program}")
