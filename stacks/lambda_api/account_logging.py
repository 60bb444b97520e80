"""The role with which API Gateway writes logs: one per account and region, so at most one stack sets it."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from settings import Api

from shared.aws.component import Component
from shared.aws.iam import allow, document, trust_unconditionally
from shared.aws.site import Site


class AccountLogging(Component):
    """Nothing when `api.account_logging` is false: then another stack, or a landing zone, has set the role."""

    def __init__(self, name: str, *, site: Site, settings: Api, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        if settings.account_logging:
            self._set(name, site)
        self.register_outputs({})

    def _set(self, name: str, site: Site) -> None:
        role = aws.iam.Role(
            f"{name}-role",
            # as in the service's own example: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
            assume_role_policy=trust_unconditionally("apigateway.amazonaws.com"),
            opts=self.child(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            policy=document(
                allow(
                    *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
                    *("logs:DescribeLogGroups", "logs:GetLogEvents", "logs:FilterLogEvents"),
                    # the role serves every API of the account
                    on=site.place.arn("logs", "*"),
                )
            ),
            opts=self.child(),
        )
        aws.apigateway.Account(
            f"{name}-logging",
            cloudwatch_role_arn=role.arn,
            region=site.region,
            opts=self.child(depends_on=[policy]),
        )
