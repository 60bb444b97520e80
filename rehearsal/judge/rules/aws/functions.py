"""Lambda: functions, their versions, and what calls them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.quotas import advise, quota
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.identity import ROLE, may
from rehearsal.judge.rules.aws.network import GROUP, SUBNET, two_vpcs
from rehearsal.values import UNKNOWN

FUNCTION = "aws:lambda/function:Function"
ALIAS = "aws:lambda/alias:Alias"
PERMISSION = "aws:lambda/permission:Permission"
WARM = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
_API = f"{_GUIDE}/API_CreateFunction.html"
_INVALID = "InvalidParameterValueException"
_DENIED = f"{_INVALID}: The provided execution role does not have permissions to call"


@rule(FUNCTION, source=_API)
def code_of_a_function(it: Resource) -> Found:
    image = it.get("packageType", "Zip") == "Image"
    given = [name for name in ("code", "imageUri", "s3Bucket") if it.get(name) is not None]
    if it.get("packageType") is UNKNOWN:
        return
    if len(given) > 1:
        yield given[1], f"only one of code, imageUri and s3Bucket can be specified, found {', '.join(given)}"
    if image and given and "imageUri" not in given:
        yield "imageUri", f"{_INVALID}: Please provide ImageUri when PackageType is Image"
    if not image and "imageUri" in given:
        yield "packageType", f"{_INVALID}: it must be Image where an imageUri is given"
    if it.get("s3Bucket") is not None and it.get("s3Key") is None:
        yield "s3Key", f"{_INVALID}: s3Key is required with s3Bucket"
    named = it.get("handler") is not None or it.get("runtime") is not None
    if not image and not named:
        yield "handler", "found nothing, expected a handler and a runtime, because the package type is Zip"


@rule(FUNCTION, source=_API)
def parts_of_a_function(it: Resource) -> Found:
    if len(it.list("layers")) > 5:
        yield "layers", f"{_INVALID}: a function has at most 5 layers, found {len(it.list('layers'))}"
    size = it.number("memorySize")
    if size is not None and size > 10_240 and it.get("capacityProviderConfig") is None:
        yield "memorySize", f"ValidationException: Member must have value less than or equal to 10240, found {size:g}"
    variables = it.get("environment.variables")
    for key in variables if isinstance(variables, Mapping) else ():
        if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]+", key):
            message = "ValidationException: environment variable keys must satisfy [a-zA-Z]([a-zA-Z0-9_])+"
            yield "environment.variables", f"{message}, found {key!r}"
    if it.get("fileSystemConfig") is not None and it.get("vpcConfig") is None:
        yield "fileSystemConfig", f"{_INVALID}: Function must be configured to execute in a VPC"
    mount = it.text("fileSystemConfig.localMountPath")
    if mount and not re.fullmatch(r"/mnt/[a-zA-Z0-9._-]+", mount):
        yield "fileSystemConfig.localMountPath", f"{_INVALID}: found {mount!r}, expected /mnt/NAME"
    if it.get("snapStart.applyOn") == "PublishedVersions":
        size = it.number("ephemeralStorage.size")
        if size and size > 512:
            yield "snapStart", f"{_INVALID}: SnapStart does not support ephemeral storage above 512 MB"
        if it.get("fileSystemConfig") is not None:
            yield "snapStart", f"{_INVALID}: SnapStart does not support a file system"


@rule(FUNCTION, source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html")
def reserved_concurrency_leaves_some(it: Resource) -> Found:
    reserved = it.number("reservedConcurrentExecutions")
    if reserved is not None and reserved > quota("aws-lambda-concurrency") - 100:
        message = f"{_INVALID}: Specified ReservedConcurrentExecutions for function decreases account's"
        message += " UnreservedConcurrentExecution below its minimum value of [100]."
        yield "reservedConcurrentExecutions", f"{message} {advise('aws-lambda-concurrency')}"


@rule(FUNCTION, source="https://docs.aws.amazon.com/lambda/latest/dg/images-create.html")
def image_of_the_region(it: Resource, program: Program) -> Found:
    image = it.text("imageUri")
    match = re.match(r"\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(amazonaws\.com|on\.aws)", image)
    if image and not match:
        yield "imageUri", f"{_INVALID}: Source image {image} is not valid. Provide a valid source image."
    elif match and it.region and match[1] != it.region:
        message = f"{_INVALID}: Source image {image} is not valid"
        yield "imageUri", f"{message}: the repository must be in the function's region, {it.region}"


@rule(FUNCTION, source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html")
def network_of_a_function(it: Resource, program: Program) -> Found:
    config = it.get("vpcConfig")
    if not isinstance(config, Mapping):
        return
    both = [config.get(name) for name in ("subnetIds", "securityGroupIds")]
    if (both[0] in (None, [])) != (both[1] in (None, [])):
        yield "vpcConfig", f"{_INVALID}: SubnetIds and SecurityIds must coexist or be both empty list."
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


@rule(WARM, source="https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html")
def warm_copies_fit_the_function(it: Resource, program: Program) -> Found:
    function = program.refer(it, "functionName", FUNCTION) or program.refer(it, "qualifier", FUNCTION)
    if function is None:
        return
    most, warm = function.number("reservedConcurrentExecutions"), it.number("provisionedConcurrentExecutions")
    if most is not None and most >= 0 and warm is not None and warm > most:
        message = f"{_INVALID}: Requested Provisioned Concurrency should not be greater than the"
        yield (
            "provisionedConcurrentExecutions",
            f"{message} reservedConcurrentExecution for function: {warm:g} > {most:g}",
        )
    if function.get("snapStart.applyOn") == "PublishedVersions":
        yield "functionName", f"{_INVALID}: Provisioned concurrency is not supported with SnapStart"
    if program.refer(it, "qualifier", FUNCTION) and function.get("publish", False) is False:
        message = f"{_INVALID}: Provisioned Concurrency Configs cannot be applied to unpublished function"
        yield "qualifier", f"{message} versions: {function.name!r} does not publish any"


@rule(WARM, source="https://github.com/hashicorp/terraform/issues/24957")
def warm_copies_have_one_version(it: Resource, program: Program) -> Found:
    alias = program.refer(it, "qualifier", ALIAS)
    if alias and alias.get("routingConfig.additionalVersionWeights"):
        message = "InvalidParameterValueException: Alias with weights can not be used with Provisioned Concurrency"
        yield "qualifier", f"{message}: {alias.name!r}"


@rule(ALIAS, source="https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html")
def routing_of_an_alias(it: Resource) -> Found:
    weights = it.get("routingConfig.additionalVersionWeights")
    if it.text("functionVersion") == "$LATEST" and isinstance(weights, Mapping) and weights:
        yield "routingConfig", f"{_INVALID}: $LATEST is not supported for an alias with weighted routing"
    if isinstance(weights, Mapping) and it.text("functionVersion") in weights:
        message = f"{_INVALID}: Invalid function version in AdditionalVersionWeights: the alias's own"
        yield "routingConfig.additionalVersionWeights", message


@rule(PERMISSION, source=f"{_GUIDE}/API_AddPermission.html")
def principal_of_a_permission(it: Resource) -> Found:
    if it.get("functionUrlAuthType") is not None and it.get("action") not in ("lambda:InvokeFunctionUrl", UNKNOWN):
        message = f"{_INVALID}: FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action"
        yield "functionUrlAuthType", message
    service = it.text("principal")
    if service and not re.fullmatch(
        r"\*|\d{12}|arn:aws[\w-]*:.+|[a-z0-9.-]+\.(amazonaws\.com|amazon\.com|aws\.internal|on\.aws)(\.cn)?", service
    ):
        message = f"{_INVALID}: The provided principal was invalid. Please check the principal and try"
        yield "principal", f"{message} again: {service!r}"


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
        one for one in program.of(PERMISSION) if program.refer(one, "function", FUNCTION) in (function, None)
    ]
    grants = [one for one in permissions if one.get("principal") in ("secretsmanager.amazonaws.com", "*", UNKNOWN)]
    if not grants:  # one made at the same time is there soon enough: the provider tries for a minute
        yield "rotationLambdaArn", f"{message}: no permission lets it call {function.name!r}"


@rule("aws:lambda/permission:Permission", source="https://github.com/jamesridgway/aws-lambda-short-url/issues/3")
def statement_is_free(it: Resource, program: Program) -> Found:
    name = it.text("statementId")
    for other in program.of(it.type) if name else ():
        same = all(it.get(path) == other.get(path) for path in ("statementId", "function", "qualifier"))
        sources = all(it.sources.get(path) == other.sources.get(path) for path in ("function", "qualifier"))
        if other.urn < it.urn and same and sources and it.region == other.region:
            message = f"ResourceConflictException: The statement id ({name}) provided already exists"
            yield "statementId", f"{message}: {other.name!r} has it"


@rule(MAPPING, source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html")
def queue_waits_for_the_function(it: Resource, program: Program) -> Found:
    queue = program.refer(it, "eventSourceArn", "aws:sqs/queue:Queue")
    function = program.refer(it, "functionName", FUNCTION)
    if queue is None or function is None or UNKNOWN in (queue.get("visibilityTimeoutSeconds"), function.get("timeout")):
        return
    hidden, longest = queue.number("visibilityTimeoutSeconds"), function.number("timeout")
    hidden, longest = 30 if hidden is None else hidden, 3 if longest is None else longest
    if hidden < longest:
        message = f"{_INVALID}: Queue visibility timeout: {hidden:g} seconds is less than Function timeout"
        yield "eventSourceArn", f"{message}: {longest:g} seconds"


@rule(MAPPING, source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html")
def role_reads_the_source(it: Resource, program: Program) -> Found:
    function = program.refer(it, "functionName", FUNCTION)
    role = program.refer(function, "role", ROLE) if function else None
    for kind, action, message in (
        ("aws:sqs/queue:Queue", "sqs:ReceiveMessage", "ReceiveMessage on SQS"),
        ("aws:kinesis/stream:Stream", "kinesis:GetRecords", "GetRecords on Kinesis"),
        ("aws:dynamodb/table:Table", "dynamodb:GetRecords", "GetRecords on DynamoDB"),
    ):
        if role and program.refer(it, "eventSourceArn", kind) and may(role, action, program) is False:
            yield "eventSourceArn", f"{_DENIED} {message} (the role is {role.name!r})"


@rule(MAPPING, source=f"{_GUIDE}/API_CreateEventSourceMapping.html")
def batches_of_a_mapping(it: Resource, program: Program) -> Found:
    queue = program.refer(it, "eventSourceArn", "aws:sqs/queue:Queue")
    stream = program.refer(it, "eventSourceArn", "aws:kinesis/stream:Stream", "aws:dynamodb/table:Table")
    size, window = it.number("batchSize"), it.number("maximumBatchingWindowInSeconds")
    if queue and size and size > 10 and not window:
        message = f"{_INVALID}: Maximum batch window in seconds must be greater than 0 if maximum batch"
        yield "batchSize", f"{message} size is greater than 10"
    if queue and it.get("startingPosition") is not None:
        yield "startingPosition", f"{_INVALID}: StartingPosition is not valid for SQS event sources."
    if stream and it.get("startingPosition") is None:
        yield "startingPosition", f"{_INVALID}: 1 validation error detected: it must be specified"
    if it.get("startingPosition") == "AT_TIMESTAMP" and it.get("startingPositionTimestamp") is None:
        yield "startingPositionTimestamp", f"{_INVALID}: Need to specify a timestamp"


@rule(FUNCTION, source=f"{_GUIDE}/configuration-filesystem.html")
def files_can_be_mounted(it: Resource, program: Program) -> Found:
    point = program.refer(it, "fileSystemConfig.arn", "aws:efs/accessPoint:AccessPoint")
    system = program.refer(point, "fileSystemId", "aws:efs/fileSystem:FileSystem") if point else None
    if system is None or not system.new:
        return
    targets = list(program.referring(system, "fileSystemId", "aws:efs/mountTarget:MountTarget"))
    if not targets or not program.waits_for(it, *targets):
        message = f"{_INVALID}: EFS file system {system.name} referenced by access point {point.name if point else ''}"
        advice = f": depend on {targets[0].name!r}" if targets else ""
        yield "fileSystemConfig", f"{message} does not have mount targets in the function's subnets yet{advice}"
