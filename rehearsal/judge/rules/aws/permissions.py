"""The actions that the program's policies allow an IAM role."""

from __future__ import annotations

import re

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.rules.aws.policies import allows, statements
from rehearsal.values import UNKNOWN

ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
INLINE = "aws:iam/rolePolicy:RolePolicy"
MANAGED = "aws:iam/policy:Policy"

# Common AWS managed policies that allow none of the actions that these rules ask about.
_NARROW = re.compile(
    r"/(AWSXRayDaemonWriteAccess|AWSXrayWriteOnlyAccess"
    r"|SecretsManagerReadWrite|AmazonSSMReadOnlyAccess)$"
)
_GRANTING = {
    "AWSLambdaVPCAccessExecutionRole": ("ec2:CreateNetworkInterface",),
    "AWSLambdaSQSQueueExecutionRole": ("sqs:ReceiveMessage", "sqs:DeleteMessage"),
    "AWSLambdaKinesisExecutionRole": ("kinesis:GetRecords",),
    "AWSLambdaDynamoDBExecutionRole": ("dynamodb:GetRecords",),
    "AmazonSageMakerFullAccess": ("ecr:BatchGetImage", "s3:GetObject"),
    "AmazonEC2ContainerRegistryReadOnly": ("ecr:BatchGetImage",),
    "AmazonS3FullAccess": ("s3:GetObject",),
    "AmazonS3ReadOnlyAccess": ("s3:GetObject",),
    "AmazonAPIGatewayPushToCloudWatchLogs": ("logs:PutLogEvents",),
    "AWSLambdaBasicExecutionRole": ("logs:PutLogEvents",),
    "CloudWatchLogsFullAccess": ("logs:PutLogEvents",),
}


def may(role: Resource, action: str, program: Program) -> bool | None:
    """Whether the program's policies allow a role an action; None if one of the policies cannot be read."""
    documents: list[object] = [inline.get("policy") for inline in program.referring(role, "role", INLINE)]
    documents += [policy.get("policy") for _, policy in role.blocks("inlinePolicies")]
    attachments = list(program.referring(role, "role", ATTACHMENT))
    named = [attachment.get("policyArn") for attachment in attachments if attachment.text("policyArn")] + role.list(
        "managedPolicyArns"
    )
    for attachment in attachments:
        made = program.refer(attachment, "policyArn", MANAGED)
        if made:
            documents.append(made.get("policy"))
        elif not attachment.text("policyArn"):
            return None
    elsewhere = any(
        role.urn in attachment.after for attachment in program.of("aws:iam/policyAttachment:PolicyAttachment")
    )
    if elsewhere or not role.new or role.get("inlinePolicies") is UNKNOWN or UNKNOWN in named:
        return None
    read = [statements(document) for document in documents]
    if any(found and any(allows(statement, action) for statement in found) for found in read):
        return True
    for arn in named:
        granted = _GRANTING.get(str(arn).rpartition("/")[2], ())
        if action in granted:
            return True
        if not granted and not _NARROW.search(str(arn)):
            return None
    return None if None in read else False
