"""Lambda functions that process a queue."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability
from ..serving import ALIAS, FUNCTION

QUEUE = "aws:sqs/queue:Queue"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"


@availability.high(
    MAPPING,
    reference="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    fix="Set the queue's visibility_timeout_seconds to six times the function's timeout.",
)
def lambda_queue_visibility_covers_the_timeout(mapping: Resource, stack: Stack) -> Iterator[str]:
    """A queue's visibility timeout covers its function's timeout.

    A message that appears again is processed twice. Under load both runs take longer, more messages appear again,
    and the queue never empties. Lambda refuses such a mapping when it is created, but not when the function's
    timeout is raised later.
    """
    named = functions_of(mapping, stack)
    for queue in stack.follow(mapping, "eventSourceArn", QUEUE):
        hidden = queue.number("visibilityTimeoutSeconds")
        hidden = 30 if hidden is None else hidden
        for function in named:
            limit = function.number("timeout") or 3
            if hidden < limit:
                yield f"visibilityTimeoutSeconds is {hidden:g} and the function's timeout {limit:g}, wanted it as long"


def functions_of(mapping: Resource, stack: Stack) -> list[Resource]:
    """The functions that a mapping calls, directly or through an alias."""
    aliases = stack.follow(mapping, "functionName", ALIAS)
    by_alias = [function for alias in aliases for function in stack.follow(alias, "functionName", FUNCTION)]
    return [*stack.follow(mapping, "functionName", FUNCTION), *by_alias]


@autoscaling.medium(
    MAPPING,
    reference="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
    fix="Lower maximum_concurrency of the mapping, or raise reserved_concurrent_executions of the function.",
)
def lambda_queue_concurrency_fits_the_reserved(mapping: Resource, stack: Stack) -> Iterator[str]:
    """A queue calls a function no more often at once than the function has reserved.

    The mapping ignores the reservation. Calls above it are throttled, their messages return to the queue and, after
    a few times, go to the dead-letter queue although nothing was wrong with them. It is advice, as AWS gives it
    (repost.aws/knowledge-center/lambda-sqs-scaling).
    """
    most = mapping.number("scalingConfig.maximumConcurrency") or 0
    for function in functions_of(mapping, stack):
        reserved = function.number("reservedConcurrentExecutions")
        if reserved is not None and 0 <= reserved < most:
            yield f"maximumConcurrency is {most:g} and reservedConcurrentExecutions {reserved:g}, wanted as few"
