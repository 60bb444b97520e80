"""Functions that work off a queue."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule
from ..serving import ALIAS, FUNCTION

QUEUE = "aws:sqs/queue:Queue"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"


@rule(
    MAPPING,
    category="availability",
    severity="high",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    fix="Set the queue's visibility_timeout_seconds to six times the function's timeout.",
)
def lambda_queue_hides_what_is_worked_on(mapping: Resource, stack: Stack) -> Iterator[str]:
    """A message stays hidden for as long as its function may work on it.

    A message that appears again is worked on twice at once: under load each takes longer, more appear again, and the
    queue never empties. Lambda refuses such a mapping when it is made, and not when the time limit is raised later.
    """
    named = [*stack.referred(mapping, "functionName", FUNCTION)]
    for alias in stack.referred(mapping, "functionName", ALIAS):
        named += stack.referred(alias, "functionName", FUNCTION)
    for queue in stack.referred(mapping, "eventSourceArn", QUEUE):
        hidden = queue.number("visibilityTimeoutSeconds")
        hidden = 30 if hidden is None else hidden
        for function in named:
            limit = function.number("timeout") or 3
            if hidden < limit:
                yield f"visibilityTimeoutSeconds is {hidden:g} and the function's timeout {limit:g}, wanted no less"
