"""Who may do what: every grant of every target, as it was deployed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.stacks.configs import TARGETS
from tests.stacks.inventory import grants
from tests.worlds import find_deployment

ACCOUNT = "123456789012"
# actions that name no resource, each with the reason; everything else must name what it is allowed on
ANY_RESOURCE = {
    "cloudwatch:PutMetricData": "metrics have no resource; limited by the namespace",
    "ecr:GetAuthorizationToken": "the token is the account's, not a repository's",
    "ec2:CreateNetworkInterface": "attaches a private workload to its network; the interface has no name yet",
    "ec2:CreateNetworkInterfacePermission": "as above",
    "ec2:DeleteNetworkInterface": "as above",
    "ec2:DeleteNetworkInterfacePermission": "as above",
    "ec2:AssignPrivateIpAddresses": "as above",
    "ec2:UnassignPrivateIpAddresses": "as above",
    "ec2:DescribeNetworkInterfaces": "lists cannot be limited to a resource",
    "ec2:DescribeVpcs": "as above",
    "ec2:DescribeSubnets": "as above",
    "ec2:DescribeSecurityGroups": "as above",
    "ec2:DescribeDhcpOptions": "as above",
    "xray:PutTraceSegments": "traces have no resource",
    "xray:PutTelemetryRecords": "as above",
}
# a managed policy's content is AWS's to change; these are the ones whose use is documented as necessary
ATTACHED = {
    "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
}
# Azure's built-in roles that may be assigned, each with the reason; none of them may assign roles or open data it does
# not serve from
ROLES = {
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader: models and files",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor: the workspace writes its own files",
    "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor: the workspace makes its containers",
    "f25e0fa2-a7c8-4377-a976-54943a77a395": "Key Vault Contributor: the workspace links its vault; opens no secret",
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator: the workspace's own vault",
    "3bc748fc-213d-45c1-8d91-9da5725539b9": "Container Registry Contributor and …: the workspace's own registry",
    "f6c7c914-8db3-469d-8ca1-694a8f32e121": "AzureML Data Scientist: the workspace's identity in the workspace",
    "635dd51f-9968-44d3-b7fb-6d9a6bd613ae": "AzureML Metrics Writer: the endpoint's metrics",
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull: images",
    "8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush: images that the workspace builds",
    "ae349356-3a1b-4a5e-921d-050484c6347e": "Application Insights Component Contributor: the workspace's traces",
    "b556d68e-0be0-4f35-a333-ad7ee1ce17ea": "Azure AI Enterprise Network Connection Approver: private links only",
}


def statements(target: str) -> list[tuple[str, dict[str, Any]]]:
    found = grants(find_deployment(target).steps)
    return [(holder, statement) for holder, listed in found.items() for statement in listed]


def faults(statement: dict[str, Any]) -> list[str]:
    """What is too wide in a statement that allows something."""
    if statement["effect"] == "Deny":
        return []
    if "attached" in statement:
        return [] if statement["attached"] in ATTACHED else [f"attached {statement['attached']}"]
    if "role" in statement:
        unlisted = [] if statement["role"] in ROLES else [f"role {statement['role']}"]
        return unlisted + [f"on {scope}" for scope in statement["resources"] if "/providers/" not in scope]
    wide = [action for action in statement["actions"] if "*" in action and not is_key_owner(statement)]
    principal = statement.get("principal")
    if principal == "*" or (isinstance(principal, dict) and "*" in principal.values()):
        wide.append("anybody")
    if "*" in statement["resources"] and not is_own_policy(statement):
        wide += [f"{action} on everything" for action in statement["actions"] if action not in ANY_RESOURCE]
    return wide


def is_own_policy(statement: dict[str, Any]) -> bool:
    """In the policy of a key `*` is the key itself."""
    return all(action.startswith("kms:") for action in statement["actions"]) and "principal" in statement


def is_key_owner(statement: dict[str, Any]) -> bool:
    """The account itself must keep a key, or nobody could administer it."""
    return statement["actions"] == ["kms:*"] and str(statement.get("principal", {}).get("AWS", "")).endswith(":root")


@pytest.mark.parametrize("target", TARGETS)
def test_no_grant_is_wider_than_it_must_be(target: str) -> None:
    found = {holder: faults(statement) for holder, statement in statements(target)}
    assert {holder: wide for holder, wide in found.items() if wide} == {}
    assert len(found) > 3, "a target without grants would pass for the wrong reason"


@pytest.mark.parametrize("target", TARGETS)
def test_services_act_for_this_account_only(target: str) -> None:
    """A resource policy that lets a service in names whose request it may act for, or whose files it may write."""
    for holder, statement in statements(target):
        services = (statement.get("principal") or {}).get("Service") if statement["effect"] == "Allow" else None
        if services:
            in_path = all(f"/AWSLogs/{ACCOUNT}/" in resource for resource in statement["resources"])
            assert in_path or statement.get("condition"), f"{holder} lets {services} act for any account"


# they assume a role without saying for whom, so that a condition refuses them: shared.aws.iam.trust_unconditionally
SILENT = {"lambda.amazonaws.com", "apigateway.amazonaws.com"}


@pytest.mark.parametrize("target", [target for target in TARGETS if not target.startswith("azureml")])
def test_a_role_asks_for_whom_wherever_the_service_says_it(target: str) -> None:
    roles = [step for step in find_deployment(target).steps if step.type == "aws:iam/role:Role"]
    trusted = [s for role in roles for s in json.loads(role.inputs["assumeRolePolicy"])["Statement"]]
    assert trusted
    for statement in trusted:
        service = statement["Principal"].get("Service")
        assert ("Condition" in statement) is (service is None or service not in SILENT), statement


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ({"actions": ["s3:*"], "resources": ["arn:aws:s3:::b/*"]}, "s3:*"),
        ({"actions": ["s3:GetObject"], "resources": ["*"]}, "s3:GetObject on everything"),
        ({"actions": ["s3:GetObject"], "resources": ["arn"], "principal": "*"}, "anybody"),
        (
            {"attached": "arn:aws:iam::aws:policy/AdministratorAccess"},
            "attached arn:aws:iam::aws:policy/AdministratorAccess",
        ),
        (
            {"role": "b24988ac-6180-42a0-ab88-20f7382dd24c", "resources": ["/x/providers/y"]},
            "role b24988ac-6180-42a0-ab88-20f7382dd24c",
        ),
        (
            {"role": next(iter(ROLES)), "resources": ["/subscriptions/s/resourceGroups/g"]},
            "on /subscriptions/s/resourceGroups/g",
        ),
        ({"actions": ["kms:*"], "resources": ["*"], "principal": {"AWS": "arn:aws:iam::1:role/x"}}, "kms:*"),
    ],
)
def test_a_grant_that_is_too_wide_is_seen(raw: dict[str, Any], fault: str) -> None:
    assert faults({"effect": "Allow", **raw}) == [fault]
