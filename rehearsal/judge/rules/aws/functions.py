"""Lambda: functions, versions, event sources and permissions."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.quotas import advise, quota
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.network import GROUP, SUBNET, two_vpcs
from rehearsal.judge.rules.aws.permissions import ROLE, may
from rehearsal.values import UNKNOWN

FUNCTION = "aws:lambda/function:Function"
ALIAS = "aws:lambda/alias:Alias"
PERMISSION = "aws:lambda/permission:Permission"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
_API = f"{_GUIDE}/API_CreateFunction.html"
_INVALID = "InvalidParameterValueException"
_DENIED = f"{_INVALID}: The provided execution role does not have permissions to call"


@rule(FUNCTION, source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html")
def reserved_concurrency_leaves_some(it: Resource) -> Found:
    reserved = it.number("reservedConcurrentExecutions")
    if reserved is not None and reserved > quota("aws-lambda-concurrency") - 100:
        message = f"{_INVALID}: Specified ReservedConcurrentExecutions for function decreases account's"
        message += " UnreservedConcurrentExecution below its minimum value of [100]."
        yield "reservedConcurrentExecutions", f"{message} {advise('aws-lambda-concurrency')}"


@rule(FUNCTION, source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html")
def network_of_a_function(it: Resource, program: Program) -> Found:
    config = it.get("vpcConfig")
    if not isinstance(config, Mapping):
        return
    both = [config.get(name) for name in ("subnetIds", "securityGroupIds")]
    subnets = program.refers(it, "vpcConfig.subnetIds", SUBNET)
    groups = program.refers(it, "vpcConfig.securityGroupIds", GROUP)
    if isinstance(both[0], list) and isinstance(both[1], list) and two_vpcs([*subnets, *groups], program):
        yield "vpcConfig.securityGroupIds", f"{_INVALID}: Security group does not belong to the same VPC as the subnets"
    role = program.refer(it, "role", ROLE)
    if role and both[0] and may(role, "ec2:CreateNetworkInterface", program) is False:
        yield "vpcConfig", f"{_DENIED} CreateNetworkInterface on EC2 (the role is {role.name!r})"


@rule(FUNCTION, source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html")
def role_reaches_the_dead_letters(it: Resource, program: Program) -> Found:
    role = program.refer(it, "role", ROLE)
    path = "deadLetterConfig.targetArn"
    for kind, action, message in (
        ("aws:sqs/queue:Queue", "sqs:SendMessage", "SendMessage on SQS"),
        ("aws:sns/topic:Topic", "sns:Publish", "Publish on SNS"),
    ):
        if role and program.refer(it, path, kind) and may(role, action, program) is False:
            yield path, f"{_DENIED} {message} (the role is {role.name!r})"


@rule(
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    source="https://github.com/localstack/localstack/blob/main/localstack-core/localstack/services/lambda_/provider.py",
)
def destination_is_another_function(it: Resource, program: Program) -> Found:
    function = program.refer(it, "functionName", FUNCTION)
    for path in ("destinationConfig.onFailure.destination", "destinationConfig.onSuccess.destination"):
        if function and program.refer(it, path, FUNCTION) is function:
            yield path, f"{_INVALID}: You can't specify the function as a destination for itself."


@rule(ALIAS, source="https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html")
def routing_of_an_alias(it: Resource) -> Found:
    weights = it.get("routingConfig.additionalVersionWeights")
    if isinstance(weights, Mapping) and it.text("functionVersion") in weights:
        message = f"{_INVALID}: Invalid function version in AdditionalVersionWeights: the alias's own"
        yield "routingConfig.additionalVersionWeights", message


@rule(
    "aws:secretsmanager/secretRotation:SecretRotation",
    source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html",
)
def rotation_calls_its_function(it: Resource, program: Program) -> Found:
    function = program.refer(it, "rotationLambdaArn", FUNCTION)
    if function is None or not function.new:
        return
    message = "AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function"
    permissions = [
        permission
        for permission in program.of(PERMISSION)
        if program.refer(permission, "function", FUNCTION) in (function, None)
    ]
    grants = [
        permission
        for permission in permissions
        if permission.get("principal") in ("secretsmanager.amazonaws.com", "*", UNKNOWN)
    ]
    if not grants:  # no dependency is required, because the provider retries for a minute
        yield "rotationLambdaArn", f"{message}: no permission lets it call {function.name!r}"


@rule(MAPPING, source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html")
def role_reads_the_source(it: Resource, program: Program) -> Found:
    function = program.refer(it, "functionName", FUNCTION)
    role = program.refer(function, "role", ROLE) if function else None
    for kind, action, message in (
        ("aws:sqs/queue:Queue", "sqs:ReceiveMessage", "ReceiveMessage on SQS"),
        ("aws:sqs/queue:Queue", "sqs:DeleteMessage", "DeleteMessage on SQS"),
        ("aws:kinesis/stream:Stream", "kinesis:GetRecords", "GetRecords on Kinesis"),
        ("aws:dynamodb/table:Table", "dynamodb:GetRecords", "GetRecords on DynamoDB"),
    ):
        if role and program.refer(it, "eventSourceArn", kind) and may(role, action, program) is False:
            yield "eventSourceArn", f"{_DENIED} {message} (the role is {role.name!r})"
