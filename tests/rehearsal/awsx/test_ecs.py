"""What the services and task definitions of awsx make."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.values import UNKNOWN
from tests.rehearsal.awsx.harness import Bench, children, names
from tests.rehearsal.awsx.recorder import Recorder

NETWORK = 'network_configuration={"subnets": ["subnet-1"]}'
WITH_PORT = 'port=8080, protocol="HTTP", target_type="ip", vpc_id="vpc-1"'
MAPPED = '"port_mappings": [{"target_group": group}]'
LATER_PORT = ', "container_port": later.apply(int)}'
REGISTERED = [{"containerName": "container", "containerPort": 8080, "targetGroupArn": "arn:aws:x:g"}]
IN_WEB = [{**REGISTERED[0], "containerName": "web"}]


def test_fargate_service_in_the_default_vpc(bench: Bench, aws: Recorder) -> None:
    container = '{"name": "app", "image": "nginx"}'
    task = f'task_definition_args={{"container": {container}}}'
    found = children(bench, aws, f'awsx.ecs.FargateService("s", assign_public_ip=True, {task})')
    assert found["Service s"]["networkConfiguration"] == {
        "assignPublicIp": True,
        "securityGroups": [UNKNOWN],
        "subnets": ["subnet-a", "subnet-b"],
    }
    assert found["Service s"]["desiredCount"] == 1
    assert found["Service s"]["loadBalancers"] == []
    assert (found["TaskDefinition s"]["cpu"], found["TaskDefinition s"]["memory"]) == ("256", "512")


def test_containers_roles_logs_and_volumes_as_given(bench: Bench, aws: Recorder) -> None:
    containers = '{"web": {"name": "web", "image": "w"}, "side": {"name": "side", "image": "s"}}'
    found = children(
        bench,
        aws,
        'awsx.ecs.FargateTaskDefinition("t", cpu="1024", memory="4096", family="mine", log_group={"existing": {"arn": '
        '"arn:aws:logs:eu-west-1:1:log-group:/app"}}, task_role={"role_arn": "arn:role"}, execution_role={"args": '
        '{"policy_arns": ["arn:aws:iam::aws:policy/X"], "description": "d"}}, volumes=[{"name": "efs", '
        f'"efs_volume_configuration": {{"file_system_id": "fs-1"}}}}], containers={containers})',
    )
    task = found["TaskDefinition t"]
    definitions = json.loads(task["containerDefinitions"])
    assert [definition["name"] for definition in definitions] == ["side", "web"]
    assert definitions[0]["logConfiguration"]["options"]["awslogs-region"] == "eu-west-1"
    assert (task["cpu"], task["family"], task["taskRoleArn"]) == ("1024", "mine", "arn:role")
    assert task["volumes"] == [{"name": "efs", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]
    assert names(found, "Role") == ["t-execution"]
    assert found["Role t-execution"]["description"] == "d"
    assert names(found, "RolePolicyAttachment") == ["t-execution-899a8f93"]
    assert names(found, "LogGroup") == []


def test_an_unknown_image_leaves_the_whole_definition_unknown(bench: Bench, aws: Recorder) -> None:
    found = children(
        bench,
        aws,
        'cluster = aws.ecs.Cluster("c")',
        f'awsx.ecs.FargateService("s", {NETWORK}, task_definition_args='
        '{"container": {"name": "a", "image": cluster.id, "cpu": 512}})',
    )
    task = found["TaskDefinition s"]
    assert [task[key] for key in ("containerDefinitions", "family", "cpu", "memory")] == [UNKNOWN] * 4


def test_a_family_that_is_given_waits_for_the_definitions(bench: Bench, aws: Recorder) -> None:
    container = 'container={"image": aws.ecs.Cluster("c").id}'
    found = children(bench, aws, f'awsx.ecs.FargateTaskDefinition("t", family="mine", {container})')
    assert found["TaskDefinition t"]["family"] is UNKNOWN


@pytest.mark.parametrize(
    ("group", "containers", "expected"),
    [
        (WITH_PORT, f'"container": {{"image": later, {MAPPED}}}', REGISTERED),
        (WITH_PORT, f'"containers": {{"container": {{"image": "i", {MAPPED}}}}}', REGISTERED),
        (WITH_PORT, f'"containers": {{"container": {{"image": "i", {MAPPED}}}, "b": {{"image": later}}}}', UNKNOWN),
        (WITH_PORT, f'"container": {{"image": "i", "name": later, {MAPPED}}}', UNKNOWN),
        (WITH_PORT, f'"container": {{"image": "i", "name": pulumi.Output.from_input("web"), {MAPPED}}}', IN_WEB),
        ('target_type="lambda"', f'"container": {{"image": "i", {MAPPED.replace("}", LATER_PORT)}}}', UNKNOWN),
    ],
    ids=["image later", "containers", "containers with an image later", "name later", "name", "port later"],
)
def test_a_service_registers_with_the_target_groups_of_its_containers(
    bench: Bench, aws: Recorder, group: str, containers: str, expected: Any
) -> None:
    found = children(
        bench,
        aws,
        'later = aws.ecs.Cluster("c").id',
        f'group = aws.lb.TargetGroup("g", {group})',
        f'awsx.ecs.FargateService("s", {NETWORK}, task_definition_args={{{containers}}})',
    )
    assert found["Service s"]["loadBalancers"] == expected


def test_a_target_group_without_a_port_is_not_registered_with(bench: Bench, aws: Recorder) -> None:
    bench.up(
        [
            "import pulumi_aws as aws, pulumi_awsx as awsx",
            'group = aws.lb.TargetGroup("g", target_type="lambda")',
            f'task = {{"container": {{"image": "i", {MAPPED}}}}}',
            f'awsx.ecs.FargateService("s", {NETWORK}, task_definition_args=task)',
        ]
    )
    services = [child["inputs"] for child in aws.children if child["type_chain"][-1] == "aws:ecs/service:Service"]
    assert services[-1]["loadBalancers"] == []


def test_capacity_providers_take_the_place_of_the_launch_type(bench: Bench, aws: Recorder) -> None:
    strategies = 'capacity_provider_strategies=[{"capacity_provider": "FARGATE_SPOT", "weight": 1}]'
    given = f'{NETWORK}, task_definition="arn:task"'
    found = children(
        bench,
        aws,
        f'awsx.ecs.FargateService("spot", {given}, {strategies})',
        f'awsx.ecs.FargateService("default", {given}, use_cluster_default_capacity_provider_strategy=True)',
        f'awsx.ecs.FargateService("plain", {given}, continue_before_steady_state=True)',
        f'awsx.ecs.EC2Service("without", {given}, capacity_provider_strategies=[])',
    )
    assert "launchType" not in found["Service spot"]
    assert "launchType" not in found["Service default"]
    assert "launchType" not in found["Service without"]
    assert found["Service plain"]["launchType"] == "FARGATE"
    assert found["Service plain"]["waitForSteadyState"] is False
    assert "useClusterDefaultCapacityProviderStrategy" not in found["Service default"]


def test_a_resource_may_stand_where_its_id_or_arn_belongs(bench: Bench, aws: Recorder) -> None:
    found = children(
        bench,
        aws,
        'cluster = aws.ecs.Cluster("c")',
        'subnet = aws.ec2.Subnet("n", vpc_id="vpc-1", cidr_block="10.0.0.0/24")',
        'network = {"subnets": [subnet], "security_groups": ["sg-1"]}',
        'awsx.ecs.FargateService("s", cluster=cluster, task_definition="arn:task", network_configuration=network)',
    )
    assert found["Service s"]["cluster"] == "arn:aws:x:c"
    assert found["Service s"]["networkConfiguration"] == {"securityGroups": ["sg-1"], "subnets": [UNKNOWN]}


def test_ec2_tasks_may_choose_their_network(bench: Bench, aws: Recorder) -> None:
    container = 'container={"name": "a", "image": "i", "memory": 64}, log_group={"skip": True}'
    found = children(
        bench,
        aws,
        f'task = awsx.ecs.EC2TaskDefinition("t", network_mode="bridge", task_role={{"skip": True}}, {container})',
        'awsx.ecs.EC2Service("s", task_definition=task.task_definition.arn)',
    )
    task = found["TaskDefinition t"]
    assert (task["networkMode"], task["requiresCompatibilities"]) == ("bridge", ["EC2"])
    assert not {"cpu", "memory", "taskRoleArn"} & task.keys()
    assert found["Service s"] == {"launchType": "EC2", "taskDefinition": "arn:aws:x:t", "waitForSteadyState": True}
