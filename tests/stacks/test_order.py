"""The order in which resources are made is looked at rightly: each way of being too early is seen."""

from __future__ import annotations

import pytest

from gitops.records import Op, Step
from tests.stacks.order import too_early


def step(name: str, kind: str, *needs: str, parent: str | None = None) -> Step:
    return Step(op=Op.CREATE, urn=name, type=kind, name=name, depends_on=needs, parent=parent)


ROLE = step("role", "aws:iam/role:Role")
RIGHTS = step("rights", "aws:iam/rolePolicy:RolePolicy", "role")
MODEL = "aws:sagemaker/model:Model"
TASK = step("task", "aws:ecs/taskDefinition:TaskDefinition", "role")


@pytest.mark.parametrize(
    ("steps", "early"),
    [
        ([ROLE, RIGHTS, step("model", MODEL, "role", "rights")], []),
        ([ROLE, RIGHTS, step("model", MODEL, "role")], ["model before rights"]),
        ([ROLE, RIGHTS, TASK, step("service", "aws:ecs/service:Service", "task")], ["service before rights"]),
        ([ROLE, RIGHTS, TASK, step("service", "aws:ecs/service:Service", "task", "rights")], []),
        (
            [
                *(ROLE, RIGHTS, TASK, step("fargate", "awsx:ecs:FargateService", "rights")),
                step("service", "aws:ecs/service:Service", "task", parent="fargate"),
            ],
            [],
        ),
        ([ROLE, RIGHTS, step("topic", "aws:sns/topic:Topic", "role")], []),
        (
            [step("get", "aws:apigateway/method:Method"), step("live", "aws:apigateway/deployment:Deployment")],
            ["live before get"],
        ),
        (
            [
                step("own", "azure-native:managedidentity:UserAssignedIdentity"),
                step("reads", "azure-native:authorization:RoleAssignment", "own"),
                step("endpoint", "azure-native:machinelearningservices:OnlineEndpoint", "own"),
            ],
            ["endpoint before reads"],
        ),
        (
            [
                step("own", "azure-native:managedidentity:UserAssignedIdentity"),
                step("workspace", "azure-native:machinelearningservices:Workspace", "own"),
                step("uses", "azure-native:authorization:RoleAssignment", "own", "workspace"),
            ],
            [],
        ),
    ],
)
def test_what_may_be_made_too_early_is_named(steps: list[Step], early: list[str]) -> None:
    assert too_early(steps) == early
