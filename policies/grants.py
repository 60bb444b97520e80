"""What the policies of a role allow: those of the program, and those of AWS that most roles are given.

Where a policy is not known, nothing is said of the role: what is missing here may be in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from .properties import Mismatch, Properties, UnknownValueError
from .resources import Resource, Stack

ROLE, POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy"
INLINE, ATTACHMENT = "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
# what gives policies to roles by lists of names
LISTS = (
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
)
_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_PULLS = (
    *("ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability"),
    *("ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"),
)
# AWS's policies, by the end of their ARN, as https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ has them
MANAGED = {
    "AmazonECSTaskExecutionRolePolicy": (*_PULLS, *_LOGS[1:]),
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaVPCAccessExecutionRole": (
        *(*_LOGS, "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"),
        *("ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"),
    ),
    "AWSLambdaSQSQueueExecutionRole": (
        *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        *_LOGS,
    ),
    "AWSXRayDaemonWriteAccess": ("xray:*",),
    "AmazonEC2ContainerRegistryReadOnly": _PULLS,
    "AmazonS3ReadOnlyAccess": ("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:*"),
}
# what a resource has to look like, for an action to be done on it
REACHED = {
    "logs:PutLogEvents": re.compile(r"\*|:log-stream:"),
    "s3:GetObject": re.compile(r"[/*?]"),
    "s3:PutObject": re.compile(r"[/*?]"),
    "ecr:GetAuthorizationToken": re.compile(r"\*$"),
}


def list_statements(role: Resource, stack: Stack) -> list[Properties]:
    """The statements of all policies of a role; none where one of the policies is not known."""
    try:
        documents = [] if stack.of(*LISTS) else list(_list_policies(role, stack))
        return [statement for document in documents for statement in document.children("Statement")]
    except (UnknownValueError, Mismatch, LookupError):
        return []


def _list_policies(role: Resource, stack: Stack) -> Iterable[Properties]:
    made = {policy.text_if_known("arn"): policy for policy in stack.of(POLICY)}
    for inline in (*stack.referring(role, INLINE, "role"), *role.children("inlinePolicies")):
        yield _read(inline)
    for attachment in stack.referring(role, ATTACHMENT, "role"):
        own = stack.follow(attachment, "policyArn", POLICY)
        yield _read(own[0]) if own else _recall(attachment.text("policyArn"))
    for arn in role.texts("managedPolicyArns"):
        yield _read(made[arn]) if arn in made else _recall(arn)


def _read(policy: Properties) -> Properties:
    """Raises LookupError: the program does not say what it allows."""
    if not policy.has("policy"):
        raise LookupError
    return policy.document("policy")


def _recall(arn: str | None) -> Properties:
    """A policy of AWS's. Raises KeyError: it is none that is known."""
    actions = MANAGED[(arn or "").rpartition("/")[2]]
    return Properties({"Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*"}})


def allows(statements: list[Properties], action: str, place: str = "") -> bool:
    """Whether one of the statements allows an action, on what is at a place, and none denies it on everything.

    A place is the end of an ARN, after the account, as far as it is known.
    """
    denied = any(
        names(statement, action) and not statement.has("Condition") and "*" in statement.texts("Resource")
        for statement in statements
        if statement.text("Effect") == "Deny"
    )
    granted = [statement for statement in statements if statement.text("Effect") == "Allow"]
    return not denied and any(names(statement, action) and _reaches(statement, action, place) for statement in granted)


def names(statement: Properties, action: str) -> bool:
    """Whether a statement is about an action."""
    if statement.has("NotAction"):
        return not _matches(statement.texts("NotAction"), action)
    return _matches(statement.texts("Action"), action)


def _matches(patterns: list[str], action: str) -> bool:
    return any(fnmatchcase(action.casefold(), pattern.casefold()) for pattern in patterns)


def _reaches(statement: Properties, action: str, place: str) -> bool:
    """Whether the resources of a statement are some on which the action is done, and may be at a place."""
    if not statement.has("Resource"):
        return True
    form = REACHED.get(action, re.compile(""))
    return any(form.search(resource) and may_be_at(resource, place) for resource in statement.texts("Resource"))


def may_be_at(pattern: str, place: str) -> bool:
    """Whether something that a pattern of ARNs means may be at a place. False where both begin differently."""
    end = "".join(pattern.split(":", 5)[5:])
    head = re.split(r"[*?$]", end)[0]
    if head == end and end:  # no wildcard in it
        return end.startswith(place) or end == place.rstrip(":/")
    return head.startswith(place) or place.startswith(head)
