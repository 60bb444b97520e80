"""Every component of awsx 3.11, with the function that constructs it and the name it had before awsx 1.0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto.alias_pb2 import Alias

from rehearsal.awsx import default_vpc, ecr, ecs, image, lb, target_attachment, task_definition, trail, vpc
from rehearsal.awsx.scope import Scope, name_alias

Construct = Callable[[Scope, str, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Component:
    construct: Construct
    alias: Alias | None = None


COMPONENTS: dict[str, Component] = {
    "awsx:cloudtrail:Trail": Component(trail.construct, trail.ALIAS),
    "awsx:ec2:DefaultVpc": Component(default_vpc.construct),
    "awsx:ec2:Vpc": Component(vpc.construct),
    "awsx:ecr:Image": Component(image.construct_image),
    "awsx:ecr:RegistryImage": Component(image.construct_registry_image),
    "awsx:ecr:Repository": Component(ecr.construct),
    "awsx:ecs:EC2Service": Component(ecs.construct_ec2, ecs.EC2_ALIAS),
    "awsx:ecs:EC2TaskDefinition": Component(task_definition.construct_ec2, task_definition.EC2_ALIAS),
    "awsx:ecs:FargateService": Component(ecs.construct_fargate, ecs.FARGATE_ALIAS),
    "awsx:ecs:FargateTaskDefinition": Component(task_definition.construct_fargate, task_definition.FARGATE_ALIAS),
    # The real provider gives the former type as a former *name*; kept, because it is part of what the engine is told.
    "awsx:lb:ApplicationLoadBalancer": Component(
        lb.construct_application, name_alias("awsx:x:elasticloadbalancingv2:ApplicationLoadBalancer")
    ),
    "awsx:lb:NetworkLoadBalancer": Component(
        lb.construct_network, name_alias("awsx:x:elasticloadbalancingv2:NetworkLoadBalancer")
    ),
    "awsx:lb:TargetGroupAttachment": Component(target_attachment.construct),
}
