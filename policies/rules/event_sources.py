"""What starts a function or a worker without a caller: queues and streams, and how often they try."""

from __future__ import annotations

from collections.abc import Iterator

from ..durations import minutes
from ..resources import Resource, Stack
from ..rule import availability
from ..serving import ALIAS, FUNCTION, PERMISSION
from .lambda_queue import MAPPING, QUEUE, functions_of

STREAMS = ("aws:kinesis/stream:Stream", "aws:dynamodb/table:Table")
REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy"
INVOKED = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
ASYNCHRONOUS = {"s3.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com"}
DAYS = 345_600  # how long a queue keeps its messages if nothing is said
LONGEST = 14 * 86_400
BUS_QUEUE = "azure-native:servicebus:Queue"
GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"


@availability.medium(
    MAPPING,
    reference=f"{GUIDE}/services-sqs-configure.html",
    fix="Set maxReceiveCount of the queue's redrive policy to 5 or more.",
)
def queue_retries_before_dead_lettering(mapping: Resource, stack: Stack, *, times: int = 3) -> Iterator[str]:
    """A message is retried before it goes to the dead-letter queue.

    A call that is throttled counts as a try. With a count of one a message goes to the dead letters though nothing is
    wrong with it, as soon as the function is busy. AWS recommends five or more.
    """
    for queue in stack.follow(mapping, "eventSourceArn", QUEUE):
        tries = queue.document("redrivePolicy").number("maxReceiveCount")
        if tries is not None and tries < times:
            yield f"maxReceiveCount of {queue} is {tries:g}, wanted {times} or more"


@availability.low(
    MAPPING,
    reference=f"{GUIDE}/services-sqs-configure.html",
    fix="Set the queue's visibility_timeout_seconds to six times the function's timeout.",
)
def queue_visibility_covers_throttled_retries(mapping: Resource, stack: Stack, *, times: int = 2) -> Iterator[str]:
    """A queue's visibility timeout leaves time for retries of a throttled function.

    Lambda holds a message while it waits for a free copy, and tries again when it is throttled. A message that appears
    again meanwhile is worked on twice. AWS recommends six times the function's time limit, and the batching window on
    top; this asks for less.
    """
    window = mapping.number("maximumBatchingWindowInSeconds") or 0
    for queue in stack.follow(mapping, "eventSourceArn", QUEUE):
        hidden = queue.number("visibilityTimeoutSeconds") or 30
        for function in functions_of(mapping, stack):
            limit = function.number("timeout") or 3
            wanted = times * limit + window
            if hidden < wanted:
                yield f"visibilityTimeoutSeconds is {hidden:g} and timeout {limit:g}, wanted {wanted:g} or more"


@availability.high(
    MAPPING,
    reference=f"{GUIDE}/kinesis-on-failure-destination.html",
    fix="Set maximum_retry_attempts or maximum_record_age_in_seconds, and an on_failure destination.",
)
def stream_limits_retries_of_a_record(mapping: Resource, stack: Stack) -> Iterator[str]:
    """A record that always fails does not block its shard.

    A stream is read in order. Without a limit Lambda tries the record until the stream forgets it, a day later or more
    (AWS says up to a week), and whatever comes after it in the shard waits, or is forgotten with it.
    """
    limits = [mapping.number(path) for path in ("maximumRetryAttempts", "maximumRecordAgeInSeconds")]
    limited = any(limit is not None and limit >= 0 for limit in limits)
    if stack.follow(mapping, "eventSourceArn", *STREAMS) and not limited:
        yield "maximumRetryAttempts and maximumRecordAgeInSeconds are not set, wanted one of them"


@availability.medium(
    MAPPING,
    reference=f"{GUIDE}/kinesis-on-failure-destination.html",
    fix="Give the mapping an on_failure destination in destination_config, and one retry or more.",
)
def stream_keeps_failed_records(mapping: Resource, stack: Stack) -> Iterator[str]:
    """A record that a function gave up on is kept.

    Where retries are limited Lambda goes on after the last one, and the record is gone: no score, no error, no trace.
    A destination on failure is told which records they were. (Without a limit the stream itself keeps them.)
    """
    tries = mapping.number("maximumRetryAttempts")
    limited = (tries is not None and tries >= 0) or (mapping.number("maximumRecordAgeInSeconds") or -1) > 0
    kept = mapping.has("destinationConfig.onFailure.destinationArn")
    if limited and not kept and stack.follow(mapping, "eventSourceArn", *STREAMS):
        yield "retries are limited and destinationConfig.onFailure is not set, wanted a destination"


