"""Step Functions: workflows that leave a trace, and do not wait for ever."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability, observability
from ..serving import FUNCTION

MACHINE = "aws:sfn/stateMachine:StateMachine"
# what answers only so many requests at once: a model's endpoint, an API, Bedrock
CALLS = re.compile(r":(aws-sdk:sagemakerruntime:invokeEndpoint|apigateway:invoke|http:invoke|bedrock:invokeModel)\b")
LAMBDA = re.compile(r":lambda:(invoke\b|[a-z0-9-]+:\d+:function:)")
LIMITS = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")


@observability.medium(
    MACHINE,
    reference="https://docs.aws.amazon.com/securityhub/latest/userguide/stepfunctions-controls.html#stepfunctions-1",
    fix="Set level of logging_configuration to ERROR or ALL, and log_destination to a log group.",
)
def workflow_logs_its_failures(machine: Resource) -> Iterator[str]:
    """A workflow logs at least its failures.

    An express workflow keeps no history of its own: without a log an execution that failed leaves no trace. The
    history of others is kept for a time, and no alarm or query reads it.
    """
    if machine.text("loggingConfiguration.level") in (None, "OFF"):
        yield f'loggingConfiguration.level is {machine.show("loggingConfiguration.level")}, wanted "ERROR" or "ALL"'


@availability.medium(
    MACHINE,
    reference="https://docs.aws.amazon.com/step-functions/latest/dg/sfn-stuck-execution.html",
    fix="Give the state TimeoutSeconds or HeartbeatSeconds, or the workflow TimeoutSeconds.",
)
def workflow_stops_waiting(machine: Resource) -> Iterator[str]:
    """A workflow that waits for somebody's answer stops waiting at some time.

    The language sets no limit. If the worker that was to send the token back has died, the execution waits for a year,
    and whoever waits for the workflow with it.
    """
    definition = machine.document("definition")
    for name, state in _states(definition) if not definition.has("TimeoutSeconds") else ():
        resource = state.text("Resource") or ""
        waits = resource.endswith(".waitForTaskToken") or ":activity:" in resource
        if waits and not any(state.has(limit) for limit in LIMITS):
            yield f"the state {name!r} waits for an answer without TimeoutSeconds, wanted a limit"


def _states(definition: Properties) -> Iterator[tuple[str, Properties]]:
    """The states of a workflow with their names, also those within parallel branches and maps."""
    states = definition.child("States")
    for name in states.raw:
        state = states.child(name)
        yield name, state
        for inner in (*state.children("Branches"), state.child("Iterator"), state.child("ItemProcessor")):
            yield from _states(inner)


@availability.medium(
    MACHINE,
    reference="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-orchestrate-large-scale-parallel-workloads.html",
    fix="Give the map MaxConcurrency, no more than what is called answers at once.",
)
def workflow_bounds_its_distributed_maps(machine: Resource, stack: Stack) -> Iterator[str]:
    """A distributed map that calls a model bounds how many of its items run at once.

    Without a bound Step Functions runs 10,000 child executions in parallel. An endpoint, an API or a function with
    reserved concurrency refuses most of them, and callers of the same model with them.
    """
    reserved = any((each.number("reservedConcurrentExecutions") or 0) > 0 for each in stack.of(FUNCTION))
    for name, state in _states(machine.document("definition")) if machine.known("definition") else ():
        if state.text("ItemProcessor.ProcessorConfig.Mode") != "DISTRIBUTED" or _is_bounded(state):
            continue
        called = [inner.text("Resource") or "" for _, inner in _states(state.child("ItemProcessor"))]
        if any(CALLS.search(each) or (reserved and LAMBDA.search(each)) for each in called):
            yield f"the map {name!r} has no MaxConcurrency and runs 10000 items at once, wanted a bound"


def _is_bounded(state: Properties) -> bool:
    """Whether a map has a bound; 0 is none."""
    return state.has("MaxConcurrencyPath") or (state.has("MaxConcurrency") and state.raw.get("MaxConcurrency") != 0)
