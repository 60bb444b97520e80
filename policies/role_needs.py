"""What the service that is given a role does with it: the actions without which it cannot do its work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .grants import ROLE
from .resources import Resource, Stack
from .sagemaker_modes import MODEL
from .serving import CONFIGURATION, FUNCTION, HTTP_INTEGRATION, INTEGRATION, TASK

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
FLOW_LOG, ACCOUNT = "aws:ec2/flowLog:FlowLog", "aws:apigateway/account:Account"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
EVENT_TARGET, SCHEDULE = "aws:cloudwatch/eventTarget:EventTarget", "aws:scheduler/schedule:Schedule"
KEY, BUCKET = "aws:kms/key:Key", "aws:s3/bucket:Bucket"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
OBJECTS = ("aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject", "aws:s3/objectCopy:ObjectCopy")
STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"


class Need(NamedTuple):
    """The property that names the role, on which resource, the actions, what they are for, and where if it is known."""

    user: Resource
    path: str
    actions: tuple[str, ...]
    purpose: str
    place: str = ""


WRITES = ("logs:CreateLogStream", "logs:PutLogEvents")
PULLS = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:GetAuthorizationToken")
INTERFACES = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")
IN_A_NETWORK = (*INTERFACES, "ec2:CreateNetworkInterfacePermission", "ec2:DescribeSubnets")
TRACES = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
# the service in an ARN → what is done with what it names.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html and the like
READS = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "kinesis": ("kinesis:GetRecords", "kinesis:GetShardIterator"),
    "dynamodb": ("dynamodb:GetRecords", "dynamodb:GetShardIterator"),
}
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html
STARTS = {
    "states": "states:StartExecution",
    "ecs": "ecs:RunTask",
    "batch": "batch:SubmitJob",
    "codebuild": "codebuild:StartBuild",
    "firehose": "firehose:PutRecord",
    "sagemaker": "sagemaker:StartPipelineExecution",
}
# of a scheduler alone: rules of EventBridge call these by the policy of what they call
SENDS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}
SUBTYPES = {"SQS": "sqs", "StepFunctions": "states", "Kinesis": "kinesis", "EventBridge": "events"}
ACTION = re.compile(r":(states|sqs|sns|kinesis|firehose|dynamodb):action/(\w+)$")


def service_of(arn: str | None) -> str:
    parts = (arn or "").split(":")
    return parts[2] if len(parts) > 5 else ""


def place_of(arn: str | None) -> str:
    """The end of an ARN, after the account."""
    return "".join((arn or "").split(":", 5)[5:])


def place_in_s3(uri: str | None) -> str:
    """A bucket and the key in it; nothing for an access point, whose objects have other ARNs."""
    bucket, _, key = (uri or "").removeprefix("s3://").partition("/")
    known = (uri or "").startswith("s3://") and not bucket.startswith("arn") and not bucket.endswith("-s3alias")
    return f"{bucket}/{key}" if known and bucket else ""


def place_of_log(group: str | None) -> str:
    return f"log-group:{group}:" if group else ""


def of_a_task(task: Resource, stack: Stack) -> Iterator[Need]:
    """On Fargate: a machine may pull and write by its own role."""
    text = task.text_if_known("containerDefinitions")
    for container in task.document("containerDefinitions").children("items") if text else ():
        if "FARGATE" not in task.texts("requiresCompatibilities"):
            return
        if ".dkr.ecr." in (container.text("image") or ""):
            yield Need(task, "executionRoleArn", PULLS, "with which it pulls the image")
        if container.text("logConfiguration.logDriver") == "awslogs":
            place = place_of_log(container.text("logConfiguration.options.awslogs-group"))
            yield Need(task, "executionRoleArn", WRITES, "with which it writes the container's log", place)
        kept = [secret.text("valueFrom") or "" for secret in container.children("secrets")]
        if any(service_of(secret) == "secretsmanager" for secret in kept):
            yield Need(task, "executionRoleArn", ("secretsmanager:GetSecretValue",), "with which it reads the secrets")
        if any(service_of(secret) in ("ssm", "") for secret in kept):
            yield Need(task, "executionRoleArn", ("ssm:GetParameters",), "with which it reads the secrets")


def of_a_function(function: Resource, stack: Stack) -> Iterator[Need]:
    own = f"/aws/lambda/{function.text_if_known('name')}"
    groups = stack.follow(function, "loggingConfig.logGroup", LOG_GROUP)
    if groups or any(group.text_if_known("name") == own for group in stack.of(LOG_GROUP)):
        name = function.text_if_known("loggingConfig.logGroup")
        yield Need(function, "role", WRITES, "with which it writes its log", place_of_log(name))
    if function.known("vpcConfig.subnetIds") and function.count("vpcConfig.subnetIds"):
        yield Need(function, "role", INTERFACES, "with which it is in its network")
    if function.text_if_known("tracingConfig.mode") == "Active":
        yield Need(function, "role", TRACES, "with which it sends its traces")
    letters = function.text_if_known("deadLetterConfig.targetArn")
    failed = SENDS.get(service_of(letters), "")
    if failed:
        yield Need(function, "role", (failed,), "with which it keeps failed events", place_of(letters))


def of_a_mapping(mapping: Resource, stack: Stack) -> Iterator[Need]:
    source = mapping.text_if_known("eventSourceArn")
    actions = READS.get(service_of(source), ())
    for function in stack.follow(mapping, "functionName", FUNCTION) if actions else ():
        yield Need(function, "role", actions, f"with which {mapping} reads its source", place_of(source))


def of_a_model(model: Resource, stack: Stack) -> Iterator[Need]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms"""
    containers = [*model.children("primaryContainer"), *model.children("containers")]
    images = [container.text("image") or "" for container in containers if container.known("image")]
    if any(".dkr.ecr." in image for image in images):
        yield Need(model, "executionRoleArn", PULLS, "with which it pulls the image")
    places = ("modelDataUrl", "modelDataSource.s3DataSource.s3Uri")
    if any(not container.known(path) or container.text(path) for container in containers for path in places):
        yield Need(model, "executionRoleArn", ("s3:GetObject",), "with which it loads the model")
    stored = [place_in_s3(text) for entry in containers for text in map(entry.text, filter(entry.known, places))]
    for place in filter(None, stored):
        yield Need(model, "executionRoleArn", ("s3:GetObject",), "with which it loads the model", place)
    paths = ("primaryContainer", "containers")
    if any(_list_keys(bucket, stack) for path in paths for bucket in _list_buckets(model, path, stack)):
        yield Need(model, "executionRoleArn", ("kms:Decrypt",), "with which it loads the model")
    if model.known("vpcConfig.subnets") and model.count("vpcConfig.subnets"):
        yield Need(model, "executionRoleArn", IN_A_NETWORK, "with which it is in its network")
    watched = (*WRITES, "cloudwatch:PutMetricData")
    yield Need(model, "executionRoleArn", watched, "with which it writes the containers' log and metrics")


