"""What the load balancers of awsx and their target attachments make."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.values import UNKNOWN
from tests.rehearsal.awsx.harness import Bench, children
from tests.rehearsal.awsx.recorder import Recorder


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
