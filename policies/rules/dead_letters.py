"""Dead letters: that messages reach them, and that they are no measure of the work that waits."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability
from .alarms import ALARM, SCALING
from .application_autoscaling import TRACKING
from .azure_container_apps import APP, SCALE
from .lambda_queue import MAPPING, QUEUE

REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy"
FLEET_POLICY = "aws:autoscaling/policy:Policy"
GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
# seconds: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
KEPT, HIDDEN = 345_600, 30
POISON = "-poison"


def _dead_letters_of(queue: Resource, stack: Stack) -> list[Resource]:
    """The queues that a queue's redrive policy names, within it or as a resource of its own."""
    found = []
    for policy in (queue, *stack.referring(queue, REDRIVE, "queueUrl")):
        linked = policy.list_sources("redrivePolicy")
        arn = policy.document("redrivePolicy").text("deadLetterTargetArn") if policy.known("redrivePolicy") else None
        name = (arn or "").rpartition(":")[2]
        found += [q for q in stack.of(QUEUE) if q.urn in linked or (name and q.text_if_known("name") == name)]
    return [each for each in found if each.urn != queue.urn]


def _kept(queue: Resource) -> float:
    return queue.number("messageRetentionSeconds") or KEPT


@availability.high(
    QUEUE,
    reference=f"{GUIDE}/sqs-dead-letter-queues.html",
    fix="Lower maxReceiveCount or visibility_timeout_seconds, or raise message_retention_seconds of the queue.",
)
def queue_messages_reach_its_dead_letters(queue: Resource, stack: Stack) -> Iterator[str]:
    """A message that fails reaches the dead letters before it expires.

    After each try a message is hidden for the visibility timeout. If all tries together last longer than the queue
    keeps a message, it is deleted with its last tries still to come: it never becomes a dead letter, and no alarm on
    these rings.
    """
    hidden = queue.number("visibilityTimeoutSeconds")
    tries = queue.document("redrivePolicy").number("maxReceiveCount") if queue.known("redrivePolicy") else None
    lasts, kept = (HIDDEN if hidden is None else hidden) * (tries or 1), _kept(queue)
    if lasts >= kept:
        yield f"{tries or 1:g} tries last {lasts:.10g} s and messageRetentionSeconds is {kept:.10g}, wanted it longer"


@autoscaling.high(
    ALARM,
    SCALING,
    reference="https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html",
    fix="Measure the queue that the workers read, not its dead letters.",
)
def scaling_follows_the_queue_not_its_dead_letters(measure: Resource, stack: Stack) -> Iterator[str]:
    """Workers scale with the queue that they read, not with its dead letters.

    Dead letters are few while work piles up, so the fleet stays small, and it grows when messages fail, which more
    workers do not mend. Judged where nothing scales with the queue itself, and no function reads it.
    """
    for dead in _measured(measure, stack):
        for queue in stack.of(QUEUE):
            if (
                dead in _dead_letters_of(queue, stack)
                and not stack.referring(queue, MAPPING, "eventSourceArn")
                and not any(queue in _measured(other, stack) for other in stack.of(ALARM, SCALING))
            ):
                yield f"what scales is measured by {dead}, the dead letters of {queue}, wanted {queue}"


def _measured(measure: Resource, stack: Stack) -> list[Resource]:
    """The queues by which an alarm that scales something, or a policy, measures the work."""
    if measure.type == ALARM:
        scales = any(
            stack.follow(measure, path, SCALING, FLEET_POLICY) or _names_a_policy(measure, path)
            for path in ("alarmActions", "okActions")
        )
        return stack.follow(measure, "dimensions.QueueName", QUEUE) if scales else []
    linked = measure.list_sources(TRACKING)
    places = measure.children(f"{TRACKING}.customizedMetricSpecification.dimensions") if measure.known(TRACKING) else []
    named = {place.text("value") for place in places if place.text("name") == "QueueName" and place.known("value")}
    return [queue for queue in stack.of(QUEUE) if queue.urn in linked or queue.text_if_known("name") in named]


def _names_a_policy(alarm: Resource, path: str) -> bool:
    return alarm.known(path) and any(":scalingPolicy:" in action for action in alarm.texts(path))


@autoscaling.high(
    APP,
    reference="https://learn.microsoft.com/en-us/azure/container-apps/scale-app",
    fix="Name the queue that the app reads in the scale rule.",
)
def azure_container_app_scales_with_the_queue_it_reads(app: Resource) -> Iterator[str]:
    """An app scales with the queue that it reads, not with that queue's poison or dead letters.

    There work arrives only when it fails. The app stays at its minimum, which may be none, while its own queue grows.
    Judged where the app's environment names the queue, and not the one for what failed.
    """
    variables = [
        variable for container in app.children("template.containers") for variable in container.children("env")
    ]
    given = {variable.text("value") for variable in variables if variable.known("value")}
    for rule in app.children(f"{SCALE}.rules"):
        measured = rule.text("azureQueue.queueName") or rule.text("custom.metadata.queueName") or ""
        read = measured.removesuffix(POISON).partition("/$")[0]
        if read != measured and read in given and measured not in given:
            yield f'the scale rule measures "{measured}" and the app reads "{read}", wanted the queue that it reads'