def _list_buckets(model: Resource, path: str, stack: Stack) -> Iterator[Resource]:
    """The buckets that a model is loaded from, or from objects in them."""
    yield from stack.follow(model, path, BUCKET)
    for stored in stack.follow(model, path, *OBJECTS):
        yield from stack.follow(stored, "bucket", BUCKET)


def _list_keys(bucket: Resource, stack: Stack) -> list[Resource]:
    """The program's keys with which a bucket's objects are encrypted."""
    return [key for each in stack.referring(bucket, ENCRYPTION, "bucket") for key in stack.follow(each, "rules", KEY)]


def of_a_configuration(configuration: Resource, stack: Stack) -> Iterator[Need]:
    captures = configuration.flag("dataCaptureConfig.enableCapture")
    if not captures and not configuration.has("asyncInferenceConfig.outputConfig"):
        return
    named = {variant.text("modelName") for variant in configuration.children("productionVariants")}
    linked = stack.follow(configuration, "productionVariants", MODEL)
    async_place = configuration.text_if_known("asyncInferenceConfig.outputConfig.s3OutputPath")
    capture = configuration.text_if_known("dataCaptureConfig.destinationS3Uri") if captures else None
    places = [place_in_s3(text) for text in (capture, async_place) if text] or [""]
    purpose = f"with which {configuration} keeps what it collects"
    for model in linked or [model for model in stack.of(MODEL) if model.text_if_known("name") in named]:
        yield from (Need(model, "executionRoleArn", ("s3:PutObject",), purpose, place) for place in places)


def of_a_flow_log(log: Resource, stack: Stack) -> Iterator[Need]:
    if log.text("logDestinationType") in (None, "", "cloud-watch-logs"):
        yield Need(log, "iamRoleArn", WRITES, "with which it writes")


def of_an_account(account: Resource, stack: Stack) -> Iterator[Need]:
    yield Need(account, "cloudwatchRoleArn", WRITES, "with which the APIs of the account write their logs")


def of_an_event_target(target: Resource, stack: Stack) -> Iterator[Need]:
    started = STARTS.get(service_of(target.text_if_known("arn")))
    if started:
        yield Need(target, "roleArn", (started,), "with which it starts what it leads to")


def of_a_schedule(schedule: Resource, stack: Stack) -> Iterator[Need]:
    started = (STARTS | SENDS).get(service_of(schedule.text_if_known("target.arn")))
    if started:
        yield Need(schedule, "target.roleArn", (started,), "with which it starts what it leads to")


def of_an_integration(integration: Resource, stack: Stack) -> Iterator[Need]:
    uri = integration.text_if_known("uri") or ""
    called = ACTION.search(uri)
    actions = (f"{called[1]}:{called[2]}",) if called else ()
    if ":lambda:path/" in uri:
        actions = ("lambda:InvokeFunction",)
    if ":runtime.sagemaker:path/" in uri and uri.endswith("/invocations"):
        actions = ("sagemaker:InvokeEndpoint",)
    if actions:
        yield Need(integration, "credentials", actions, "with which the API calls it")


def of_an_http_integration(integration: Resource, stack: Stack) -> Iterator[Need]:
    service, _, action = (integration.text("integrationSubtype") or "").partition("-")
    if service in SUBTYPES:
        yield Need(integration, "credentialsArn", (f"{SUBTYPES[service]}:{action}",), "with which the API calls it")


def of_a_stream(stream: Resource, stack: Stack) -> Iterator[Need]:
    if stream.has("extendedS3Configuration"):
        yield Need(stream, "extendedS3Configuration.roleArn", ("s3:PutObject",), "with which it writes to the bucket")


BY_TYPE = {
    TASK: of_a_task,
    FUNCTION: of_a_function,
    MAPPING: of_a_mapping,
    MODEL: of_a_model,
    CONFIGURATION: of_a_configuration,
    FLOW_LOG: of_a_flow_log,
    ACCOUNT: of_an_account,
    EVENT_TARGET: of_an_event_target,
    SCHEDULE: of_a_schedule,
    INTEGRATION: of_an_integration,
    HTTP_INTEGRATION: of_an_http_integration,
    STREAM: of_a_stream,
}


def list_roles(need: Need, stack: Stack) -> list[Resource]:
    return stack.follow(need.user, need.path, ROLE)
