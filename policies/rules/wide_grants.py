"""Grants that reach further than the work needs: other people's data, other roles, services that act for anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..grants import ATTACHMENT, ROLE, names
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import security
from ..sagemaker_modes import MODEL
from ..serving import FUNCTION, TASK
from .iam import ANYBODYS, INLINE, POLICIES, condition_keys, list_allowing, principals_of
from .open_policies import BUCKET_POLICY

WRITTEN = (*INLINE, "aws:iam/groupPolicy:GroupPolicy")
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide"
# what opens data, keys and secrets
DATA = (
    *("kms:Decrypt", "kms:ReEncryptFrom", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    *("secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters"),
    *("dynamodb:GetItem", "dynamodb:Scan", "dynamodb:PutItem", "dynamodb:DeleteItem"),
)
# what hands out the rights of others: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html and
# the APIs that change whose policy is whose
RIGHTS = (
    *("iam:PassRole", "sts:AssumeRole", "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy"),
    *("iam:PutRolePolicy", "iam:PutUserPolicy", "iam:PutGroupPolicy", "iam:CreatePolicyVersion"),
    *("iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey", "iam:AddUserToGroup"),
    *("iam:CreateLoginProfile", "iam:UpdateLoginProfile"),
)
# whose policy → services that are let in for one account's sake and act for many.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html (the encryption context),
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html,
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html,
# https://www.pulumi.com/registry/packages/aws/api-docs/cloudfront/distribution/ and
# https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
FOR_MANY = {
    "aws:kms/": ("logs.", "cloudtrail."),
    "aws:sns/": ("cloudwatch.", "s3."),
    "aws:sqs/": ("sns.", "s3."),
    "aws:s3/": ("cloudtrail.", "cloudfront."),
}
SAY_NOTHING = ANYBODYS | {"s3:x-amz-acl"}  # conditions that do not say for whose sake
# what a workload is given, and by which property
ROLES_OF = {
    FUNCTION: ("role",),
    MODEL: ("executionRoleArn",),
    TASK: ("taskRoleArn", "executionRoleArn"),
}
OF_USE = ("xray:*", "execute-api:*", "ssmmessages:*", "ec2messages:*")  # nothing to delete, and no rights to give
CALLS = {
    "sagemaker:InvokeEndpoint": re.compile(r"\*|arn:[^/]*:endpoint/\*"),
    "sagemaker:InvokeEndpointAsync": re.compile(r"\*|arn:[^/]*:endpoint/\*"),
    "lambda:InvokeFunction": re.compile(r"\*|arn:[^/]*:function:\*"),
}
GUARDED = {
    type_: path for type_, path in {**POLICIES, BUCKET_POLICY: "policy"}.items() if type_.startswith(tuple(FOR_MANY))
}


def _list_unbounded(policy: Resource, actions: tuple[str, ...]) -> Iterator[str]:
    """Those of the actions that a policy allows on everything, without a condition."""
    for statement in list_allowing(policy.document("policy")):
        everywhere = "*" in statement.texts("Resource") and not statement.has("Condition")
        broad = [text for text in statement.texts("Action") if text == "*" or text.endswith(":*")]
        if everywhere and not broad:  # of those says iam-policy-is-not-a-wildcard
            yield from (action for action in actions if names(statement, action))


@security.medium(
    *WRITTEN,
    reference=f"{HUB}/kms-controls.html#kms-1",
    fix="Name the keys, buckets, secrets and tables in Resource.",
)
def iam_policy_names_the_data_it_opens(policy: Resource) -> Iterator[str]:
    """A policy that opens data names the keys, objects, secrets or tables.

    With a star, whoever gets hold of the server reads the data of every team in the account, and decrypts it. Where a
    condition limits what is meant (kms:ViaService, aws:ResourceAccount, a tag), nothing is found.
    """
    found = list(_list_unbounded(policy, DATA))
    if found:
        yield f'{", ".join(found[:3])} is allowed on "*", wanted named resources'


@security.high(
    *WRITTEN,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    fix="Name the roles in Resource, and for iam:PassRole the service in a condition on iam:PassedToService.",
)
def iam_policy_hands_out_no_other_rights(policy: Resource) -> Iterator[str]:
    """A policy does not let its holder take the rights of any role, or write itself new ones.

    iam:PassRole on a star lets a job start machines and functions with the administrator's role; attaching or writing
    policies on a star needs no such step. It is advice: the pipeline that makes the roles of all others needs it,
    within a boundary.
    """
    found = list(_list_unbounded(policy, RIGHTS))
    if found:
        yield f'{", ".join(found[:3])} is allowed on "*", wanted named roles'


@security.medium(
    *GUARDED,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    fix="Add a condition on aws:SourceArn or aws:SourceAccount; for a key of logs on the encryption context.",
)
def resource_policy_says_for_whom_a_service_acts(resource: Resource) -> Iterator[str]:
    """A policy that lets a service in says for which account or resource the service acts.

    The same service works for every customer. Without the condition, somebody else's alarm publishes to the topic, a
    stranger's distribution reads the bucket, and another account's trail writes into it.
    """
    services = next(found for start, found in FOR_MANY.items() if resource.type.startswith(start))
    for statement in list_allowing(resource.document(GUARDED[resource.type])):
        let_in = [name for name in principals_of(statement, "Service") if name.startswith(services)]
        if let_in and not condition_keys(statement) - SAY_NOTHING and not _names_a_path_of_its_own(statement):
            yield f"{', '.join(let_in)} is let in for whomever it acts, wanted a condition on aws:SourceArn"


def _names_a_path_of_its_own(statement: Properties) -> bool:
    """Whether only objects under the account's number are written: nobody else's are put there."""
    return all("/AWSLogs/" in resource for resource in statement.texts("Resource")) and statement.has("Resource")


@security.low(
    *WRITTEN,
    reference=f"{HUB}/iam-controls.html#iam-21",
    fix="Name the actions that the workload calls.",
)
def iam_policy_of_a_workload_names_its_actions(policy: Resource, stack: Stack) -> Iterator[str]:
    """The policy of a workload's role names actions, not all that a service can do.

    Even on its own bucket, `s3:*` lets a flaw in the server delete the model, change the bucket's policy and open it to
    everybody, where the work is to read one object. Services that have nothing but use (X-Ray, execute-api) are fine.
    """
    if any(stack.follow(user, path, ROLE) and _is_given(user, path, policy, stack) for user, path in _users(stack)):
        for statement in list_allowing(policy.document("policy")):
            broad = [text for text in statement.texts("Action") if text.endswith(":*") and text not in OF_USE]
            if broad and "*" not in statement.texts("Resource"):  # of those says iam-policy-is-not-a-wildcard
                yield f"{', '.join(broad)} is allowed, wanted named actions"


def _users(stack: Stack) -> list[tuple[Resource, str]]:
    return [(user, path) for type_, paths in ROLES_OF.items() for user in stack.of(type_) for path in paths]


def _is_given(user: Resource, path: str, policy: Resource, stack: Stack) -> bool:
    """Whether the role that a workload names has a policy, in it or attached."""
    roles = stack.follow(user, path, ROLE)
    attached = [each for role in roles for each in stack.referring(role, ATTACHMENT, "role")]
    inline = any(stack.refers(policy, "role", role) for role in roles)
    return inline or any(stack.refers(each, "policyArn", policy) for each in attached)


@security.low(
    *WRITTEN,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    fix="Name the endpoint or the function in Resource.",
)
def iam_policy_names_what_it_calls(policy: Resource) -> Iterator[str]:
    """A policy that lets its holder call endpoints or functions names them.

    With a star the caller of one model can call every team's, with their data and at their cost, also those that are
    made later. Where a condition limits what is meant (a tag), nothing is found.
    """
    for statement in list_allowing(policy.document("policy")):
        for action, form in CALLS.items():
            every = [resource for resource in statement.texts("Resource") if form.fullmatch(resource)]
            if every and not statement.has("Condition") and action in statement.texts("Action"):
                yield f'{action} is allowed on "{every[0]}", wanted named ones'
