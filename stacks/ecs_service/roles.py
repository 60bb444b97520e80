"""Who the tasks are: one role that starts them, one that the model's own code has."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.iam import Statement, allow, document, trust
from shared.aws.site import Site
from shared.release import Release

TASKS = "ecs-tasks.amazonaws.com"


class TaskRoles(Component):
    """`execution_arn` pulls the image and writes the logs. `task_arn` may read the model's folder, if it has one."""

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
        release: Release,
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
        task = aws.iam.Role(f"{name}-task", assume_role_policy=assume, opts=self.child())
        self.task_arn = task.arn
        if release.is_folder:
            read = document(*folder_statements(release))
            aws.iam.RolePolicy(f"{name}-model", role=task.name, policy=read, opts=self.child())
        self.register_outputs({"execution_arn": self.execution_arn})


def folder_statements(release: Release) -> list[Statement]:
    """The statements that allow reading the model's folder, and nothing else."""
    bucket, _, prefix = release.artefact.removeprefix("s3://").partition("/")
    return [
        allow("s3:GetObject", on=f"arn:aws:s3:::{bucket}/{prefix}*"),
        allow("s3:ListBucket", on=f"arn:aws:s3:::{bucket}", when={"StringLike": {"s3:prefix": [f"{prefix}*"]}}),
    ]
