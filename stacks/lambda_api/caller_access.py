"""What callers' roles are given: leave to send requests to this method of this stage, nothing else."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.iam import allow, document


class CallerAccess(Component):
    """A policy to attach to callers' roles; `policy_arn` is its ARN."""

    policy_arn: pulumi.Output[str]

    def __init__(self, name: str, *, base_name: str, method_arn: pulumi.Output[str]) -> None:
        super().__init__(name)
        policy = aws.iam.Policy(
            f"{name}-invoke",
            description=f"Send inference requests to {base_name}",
            policy=document(allow("execute-api:Invoke", on=method_arn)),
            opts=self.child(),
        )
        self.policy_arn = policy.arn
        self.register_outputs({"policy_arn": self.policy_arn})
