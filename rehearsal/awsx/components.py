"""All components of awsx 3.11, with the functions that construct them and their names before awsx 1.0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto.alias_pb2 import Alias

from rehearsal.awsx import default_vpc, ecr, ecs, image, lb, target_attachment, task_definition, trail, vpc
from rehearsal.awsx.context import ComponentContext, name_alias

Construct = Callable[[ComponentContext, str, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class AwsxComponent:
    construct: Construct
    alias: Alias | None = None


COMPONENTS: dict[str, AwsxComponent] = {
    "awsx:cloudtrail:Trail": AwsxComponent(trail.construct, trail.ALIAS),
    "awsx:ec2:DefaultVpc": AwsxComponent(default_vpc.construct),
    "awsx:ec2:Vpc": AwsxComponent(vpc.construct),
    "awsx:ecr:Image": AwsxComponent(image.construct_image),
    "awsx:ecr:RegistryImage": AwsxComponent(image.construct_registry_image),
    "awsx:ecr:Repository": AwsxComponent(ecr.construct),
    "awsx:ecs:EC2Service": AwsxComponent(ecs.construct_ec2, ecs.EC2_ALIAS),
    "awsx:ecs:EC2TaskDefinition": AwsxComponent(task_definition.construct_ec2, task_definition.EC2_ALIAS),
    "awsx:ecs:FargateService": AwsxComponent(ecs.construct_fargate, ecs.FARGATE_ALIAS),
    "awsx:ecs:FargateTaskDefinition": AwsxComponent(task_definition.construct_fargate, task_definition.FARGATE_ALIAS),
    # The real provider sends the former type as a former *name*. The alias must be the same here.
    "awsx:lb:ApplicationLoadBalancer": AwsxComponent(
        lb.construct_application, name_alias("awsx:x:elasticloadbalancingv2:ApplicationLoadBalancer")
    ),
    "awsx:lb:NetworkLoadBalancer": AwsxComponent(
        lb.construct_network, name_alias("awsx:x:elasticloadbalancingv2:NetworkLoadBalancer")
    ),
    "awsx:lb:TargetGroupAttachment": AwsxComponent(target_attachment.construct),
}
