"""Who the tasks are: one role that starts them, one that the model's own code has."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.iam import allow, document, trust
from shared.aws.site import Site

TASKS = "ecs-tasks.amazonaws.com"


class TaskRoles(Component):
    """`execution_arn` pulls the image and writes the logs. `task_arn` may do nothing: the model calls no AWS API."""

    execution_arn: pulumi.Output[str]
    task_arn: pulumi.Output[str]
    policy: aws.iam.RolePolicy

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        repository_arn: pulumi.Output[str],
        log_group_arn: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        assume = trust(TASKS, site.place.account)
        execution = aws.iam.Role(f"{name}-execution", assume_role_policy=assume, opts=self.child())
        statements = [
            # the token is the account's, not a repository's
            allow("ecr:GetAuthorizationToken", on="*"),
            allow(
                *("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"),
                on=repository_arn,
            ),
            allow("logs:CreateLogStream", "logs:PutLogEvents", on=pulumi.Output.concat(log_group_arn, ":*")),
        ]
        self.policy = aws.iam.RolePolicy(
            f"{name}-start", role=execution.name, policy=document(*statements), opts=self.child()
        )
        self.execution_arn = execution.arn
        self.task_arn = aws.iam.Role(f"{name}-task", assume_role_policy=assume, opts=self.child()).arn
        self.register_outputs({"execution_arn": self.execution_arn})
