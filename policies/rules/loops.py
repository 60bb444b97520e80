"""Loops: what a service writes starts it again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import cost, hygiene
from ..serving import ALIAS, CONFIGURATION, ENDPOINT, FUNCTION
from .alarms import SUBSCRIPTION, TOPIC
from .buckets import BUCKET
from .iam import INLINE, ROLE
from .lambda_queue import MAPPING, QUEUE, functions_of

NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
EVENT_RULE, EVENT_TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
OUTPUT = "asyncInferenceConfig.outputConfig"
# the lists of a bucket's notification, and where each of their entries names what it tells
TOLD = {"lambdaFunctions": "lambdaFunctionArn", "queues": "queueArn", "topics": "topicArn"}


class Start(NamedTuple):
    """New objects under `prefix` of a bucket start `functions`."""

    prefix: str
    functions: list[Resource]


@cost.critical(
    NOTIFICATION,
    EVENT_TARGET,
    reference="https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html",
    fix="Write the answers to a bucket of their own, or give the notification the prefix of the requests.",
)
def sagemaker_async_answers_start_no_requests(source: Resource, stack: Stack) -> Iterator[str]:
    """The answers of an asynchronous endpoint do not start new requests to it.

    A notification without a prefix tells about every object of its bucket. If the answers are written there too, each
    of them is sent to the endpoint as a request, whose answer is the next: the queue grows and the fleet scales, until
    somebody reads the invoice. Judged where the function that is told asks the endpoint: it has the endpoint in its
    environment, or its role may invoke one.
    """
    for start in _list_starts(source, stack):
        for configuration in stack.of(CONFIGURATION) if start.functions else ():
            endpoints = stack.referring(configuration, ENDPOINT, "endpointConfigName")
            asking = [function for function in start.functions if _asks(function, endpoints, stack)]
            for path in ("s3OutputPath", "s3FailurePath"):
                if asking and _writes_under(configuration, f"{OUTPUT}.{path}", start.prefix, source, stack):
                    found = configuration.show(f"{OUTPUT}.{path}")
                    yield f"{path} of {configuration} is {found}, whose objects start {asking[0]}, wanted another place"


def _list_starts(source: Resource, stack: Stack) -> Iterator[Start]:
    if source.type == EVENT_TARGET:
        functions = stack.follow(source, "arn", ALIAS, FUNCTION)
        for rule in stack.follow(source, "rule", EVENT_RULE):
            event = rule.document("eventPattern")
            if "Object Created" in event.texts("detail-type") and "aws.s3" in event.texts("source"):
                keys = event.children("detail.object.key") if event.has("detail.object.key") else []
                prefixes = [key.text("prefix") or "" for key in keys if key.keys() == ["prefix"]]
                yield from (Start(prefix, functions) for prefix in (prefixes if event.has("detail.object") else [""]))
        return
    for path, told in TOLD.items():
        entries = source.children(path)
        for position, entry in enumerate(entries):
            created = any(event.startswith("s3:ObjectCreated") for event in entry.texts("events"))
            if created and entry.text("filterSuffix") in (None, "", ".out"):
                alone = f"{path}[{position}].{told}" if len(entries) == 1 else ""
                yield Start(entry.text("filterPrefix") or "", _told_by(source, alone, entry, told, stack))


def _told_by(source: Resource, alone: str, entry: Properties, told: str, stack: Stack) -> list[Resource]:
    """The functions that an entry of a notification leads to. Of several entries, those that name a known target."""
    types = (FUNCTION, ALIAS, QUEUE, TOPIC)
    if alone:
        first = stack.follow(source, alone, *types)
    else:
        named = entry.text(told) if entry.known(told) else None
        first = [each for each in stack.of(*types) if named and named == each.text_if_known("arn")]
    aliased = [f for alias in first if alias.type == ALIAS for f in stack.follow(alias, "functionName", FUNCTION)]
    read = [
        function
        for queue in first
        if queue.type == QUEUE
        for mapping in stack.referring(queue, MAPPING, "eventSourceArn")
        for function in functions_of(mapping, stack)
    ]
    subscribed = [
        function
        for topic in first
        if topic.type == TOPIC
        for subscription in stack.referring(topic, SUBSCRIPTION, "topic")
        for function in stack.follow(subscription, "endpoint", FUNCTION)
    ]
    return [*(each for each in first if each.type == FUNCTION), *aliased, *read, *subscribed]


def _asks(function: Resource, endpoints: list[Resource], stack: Stack) -> bool:
    """Whether a function sends requests to one of the endpoints, as far as the program tells."""
    linked = {endpoint.urn for endpoint in endpoints} & set(function.list_sources("environment"))
    names = function.keys("environment.variables") if function.known("environment.variables") else []
    given = {function.text_if_known(f"environment.variables.{name}") for name in names}
    named = given & {name for endpoint in endpoints if (name := endpoint.text_if_known("name"))}
    policies = [p for role in stack.follow(function, "role", ROLE) for p in stack.referring(role, INLINE[0], "role")]
    return bool(linked or named) or any("InvokeEndpointAsync" in (p.text_if_known("policy") or "") for p in policies)


def _writes_under(configuration: Resource, path: str, prefix: str, source: Resource, stack: Stack) -> bool:
    """Whether an endpoint writes into the bucket that a source of events watches, under its prefix."""
    if source.type == EVENT_TARGET:
        patterns = [rule.document("eventPattern") for rule in stack.follow(source, "rule", EVENT_RULE)]
        names = {name for pattern in patterns for name in pattern.texts("detail.bucket.name")}
    else:
        buckets = stack.follow(source, "bucket", BUCKET)
        names = {source.text_if_known("bucket"), *(bucket.text_if_known("bucket") for bucket in buckets)}
    bucket, _, key = (configuration.text(path) or "").removeprefix("s3://").partition("/")
    return bool(bucket) and bucket in names and f"{key.rstrip('/')}/".lstrip("/").startswith(prefix)


@hygiene.low(
    LOGGING,
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
    fix="Name another bucket as the target, one that is not logged itself.",
)
def storage_bucket_does_not_log_into_itself(logging: Resource, stack: Stack) -> Iterator[str]:
    """The access logs of a bucket are not written into the bucket itself, nor into one that logs into it.

    Each log that is delivered is a request, which is logged. The logs about logs never end, and hide the few lines that
    somebody looks for.
    """
    into = _targets(logging, stack)
    back = [other for other in stack.of(LOGGING) if other.urn != logging.urn and into & _sources(other, stack)]
    if into & _sources(logging, stack):
        yield "targetBucket is the bucket that is logged, wanted another"
    for other in back:
        if _targets(other, stack) & _sources(logging, stack):
            yield f"targetBucket logs into this bucket ({other}), wanted one that does not"


def _sources(logging: Resource, stack: Stack) -> set[str]:
    return _names(logging, "bucket", stack)


def _targets(logging: Resource, stack: Stack) -> set[str]:
    return _names(logging, "targetBucket", stack)


def _names(logging: Resource, path: str, stack: Stack) -> set[str]:
    """What a bucket is known by: its name, and the resource that makes it."""
    known = {bucket.urn for bucket in stack.follow(logging, path, BUCKET)}
    return known | {name for name in (logging.text_if_known(path),) if name}
