"""The roles of an ECS task: new ones with attached policies, existing ones, or none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from rehearsal.awsx.arguments import at_most_one, short_hash, without
from rehearsal.awsx.context import ComponentContext, Registered
from rehearsal.awsx.output_values import apply, lift
from rehearsal.values import Output

EXECUTION_POLICIES = ("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",)
_STATEMENT = {
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Effect": "Allow",
    "Sid": "",
}
ASSUMED_BY_TASKS = json.dumps({"Version": "2012-10-17", "Statement": [_STATEMENT]}, separators=(",", ":"))


@dataclass(frozen=True)
class Role:
    arn: Output | None = None
    resource: Registered | None = None


def default_role(
    context: ComponentContext, name: str, wanted: dict[str, Any] | None, policies: tuple[str, ...]
) -> Role:
    """Creates a role that ECS tasks assume, unless the arguments say otherwise.

    `policies` are the ARNs of the attached policies if the arguments name none.
    """
    at_most_one(wanted, "roleArn", "args")
    wanted = wanted or {}
    if wanted.get("skip"):
        return Role()
    if wanted.get("roleArn") is not None:
        return Role(lift(wanted["roleArn"]))
    given = wanted.get("args") or {}
    inputs = {"assumeRolePolicy": ASSUMED_BY_TASKS, **without(given, "policyArns")}
    role = context.register("aws:iam/role:Role", name, inputs)
    attached = given.get("policyArns")
    apply(lambda arns: _attach(context, name, role, arns), list(policies) if attached is None else attached)
    return Role(role["arn"], role)


def _attach(context: ComponentContext, name: str, role: Registered, arns: list[str]) -> None:
    for arn in arns:
        context.register(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            f"{name}-{short_hash(arn)}",
            {"role": role["name"], "policyArn": arn},
        )
