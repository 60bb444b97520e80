"""CloudTrail, Config and Backup: who may write the records, in which order parts are made, how long they are kept."""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.buckets import BUCKETS, POLICY, settings_of
from rehearsal.judge.rules.aws.permissions import ROLE, may
from rehearsal.judge.rules.aws.policies import allows, lets_service, principals, statements, words
from rehearsal.values import UNKNOWN

TRAIL = "aws:cloudtrail/trail:Trail"
RECORDER = "aws:cfg/recorder:Recorder"
CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel"
STATUS = "aws:cfg/recorderStatus:RecorderStatus"
TOPICS = ("aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy")
_CLOUDTRAIL = "cloudtrail.amazonaws.com"
_TRAILS = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide"
_CONFIG = "https://docs.aws.amazon.com/config/latest/developerguide"


@rule(TRAIL, source=f"{_TRAILS}/create-s3-bucket-policy-for-cloudtrail.html")
def bucket_lets_the_trail_write(it: Resource, program: Program) -> Found:
    bucket = program.refer(it, "s3BucketName", *BUCKETS)
    if bucket is None or not bucket.new:
        return
    message = f"InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: {bucket.name}"
    policies = settings_of(bucket, program, POLICY)
    documents = [policy.get("policy") for policy in policies] or [bucket.get("policy")]
    if documents == [None]:
        yield "s3BucketName", f"{message}: it has no policy"
        return
    for action in ("s3:GetBucketAcl", "s3:PutObject"):
        if all(_lets_the_trail(document, action) is False for document in documents):
            yield "s3BucketName", f"{message}: nothing allows {_CLOUDTRAIL} {action}"
    if policies and not program.waits_for(it, *policies):
        yield "s3BucketName", f"{message}: depend on {policies[0].name!r}"
    folders = list(_list_folders(documents))
    prefix = it.get("s3KeyPrefix", "")
    wanted = f"{prefix}/AWSLogs/" if prefix else "AWSLogs/"
    if prefix is not UNKNOWN and folders and not any(_may_contain(folder, wanted) for folder in folders):
        yield "s3KeyPrefix", f"{message}: the policy allows {folders[0]}, and the trail writes to {wanted}"


def _lets_the_trail(document: object, action: str) -> bool | None:
    """Whether a policy lets CloudTrail do something, by its service or, as before 2014, by an account of its own."""
    accounts = (allows(statement, action) and principals(statement, "AWS") for statement in statements(document) or ())
    return any(accounts) or lets_service(document, _CLOUDTRAIL, action)


def _list_folders(documents: list[object]) -> Iterator[str]:
    """Yields the folders of a bucket where CloudTrail may write; `*` if they are not known."""
    for document in documents:
        if statements(document) is None:
            yield "*"
        for statement in statements(document) or ():
            if allows(statement, "s3:PutObject") and (principals(statement, "Service") or principals(statement, "AWS")):
                arns = words(statement.get("Resource")) or ["*"]
                yield from (arn.partition("/")[2] if ":::" in arn and "/" in arn else "*" for arn in arns)


def _may_contain(folder: str, wanted: str) -> bool:
    """Whether objects below `wanted` may match a folder of a policy, which ends at its first wildcard."""
    literal = folder.partition("*")[0].partition("?")[0].partition("$")[0]
    return literal.startswith(wanted) or (literal != folder and wanted.startswith(literal))


@rule(TRAIL, source=f"{_TRAILS}/cloudtrail-required-policy-for-cloudwatch-logs.html")
def role_writes_the_trails_events(it: Resource, program: Program) -> Found:
    role = program.refer(it, "cloudWatchLogsRoleArn", ROLE)
    if role and may(role, "logs:PutLogEvents", program) is False:
        message = "InvalidCloudWatchLogsLogGroupArnException: Access denied. Check the permissions for your role."
        yield "cloudWatchLogsRoleArn", f"{message} ({role.name!r})"