@availability.medium(
    BUS_QUEUE,
    "azure-native:servicebus:Subscription",
    reference="https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-dead-letter-queues#maximum-delivery-count",
    fix="Set max_delivery_count to 10, which is the default, or leave it out.",
)
def azure_queue_retries_before_dead_lettering(queue: Resource, *, times: int = 2) -> Iterator[str]:
    """A message that a worker dropped is delivered again.

    A worker that is stopped by a deployment or scaled in drops what it holds. With a count of one each of these goes to
    the dead letters, which nobody reads. It is advice: a job that must not run twice is one that wants this.
    """
    tries = queue.number("maxDeliveryCount")
    if tries is not None and tries < times:
        yield f"maxDeliveryCount is {tries:g}, wanted {times} or more"


@availability.low(
    MAPPING,
    reference=f"{GUIDE}/services-sqs-errorhandling.html",
    fix='Set function_response_types to ["ReportBatchItemFailures"], and let the function return what failed.',
)
def queue_reports_failed_messages(mapping: Resource, stack: Stack) -> Iterator[str]:
    """A function that takes several messages at a time says which of them failed.

    By default one message that fails makes the whole batch visible again: the others are scored twice, and go to the
    dead letters with it after a few times. It is advice, as the function has to return the list.
    """
    size = mapping.number("batchSize")
    reports = "ReportBatchItemFailures" in mapping.texts("functionResponseTypes")
    if stack.follow(mapping, "eventSourceArn", QUEUE) and size != 1 and not reports:
        yield "functionResponseTypes is not set for a batch, wanted ReportBatchItemFailures"


@availability.medium(
    MAPPING,
    reference="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    fix="Give the queue a redrive_policy, with a maxReceiveCount of 5 or more.",
)
def queue_has_dead_letters(mapping: Resource, stack: Stack) -> Iterator[str]:
    """A message that always fails leaves the queue.

    Without a dead-letter queue it comes back until its retention ends, four days by default, is paid for each time,
    and is then gone without a trace. It is advice: where order counts more, a team may want it to wait.
    """
    for queue in stack.follow(mapping, "eventSourceArn", QUEUE):
        if not queue.has("redrivePolicy") and not stack.referring(queue, REDRIVE, "queueUrl"):
            yield f"redrivePolicy of {queue} is not set, wanted a dead-letter queue"


@availability.medium(
    QUEUE,
    reference="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html",
    fix="Set message_retention_seconds of the dead-letter queue above that of the queue, 1209600 at most.",
)
def dead_letters_outlast_their_queue(queue: Resource, stack: Stack) -> Iterator[str]:
    """A dead-letter queue keeps its messages for longer than the queue they come from.

    A message keeps the time at which it was first sent. One that failed for days is deleted soon after it has reached
    the dead letters, before somebody has looked. (In FIFO queues the time begins anew. Fourteen days are the most.)
    """
    kept = queue.number("messageRetentionSeconds") or DAYS
    for dead in stack.follow(queue, "redrivePolicy", QUEUE):
        outlast = dead.number("messageRetentionSeconds") or DAYS
        if outlast <= kept and outlast < LONGEST and not queue.flag("fifoQueue"):
            yield f"messageRetentionSeconds of {dead} is {outlast:g} and {kept:g} here, wanted more"


@availability.medium(
    QUEUE,
    BUS_QUEUE,
    reference="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
    fix="Leave message_retention_seconds, or default_message_time_to_live, at hours or days.",
)
def queue_keeps_what_waits(queue: Resource, *, seconds: int = 3600) -> Iterator[str]:
    """A queue keeps a message until a worker that failed is back.

    With a retention of minutes a worker that starts slowly, or waits for capacity, finds an empty queue: requests are
    gone, and nothing has failed. It is advice: an answer may be of no use after a minute.
    """
    kept = queue.number("messageRetentionSeconds")
    life = queue.text("defaultMessageTimeToLive")
    kept = 60 * minutes(life) if life and not queue.flag("deadLetteringOnMessageExpiration") else kept
    if kept is not None and 0 < kept < seconds:
        yield f"messages are kept for {kept:g} s, wanted {seconds} s or more"


@availability.medium(
    FUNCTION,
    reference=f"{GUIDE}/invocation-async.html",
    fix="Give the function an on_failure destination in a FunctionEventInvokeConfig, or a dead_letter_config.",
)
def lambda_keeps_failed_events(function: Resource, stack: Stack) -> Iterator[str]:
    """An event that a function failed on is kept.

    Buckets, topics and rules call a function without waiting for it. Lambda tries an event three times and then
    discards it: the object is never scored, and nobody hears of it.
    """
    named = [function, *stack.referring(function, ALIAS, "functionName")]
    given = [permission for one in named for permission in stack.referring(one, PERMISSION, "function")]
    senders = [permission.text_if_known("principal") for permission in given]
    settings = [each for one in named for each in stack.referring(one, INVOKED, "functionName")]
    kept = any(each.has("destinationConfig.onFailure.destination") for each in settings)
    if set(senders) & ASYNCHRONOUS and not kept and not function.has("deadLetterConfig.targetArn"):
        yield "deadLetterConfig is not set and no FunctionEventInvokeConfig has an onFailure destination, wanted one"
