"""A record of the connections in a network, which answers the first question of an incident."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.iam import allow, document, trust
from shared.aws.log_group import log_group
from shared.aws.site import Site


class FlowLog(Component):
    """All traffic of a VPC, accepted and refused, in an encrypted log group."""

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        vpc_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        group = log_group(f"{name}-log", site=site, opts=self.child())
        role = aws.iam.Role(
            f"{name}-role",
            assume_role_policy=trust("vpc-flow-logs.amazonaws.com", site.place.account),
            opts=self.child(),
        )
        streams = pulumi.Output.concat(group.arn, ":*")
        write = allow("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", on=[group.arn, streams])
        policy = aws.iam.RolePolicy(f"{name}-write", role=role.name, policy=document(write), opts=self.child())
        aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            region=site.region,
            opts=self.child(depends_on=[policy]),
        )
        self.register_outputs({})
