"""Key policies: whom a key lets use it, and whom it lets change them."""

from __future__ import annotations

from collections.abc import Iterator

from ..grants import names
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability, lifecycle
from .alarms import ALARM, COMPOSITE, SUBSCRIPTION, TOPIC
from .encryption import KEY
from .iam import list_allowing, principals_of
from .log_groups import GROUP
from .loops import EVENT_TARGET

KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
QUEUE, TRAIL = "aws:sqs/queue:Queue", "aws:cloudtrail/trail:Trail"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
SENDS, DATA_KEY = ("kms:GenerateDataKey", "kms:Decrypt"), "kms:GenerateDataKey"
# type → where its key is named
ENCRYPTED = {TOPIC: "kmsMasterKeyId", QUEUE: "kmsMasterKeyId", GROUP: "kmsKeyId", TRAIL: "kmsKeyId"}
# what is encrypted → what sends to it, where that names it, and the service which then uses the key.
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services and
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
SENDERS = {
    TOPIC: (
        (ALARM, "alarmActions", "cloudwatch"),
        (COMPOSITE, "alarmActions", "cloudwatch"),
        (EVENT_TARGET, "arn", "events"),
        (NOTIFICATION, "topics", "s3"),
    ),
    QUEUE: ((SUBSCRIPTION, "endpoint", "sns"), (EVENT_TARGET, "arn", "events"), (NOTIFICATION, "queues", "s3")),
}
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html and
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
WRITERS = {GROUP: ("logs", ("kms:Encrypt", "kms:Decrypt", DATA_KEY)), TRAIL: ("cloudtrail", (DATA_KEY,))}


@availability.high(
    *ENCRYPTED,
    reference="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services",
    fix="Add a statement to the key's policy that allows the service kms:GenerateDataKey* and kms:Decrypt.",
)
def storage_key_lets_services_use_it(encrypted: Resource, stack: Stack) -> Iterator[str]:
    """The key of a topic, a queue or a log group lets the services use it that write there.

    A service which is not the account's own identity gets nothing from the default policy of a key. The alarm goes
    off and its message is never published, a subscribed queue stays empty, log groups and trails are refused. Judged
    where the program makes the key.
    """
    for key in stack.follow(encrypted, ENCRYPTED[encrypted.type], KEY):
        for service, actions in _list_services(encrypted, stack):
            if missing := [action for action in actions if not _lets_use(key, service, action, stack)]:
                wanted = ", ".join(missing)
                yield f"the policy of {key} does not allow {service}.amazonaws.com {wanted}, wanted it to"


def _list_services(encrypted: Resource, stack: Stack) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The services that write to what is encrypted, and what each does with the key."""
    if encrypted.type in WRITERS:
        yield WRITERS[encrypted.type]
    senders = SENDERS.get(encrypted.type, ())
    found = {service for type_, path, service in senders if stack.referring(encrypted, type_, path)}
    yield from ((service, SENDS) for service in sorted(found))


def _lets_use(key: Resource, service: str, action: str, stack: Stack) -> bool:
    return any(
        names(statement, action)
        and any(who == "*" or who.startswith(f"{service}.") for who in _list_callers(statement))
        for policy in [*stack.referring(key, KEY_POLICY, "keyId"), key]
        for statement in list_allowing(policy.document("policy"))
    )


def _list_callers(statement: Properties) -> list[str]:
    return [*principals_of(statement, "Service"), *(who for who in principals_of(statement, "AWS") if who == "*")]


@lifecycle.high(
    KEY,
    KEY_POLICY,
    reference="https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    fix="Allow the account (arn:aws:iam::ACCOUNT:root) or its key administrators kms:*.",
)
def storage_key_can_be_managed(key: Resource) -> Iterator[str]:
    """The policy of a key lets somebody change it.

    Nobody can use, mend or delete a key whose policy names no account, user or role that may change the policy: not
    the account's root user either. What it encrypts is lost, unless AWS Support gives access again.
    """
    managing = [each for each in list_allowing(key.document("policy")) if names(each, "kms:PutKeyPolicy")]
    if key.has("policy") and not any(principals_of(each, "AWS") for each in managing):
        yield "no statement allows an account, user or role kms:PutKeyPolicy, wanted one"
