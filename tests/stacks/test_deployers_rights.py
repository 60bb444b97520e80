"""What a deployer needs beside the right to make each resource: a README names it, for what the stack really makes.

No engine asks for these and no rehearsal has permissions: an account refuses the deployment half-way without them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gitops.records import RunRecord
from tests.stacks.configs import STACKS
from tests.worlds import ROOT, find_deployment, of_type

AWS = [stack for stack in STACKS if stack != "azureml_endpoint"]
AZURE = [stack for stack in STACKS if stack == "azureml_endpoint"]
# a service-linked role per account, made with the first of each:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
LINKED = {
    "aws:ecs/service:Service": "ecs.amazonaws.com",
    "aws:lb/loadBalancer:LoadBalancer": "elasticloadbalancing.amazonaws.com",
}
# volumes of instances and repositories are encrypted by grants that the caller makes:
# https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html,
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
GRANTED = {
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": "kmsKeyArn",
    "aws:ecr/repository:Repository": "encryptionConfigurations",
}


def page(stack: str) -> str:
    """The stack's README, and the one whose requirements it takes over by a link."""
    text = (ROOT / "stacks" / stack / "README.md").read_text(encoding="utf-8")
    for other in re.findall(r"\(\.\./(\w+)/README\.md#before-the-first-deployment\)", text):
        text += (ROOT / "stacks" / other / "README.md").read_text(encoding="utf-8")
    return text


def list_passed_services(made: RunRecord) -> set[str]:
    """The services that the stack's roles are for: whoever hands a role to one must be allowed to."""
    trusts = [json.loads(step.inputs["assumeRolePolicy"]) for step in of_type(made, "aws:iam/role:Role")]
    return {service for trust in trusts for statement in trust["Statement"] for service in services(statement)}


def services(statement: dict[str, Any]) -> Iterator[str]:
    named = statement["Principal"].get("Service", [])
    yield from [named] if isinstance(named, str) else named


def list_linked_services(made: RunRecord) -> set[str]:
    """The services that act by a role of their own in the account."""
    scaled = {step.inputs["serviceNamespace"] for step in of_type(made, "aws:appautoscaling/target:Target")}
    found = {name for kind, name in LINKED.items() if of_type(made, kind)}
    return found | {f"{namespace}.application-autoscaling.amazonaws.com" for namespace in scaled}


@pytest.mark.parametrize(
    ("right", "find_services"),
    [("iam:PassRole", list_passed_services), ("iam:CreateServiceLinkedRole", list_linked_services)],
)
@pytest.mark.parametrize("stack", AWS)
def test_a_page_names_each_right_to_give_a_service_a_role_and_its_services(
    stack: str, right: str, find_services: Callable[[RunRecord], set[str]]
) -> None:
    services, text = find_services(find_deployment(f"{stack}/prod")), page(stack)
    assert services
    assert right in text
    assert sorted(name for name in services if f"`{name}`" not in text) == []


@pytest.mark.parametrize("stack", AWS)
def test_a_page_names_the_grants_on_the_stacks_key(stack: str) -> None:
    made = find_deployment(f"{stack}/prod")
    granted = [step for kind, name in GRANTED.items() for step in of_type(made, kind) if step.inputs.get(name)]
    assert not granted or "kms:CreateGrant" in page(stack)


@pytest.mark.parametrize("stack", AZURE)
def test_a_page_names_the_roles_that_make_roles_and_assign_them(stack: str) -> None:
    """Who may assign roles need not be allowed to define one, and rights on the group end at what lies outside of it.

    https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged
    """
    made, text = find_deployment(f"{stack}/prod"), page(stack)
    kind = "azure-native:authorization:"
    assignments = of_type(made, f"{kind}RoleAssignment")
    assert of_type(made, f"{kind}RoleDefinition")
    assert "[User Access Administrator](" in text
    assert of_type(made, "azure-native:resources:ResourceGroup")
    assert "[Contributor](" in text
    assert "on the subscription" in text
    foreign = {step.inputs["scope"] for step in assignments if "/inference-models/" in step.inputs["scope"]}
    assert len({scope.split("/blobServices/")[0] for scope in foreign}) == 2
    assert "the deployer has User Access Administrator on both" in text
