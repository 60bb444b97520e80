"""S3: the notifications of a bucket and their destinations."""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.functions import FUNCTION, PERMISSION
from rehearsal.judge.rules.aws.policies import lets_service
from rehearsal.values import UNKNOWN

NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"


_DESTINATIONS = (
    ("lambdaFunctions", "lambdaFunctionArn", FUNCTION, PERMISSION, "function", "lambda:InvokeFunction"),
    ("queues", "queueArn", "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy", "queueUrl", "sqs:SendMessage"),
    ("topics", "topicArn", "aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy", "arn", "sns:Publish"),
)
"""One row per kind of destination: the list's name, the ARN's property, the destination's type, the type that grants S3
access, that type's property for the destination, and the action that S3 needs."""


def _targets(it: Resource) -> Iterator[tuple[str, str, str, str, str]]:
    """Yields, for each notification, the path of the destination's ARN and the last four columns of `_DESTINATIONS`."""
    for name, arn, kind, policy, target, action in _DESTINATIONS:
        for index, _ in enumerate(it.list(name)):
            yield f"{name}[{index}].{arn}", kind, policy, target, action


@rule(NOTIFICATION, source=f"{_GUIDE}/grant-destinations-permissions-to-s3.html")
def destinations_let_the_bucket_send(it: Resource, program: Program) -> Found:
    message = "InvalidArgument: Unable to validate the following destination configurations"
    for path, kind, policy, target, action in _targets(it):
        made = program.refer(it, path, kind)
        if made and made.text("kmsMasterKeyId") in ("alias/aws/sqs", "alias/aws/sns"):
            yield (
                path,
                f"{message}: the policy of AWS's own key of {made.name!r} does not name S3, and cannot be changed",
            )
        if made is None or not made.new or made.get("policy") is UNKNOWN:
            continue
        if made.get("policy") is not None and lets_service(made.get("policy"), "s3.amazonaws.com", action) is not False:
            continue
        grants = [
            resource_policy
            for resource_policy in program.of(policy)
            if program.refer(resource_policy, target, kind) is made
        ]
        if kind == FUNCTION:
            grants = [grant for grant in grants if grant.get("principal") in ("s3.amazonaws.com", UNKNOWN)]
        else:
            grants = [
                grant for grant in grants if lets_service(grant.get("policy"), "s3.amazonaws.com", action) is not False
            ]
        if not grants:
            yield path, f"{message}: nothing allows the bucket to use {made.name!r}"
        elif not program.waits_for(it, *grants):
            yield path, f"{message}: depend on {grants[0].name!r}"


@rule(NOTIFICATION, source=f"{_GUIDE}/notification-how-to-filtering.html")
def notifications_do_not_overlap(it: Resource) -> Found:
    every = [block for name, *_ in _DESTINATIONS for _, block in it.blocks(name)]
    for index, one in enumerate(every):
        for other in every[:index]:
            if _overlap(one, other):
                message = "InvalidArgument: Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules"
                yield "bucket", f"{message} if the prefixes are overlapping for the same event type."
                return


def _overlap(one: Resource, other: Resource) -> bool:
    events = [[event for event in each.list("events") if isinstance(event, str)] for each in (one, other)]
    shared = any(
        a.rstrip("*").startswith(b.rstrip("*")) or b.rstrip("*").startswith(a.rstrip("*"))
        for a in events[0]
        for b in events[1]
    )
    ends = [(each.get("filterPrefix") or "", each.get("filterSuffix") or "") for each in (one, other)]
    if any(not isinstance(text, str) for pair in ends for text in pair):
        return False
    (prefix, suffix), (prefix2, suffix2) = ends
    return (
        shared
        and (prefix.startswith(prefix2) or prefix2.startswith(prefix))
        and (suffix.endswith(suffix2) or suffix2.endswith(suffix))
    )