@rule(TRAIL, source=f"{_TRAILS}/cloudtrail-permissions-for-sns-notifications.html")
def topic_lets_the_trail_publish(it: Resource, program: Program) -> Found:
    topic = program.refer(it, "snsTopicName", TOPICS[0])
    if topic is None or not topic.new or topic.get("policy") is not None:
        return
    policies = [policy for policy in program.of(TOPICS[1]) if program.refer(policy, "arn", TOPICS[0]) in (topic, None)]
    message = (
        f"InsufficientSnsTopicPolicyException: SNS Topic does not exist or the topic policy is incorrect: {topic.name}"
    )
    if all(lets_service(policy.get("policy"), _CLOUDTRAIL, "sns:Publish") is False for policy in policies):
        yield "snsTopicName", f"{message}: nothing allows {_CLOUDTRAIL} sns:Publish"
    elif not program.waits_for(it, *policies):
        yield "snsTopicName", f"{message}: depend on {policies[0].name!r}"


def _beside(it: Resource, program: Program, kind: str) -> list[Resource]:
    """The resources of a type in the same region of the same provider."""
    return [other for other in program.of(kind) if (other.provider, other.region) == (it.provider, it.region)]


@rule(
    CHANNEL,
    "aws:cfg/rule:Rule",
    "aws:cfg/conformancePack:ConformancePack",
    source="https://docs.aws.amazon.com/config/latest/APIReference/API_PutDeliveryChannel.html",
)
def recorder_comes_first(it: Resource, program: Program) -> Found:
    recorders = [recorder for recorder in _beside(it, program, RECORDER) if recorder.new]
    if recorders and not program.waits_for(it, *recorders):
        message = "NoAvailableConfigurationRecorderException: Configuration recorder is not available"
        yield "s3BucketName" if it.type == CHANNEL else "name", f"{message}: depend on {recorders[0].name!r}"


@rule(STATUS, source="https://github.com/aws/aws-cdk/issues/9001")
def channel_comes_before_the_recording(it: Resource, program: Program) -> Found:
    recorders = [recorder for recorder in _beside(it, program, RECORDER) if recorder.new]
    if it.get("isEnabled") is not True or not recorders:
        return
    channels = _beside(it, program, CHANNEL)
    message = "NoAvailableDeliveryChannelException: Delivery channel is not available to start configuration recorder."
    if not channels:
        yield "isEnabled", f"{message} The program makes none"
    elif not program.waits_for(it, *channels):
        yield "isEnabled", f"{message} Depend on {channels[0].name!r}"


@rule(CHANNEL, source=f"{_CONFIG}/s3-bucket-policy.html")
def recorder_writes_to_its_bucket(it: Resource, program: Program) -> Found:
    bucket, recorders = program.refer(it, "s3BucketName", *BUCKETS), _beside(it, program, RECORDER)
    if bucket is None or not bucket.new or len(recorders) != 1:
        return
    role = program.refer(recorders[0], "roleArn", ROLE)
    linked = program.refer(recorders[0], "roleArn", "aws:iam/serviceLinkedRole:ServiceLinkedRole")
    linked_by_name = "/aws-service-role/" in recorders[0].text("roleArn")
    writes = may(role, "s3:PutObject", program) if role else None if not (linked or linked_by_name) else False
    documents = [policy.get("policy") for policy in settings_of(bucket, program, POLICY)] + [bucket.get("policy")]
    if writes is False and documents == [None]:
        message = f"InsufficientDeliveryPolicyException: Insufficient delivery policy to s3 bucket: {bucket.name}"
        yield "s3BucketName", f"{message}, unable to write to bucket"


@rule("aws:backup/plan:Plan", source="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html")
def cold_backups_are_kept_for_90_days(it: Resource) -> Found:
    for path, backup in it.blocks("rules"):
        copies = [(f"{path}.{inside}", copy) for inside, copy in backup.blocks("copyActions")]
        for at, kept in ((path, backup), *copies):
            cold, gone = kept.number("lifecycle.coldStorageAfter"), kept.number("lifecycle.deleteAfter")
            if cold and gone and 0 < gone < cold + 90:
                message = (
                    "InvalidParameterValueException: Invalid lifecycle. DeleteAfterDays cannot be less than 90 days"
                )
                yield f"{at}.lifecycle.deleteAfter", f"{message} apart from MoveToColdStorageAfterDays"
