"""Programs beyond the recordings: the children, by the same logic, as the aws provider would receive them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.values import UNKNOWN, Secret
from tests.rehearsal.awsx.harness import Bench
from tests.rehearsal.awsx.recorder import Recorder

TAGGED = '{"tag_status": "tagged", "tag_prefix_list": ["v"], "maximum_age_limit": 3}'
NETWORK = 'network_configuration={"subnets": ["subnet-1"]}'
WITH_PORT = 'port=8080, protocol="HTTP", target_type="ip", vpc_id="vpc-1"'
MAPPED = '"port_mappings": [{"target_group": group}]'
LATER_PORT = ', "container_port": later.apply(int)}'
REGISTERED = [{"containerName": "container", "containerPort": 8080, "targetGroupArn": "arn:aws:x:g"}]
IN_WEB = [{**REGISTERED[0], "containerName": "web"}]


def children(bench: Bench, recorder: Recorder, *program: str) -> dict[str, dict[str, Any]]:
    """Inputs by `type name`, after a preview."""
    bench.preview(["import pulumi, pulumi_aws as aws, pulumi_awsx as awsx", *program])
    return {f"{child['type_chain'][-1].split(':')[-1]} {child['name']}": child["inputs"] for child in recorder.children}


def names(found: dict[str, Any], kind: str) -> list[str]:
    return sorted(key.removeprefix(f"{kind} ") for key in found if key.startswith(f"{kind} "))


def test_vpc_takes_three_zones_and_a_gateway_in_each(bench: Bench, aws: Recorder) -> None:
    found = children(bench, aws, 'awsx.ec2.Vpc("v")')
    assert names(found, "NatGateway") == ["v-1", "v-2", "v-3"]
    assert {found[f"Subnet v-public-{n}"]["availabilityZone"][-1] for n in (1, 2, 3)} == {"a", "b", "c"}
    assert found["Subnet v-private-3"]["cidrBlock"] == "10.0.128.0/19"
    assert found["Route v-private-3"]["natGatewayId"] is UNKNOWN


def test_vpc_with_a_single_gateway(bench: Bench, aws: Recorder) -> None:
    program = 'awsx.ec2.Vpc("v", number_of_availability_zones=2, nat_gateways={"strategy": "Single"}, tags={"t": "1"})'
    found = children(bench, aws, program)
    assert names(found, "NatGateway") == names(found, "Eip") == ["v-1"]
    assert found["NatGateway v-1"]["tags"] == {"t": "1", "Name": "v-1"}
    assert names(found, "Route") == ["v-private-1", "v-private-2", "v-public-1", "v-public-2"]


def test_tags_that_are_an_output_are_all_that_a_vpc_s_parts_are_tagged_with(bench: Bench, aws: Recorder) -> None:
    """As awsx does, which loses its own tags then: it spreads the output as if it were an object."""
    tags = 'pulumi.Output.from_input({"team": "ml"})'
    found = children(bench, aws, f'awsx.ec2.Vpc("v", number_of_availability_zones=1, tags={tags})')
    tagged = {key: inputs["tags"] for key, inputs in found.items() if "tags" in inputs}
    assert len(tagged) == 8
    assert all(each == {"team": "ml"} for each in tagged.values())


def test_vpc_without_gateways_leaves_private_subnets_without_a_route(bench: Bench, aws: Recorder) -> None:
    found = children(bench, aws, 'awsx.ec2.Vpc("v", nat_gateways={"strategy": "None"})')
    assert names(found, "NatGateway") == names(found, "Eip") == []
    assert names(found, "Route") == ["v-public-1", "v-public-2", "v-public-3"]


def test_vpc_with_own_addresses_makes_none(bench: Bench, aws: Recorder) -> None:
    addresses = '{"strategy": "Single", "elastic_ip_allocation_ids": ["eipalloc-1"]}'
    found = children(bench, aws, f'awsx.ec2.Vpc("v", number_of_availability_zones=1, nat_gateways={addresses})')
    assert names(found, "Eip") == []
    assert found["NatGateway v-1"]["allocationId"] == "eipalloc-1"


@pytest.mark.parametrize(
    ("program", "made"),
    [
        ('ec2.Vpc("c", number_of_availability_zones=1, nat_gateways={})', "NatGateway c-1"),
        ('ecs.FargateTaskDefinition("c", containers={"web": {"image": "i"}})', "TaskDefinition c"),
        ('ecr.Repository("c", lifecycle_policy={"rules": [TAGGED]})', "LifecyclePolicy c"),
    ],
)
def test_what_awsx_has_a_default_for_may_be_left_out(bench: Bench, aws: Recorder, program: str, made: str) -> None:
    tagged = TAGGED.replace('"tag_status": "tagged", ', "")
    assert made in children(bench, aws, f"awsx.{program.replace('TAGGED', tagged)}")


def test_vpc_passes_on_what_the_inner_vpc_takes_and_nothing_else(bench: Bench, aws: Recorder) -> None:
    program = 'awsx.ec2.Vpc("v", availability_zone_names=["us-east-1a"], enable_dns_hostnames=True, region="eu-west-1")'
    found = children(bench, aws, program)
    assert found["Vpc v"] == {
        "cidrBlock": "10.0.0.0/16",
        "enableDnsHostnames": True,
        "region": "eu-west-1",
        "tags": {"Name": "v"},
    }
    assert {inputs["region"] for inputs in found.values()} == {"eu-west-1"}


def test_vpc_with_ipv6_gives_each_subnet_an_address_block(bench: Bench, aws: Recorder) -> None:
    found = children(bench, aws, 'awsx.ec2.Vpc("v", assign_generated_ipv6_cidr_block=True)')
    assert found["Subnet v-public-1"]["assignIpv6AddressOnCreation"] is True


def test_vpc_with_a_pool_lays_out_later(bench: Bench, aws: Recorder) -> None:
    pool = 'ipv4_ipam_pool_id="pool", ipv4_netmask_length=20, subnet_strategy="Auto"'
    found = children(bench, aws, f'awsx.ec2.Vpc("v", number_of_availability_zones=1, {pool})')
    assert "cidrBlock" not in found["Vpc v"]
    assert found["Subnet v-private-1"]["cidrBlock"] is UNKNOWN


def test_vpc_endpoints_are_passed_through_or_completed(bench: Bench, aws: Recorder) -> None:
    specs = (
        'vpc_endpoint_specs=[{"service_name": "s3", "tags": {"a": "b"}}, {"service_name": "sqs", '
        '"vpc_endpoint_type": "Interface"}], number_of_availability_zones=2, nat_gateways={"strategy": "None"}'
    )
    found = children(
        bench,
        aws,
        f'awsx.ec2.Vpc("old", {specs})',
        f'awsx.ec2.Vpc("new", vpc_endpoint_strategy="Auto", {specs.replace("s3", "s3x").replace("sqs", "sqsx")})',
    )
    assert found["VpcEndpoint s3"] == {"serviceName": "s3", "tags": {"Name": "old", "a": "b"}, "vpcId": UNKNOWN}
    assert "subnetIds" not in found["VpcEndpoint sqs"]
    assert len(found["VpcEndpoint s3x"]["routeTableIds"]) == 4
    assert len(found["VpcEndpoint sqsx"]["subnetIds"]) == 2
    assert found["VpcEndpoint sqsx"]["privateDnsEnabled"] is True
    assert found["SecurityGroupRule sqsx-ingress"]["cidrBlocks"] == ["10.0.0.0/16"]
    assert (found["Vpc new"]["enableDnsHostnames"], found["Vpc new"]["enableDnsSupport"]) == (True, True)


def test_application_balancer_uses_the_default_vpc(bench: Bench, aws: Recorder) -> None:
    found = children(bench, aws, 'awsx.lb.ApplicationLoadBalancer("web")')
    assert found["LoadBalancer web"]["subnets"] == ["subnet-a", "subnet-b"]
    assert found["TargetGroup web"]["vpcId"] == found["SecurityGroup web"]["vpcId"] == "vpc-default"
    assert (found["Listener web-0"]["port"], found["Listener web-0"]["protocol"]) == (80, "HTTP")


def test_one_listener_gives_the_target_group_its_port(bench: Bench, aws: Recorder) -> None:
    listener = '{"port": 443, "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/x"}'
    found = children(bench, aws, f'awsx.lb.ApplicationLoadBalancer("web", listener={listener})')
    assert (found["Listener web-0"]["port"], found["Listener web-0"]["protocol"]) == (443, "HTTPS")
    assert (found["TargetGroup web"]["port"], found["TargetGroup web"]["protocol"]) == (443, "HTTPS")


def test_a_list_of_one_listener_gives_the_target_group_none(bench: Bench, aws: Recorder) -> None:
    found = children(bench, aws, 'awsx.lb.ApplicationLoadBalancer("web", listeners=[{"protocol": "HTTPS"}])')
    assert found["Listener web-0"]["port"] == 443
    assert found["TargetGroup web"] == {"vpcId": "vpc-default", "targetType": "ip"}


def test_balancer_arguments_pass_through(bench: Bench, aws: Recorder) -> None:
    balancer = (
        'awsx.lb.ApplicationLoadBalancer("web", subnet_ids=["subnet-1"], internal=True, default_security_group='
        '{"skip": True}, access_logs={"bucket": logs.arn, "enabled": True})'
    )
    found = children(bench, aws, 'logs = aws.s3.Bucket("logs")', balancer)
    assert found["LoadBalancer web"] == {
        "accessLogs": {"bucket": "arn:aws:x:logs", "enabled": True},
        "internal": True,
        "loadBalancerType": "application",
        "subnets": ["subnet-1"],
    }


def test_own_security_group_arguments_replace_the_open_ones(bench: Bench, aws: Recorder) -> None:
    group = '{"args": {"vpc_id": "vpc-9", "description": "mine"}}'
    found = children(bench, aws, f'awsx.lb.ApplicationLoadBalancer("web", default_security_group={group})')
    assert found["SecurityGroup web"] == {"vpcId": "vpc-9", "description": "mine"}
    assert found["LoadBalancer web"]["securityGroups"] == [UNKNOWN]


def test_network_balancer_speaks_tcp(bench: Bench, aws: Recorder) -> None:
    program = 'awsx.lb.NetworkLoadBalancer("n", default_target_group_port=9000, listeners=[{"port": 9000}, {}])'
    found = children(bench, aws, program)
    assert found["LoadBalancer n"] == {
        "enableHttp2": False,
        "idleTimeout": 0,
        "loadBalancerType": "network",
        "subnets": ["subnet-a", "subnet-b"],
    }
    assert found["TargetGroup n"] == {"port": 9000, "protocol": "TCP", "vpcId": "vpc-default"}
    assert [found[f"Listener n-{at}"]["port"] for at in (0, 1)] == [9000, 80]


def test_balancer_takes_subnet_resources(bench: Bench, aws: Recorder) -> None:
    found = children(
        bench,
        aws,
        'subnet = aws.ec2.Subnet("s", vpc_id="vpc-7", cidr_block="10.0.0.0/24")',
        'awsx.lb.NetworkLoadBalancer("n", subnets=[subnet])',
    )
    assert found["TargetGroup n"]["vpcId"] == "vpc-7"
    assert found["LoadBalancer n"]["subnets"] == [UNKNOWN]


def test_targets_are_instances_or_functions(bench: Bench, aws: Recorder) -> None:
    found = children(
        bench,
        aws,
        'group = aws.lb.TargetGroup("g", target_type="ip", port=80, protocol="HTTP", vpc_id="vpc-1")',
        'awsx.lb.TargetGroupAttachment("i", target_group=group, instance_id="i-1")',
        'awsx.lb.TargetGroupAttachment("f", target_group_arn="arn:tg", lambda_arn="arn:f")',
    )
    assert found["TargetGroupAttachment i"] == {
        "availabilityZone": "us-east-1a",
        "targetGroupArn": "arn:aws:x:g",
        "targetId": "10.0.0.1",
    }
    assert found["Permission f"]["sourceArn"] == "arn:tg"
    assert found["TargetGroupAttachment f"] == {"targetGroupArn": "arn:tg", "targetId": "arn:f"}


@pytest.mark.parametrize(("kind", "target"), [("ip", "10.0.0.9"), ("instance", UNKNOWN)])
def test_a_target_waits_only_for_what_names_it(bench: Bench, aws: Recorder, kind: str, target: Any) -> None:
    found = children(
        bench,
        aws,
        f'group = aws.lb.TargetGroup("g", target_type="{kind}", port=80, protocol="HTTP", vpc_id="vpc-1")',
        'instance = aws.ec2.Instance("i", ami="ami-1", instance_type="t3.micro", private_ip="10.0.0.9")',
        'awsx.lb.TargetGroupAttachment("a", target_group=group, instance=instance)',
    )
    assert found["TargetGroupAttachment a"]["targetId"] == target


def test_a_balancer_s_subnets_may_be_those_of_a_vpc(bench: Bench, aws: Recorder) -> None:
    found = children(
        bench,
        aws,
        'vpc = awsx.ec2.Vpc("v", number_of_availability_zones=2)',
        'awsx.lb.ApplicationLoadBalancer("ids", subnet_ids=vpc.public_subnet_ids)',
        'awsx.lb.ApplicationLoadBalancer("two", subnet_ids=[vpc.public_subnet_ids[0], vpc.public_subnet_ids[1]])',
        'awsx.lb.ApplicationLoadBalancer("subnets", subnets=vpc.public_subnets)',
    )
    subnets = [found[f"LoadBalancer {name}"]["subnets"] for name in ("ids", "two", "subnets")]
    assert subnets == [UNKNOWN, [UNKNOWN] * 2, [UNKNOWN] * 2]
    assert {found[f"TargetGroup {name}"]["vpcId"] for name in ("ids", "two", "subnets")} == {UNKNOWN}


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
    assert [each["name"] for each in definitions] == ["side", "web"]
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


def test_repository_keeps_one_untagged_image_unless_told_otherwise(bench: Bench, aws: Recorder) -> None:
    rules = '[{"tag_status": "any", "maximum_number_of_images": 9}, TAGGED]'.replace("TAGGED", TAGGED)
    found = children(
        bench,
        aws,
        'awsx.ecr.Repository("Default")',
        f'awsx.ecr.Repository("ruled", lifecycle_policy={{"rules": {rules}}})',
        'awsx.ecr.Repository("none", lifecycle_policy={"skip": True})',
    )
    selection = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1}
    only = found["LifecyclePolicy default"]["policy"]["rules"]
    assert [rule["selection"] for rule in only] == [selection]
    ruled = found["LifecyclePolicy ruled"]["policy"]["rules"]
    assert [(rule["rulePriority"], rule["selection"]["tagStatus"]) for rule in ruled] == [(1, "tagged"), (2, "any")]
    assert names(found, "LifecyclePolicy") == ["default", "ruled"]


def test_a_repository_s_policy_is_in_its_region(bench: Bench, aws: Recorder) -> None:
    found = children(bench, aws, 'awsx.ecr.Repository("r", region="eu-west-1")', 'awsx.ecr.Repository("here")')
    assert found["LifecyclePolicy r"]["region"] == found["Repository r"]["region"] == "eu-west-1"
    assert "region" not in found["LifecyclePolicy here"]


def test_image_is_built_for_the_repository(bench: Bench, docker_build: Recorder) -> None:
    url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app"
    found = children(
        bench, docker_build, f'awsx.ecr.Image("i", repository_url="{url}", image_tag="v1", context="./app")'
    )
    registry = {"address": f"https://{url.split('/')[0]}", "username": "AWS", "password": Secret("hunter2")}
    assert found == {
        "Image v1": {
            "buildOnPreview": True,
            "cacheFrom": [{"registry": {"ref": f"{url}:v1"}}],
            "cacheTo": [{"inline": {}}],
            "context": {"location": "./app"},
            "dockerfile": {},
            "network": "default",
            "platforms": [],
            "push": True,
            "registries": [registry],
            "tags": [f"{url}:v1"],
        }
    }


def test_image_waits_until_its_repository_is_known(bench: Bench, docker_build: Recorder) -> None:
    program = ('repo = awsx.ecr.Repository("r")', 'awsx.ecr.Image("i", repository_url=repo.url)')
    assert children(bench, docker_build, *program) == {}


def test_registry_image_is_tagged_and_pushed_by_its_own_provider(bench: Bench, docker: Recorder) -> None:
    program = 'awsx.ecr.RegistryImage("i", repository_url="1.dkr.ecr.us-east-1.amazonaws.com/r", source_image="nginx")'
    found = children(bench, docker, program)
    target = "1.dkr.ecr.us-east-1.amazonaws.com/r:latest"
    assert found["Tag i"] == {"sourceImage": "sha256:abc", "targetImage": target}
    assert found["RegistryImage i"] == {
        "name": target,
        "triggers": {"@pulumi/awsx/internal/sourceImage": "sha256:abc"},
    }


def test_triggers_of_a_registry_image_may_come_later(bench: Bench, docker: Recorder) -> None:
    url = "1.dkr.ecr.us-east-1.amazonaws.com/r"
    found = children(
        bench,
        docker,
        'later = aws.ecs.Cluster("c").id.apply(lambda text: {"a": text})',
        f'awsx.ecr.RegistryImage("i", repository_url="{url}", source_image="nginx", triggers=later)',
    )
    assert found["RegistryImage i"]["triggers"] is UNKNOWN


def test_trail_has_a_bucket_and_may_have_a_log_group(bench: Bench, aws: Recorder) -> None:
    found = children(
        bench,
        aws,
        'awsx.cloudtrail.Trail("plain", s3_bucket={"existing": {"name": "mine"}})',
        'awsx.cloudtrail.Trail("logged", cloud_watch_logs_group={"enable": True, "args": {"retention_in_days": 7}})',
    )
    assert names(found, "Bucket") == names(found, "LogGroup") == names(found, "Role") == ["logged"]
    assert found["Trail plain"] == {"s3BucketName": "mine"}
    assert found["BucketPolicy plain"]["policy"]["Statement"][1]["Resource"] == ["arn:aws:::mine/*"]
    group = "arn:aws:logs:us-east-1:123456789012:log-group:logged"
    assert found["Trail logged"]["cloudWatchLogsGroupArn"] == f"{group}:*"
    assert found["Trail logged"]["cloudWatchLogsRoleArn"] == "arn:aws:x:logged"
    assert f"{group}:log-stream:123456789012_CloudTrail_*" in found["Role logged"]["inlinePolicies"][0]["policy"]


def test_default_vpc_tells_public_subnets_from_private_ones(bench: Bench) -> None:
    bench.up('import pulumi, pulumi_awsx as awsx; pulumi.export("ids", awsx.ec2.DefaultVpc("d").public_subnet_ids)')
    assert bench.outputs()["ids"] == ["subnet-a", "subnet-b"]
