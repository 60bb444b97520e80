"""The second place for tasks, and what lets ECS move the balancer's traffic there and back.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html
"""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.iam import trust_unconditionally
from shared.aws.site import Site

ECS = "ecs.amazonaws.com"
SHIFTS = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"


class Shift(Component):
    """The alternate target group, and the listener rule whose weights ECS sets at every deployment.

    The listener's own action stays what it is without a shift, so that turning this on takes no traffic from anybody.
    `advanced` is what the service is told; `ready` must exist before it.
    """

    target_group: pulumi.Output[aws.lb.TargetGroup]
    advanced: aws.ecs.ServiceLoadBalancerAdvancedConfigurationArgsDict
    ready: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        first: pulumi.Output[aws.lb.TargetGroup],
        group: dict[str, Any],
        listener_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        alternate = aws.lb.TargetGroup(f"{name}-alternate", region=site.region, opts=self.child(), **group)
        rule = aws.lb.ListenerRule(
            f"{name}-production",
            listener_arn=listener_arn,
            priority=1,
            conditions=[{"path_pattern": {"values": ["/*"]}}],
            actions=[{"type": "forward", "forward": {"target_groups": weights(first.arn, alternate.arn)}}],
            region=site.region,
            # ECS sets the weights: the provider would move the traffic back to tasks that are gone
            # https://github.com/terraform-aws-modules/terraform-aws-alb/issues/409
            opts=self.child(ignore_changes=["actions"]),
        )
        # ECS assumes it without saying for whom: the documented trust has no condition
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
        role = aws.iam.Role(f"{name}-role", assume_role_policy=trust_unconditionally(ECS), opts=self.child())
        allowed = aws.iam.RolePolicyAttachment(f"{name}-shifts", role=role.name, policy_arn=SHIFTS, opts=self.child())
        self.target_group = pulumi.Output.from_input(alternate)
        self.advanced = {
            "alternate_target_group_arn": alternate.arn,
            "production_listener_rule": rule.arn,
            "role_arn": role.arn,
        }
        self.ready = [rule, allowed]
        self.register_outputs({"rule": rule.arn})


def weights(first: pulumi.Output[str], alternate: pulumi.Output[str]) -> list[Any]:
    """The rule's weights. Both groups must be in the rule from the start, or ECS rolls the first deployment back."""
    return [{"arn": first, "weight": 1}, {"arn": alternate, "weight": 0}]
