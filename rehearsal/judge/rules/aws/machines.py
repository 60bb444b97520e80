"""Step Functions: definitions and logs of state machines. DynamoDB: replicas. Systems Manager: documents and parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.permissions import ROLE, may

MACHINE = "aws:sfn/stateMachine:StateMachine"
_GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg"


@rule(MACHINE, source=f"{_GUIDE}/statemachine-structure.html")
def definition_of_a_machine(it: Resource) -> Found:
    text, message = it.text("definition"), "InvalidDefinition: Invalid State Machine Definition"
    try:
        definition = json.loads(text) if text else {}
    except ValueError as error:
        yield "definition", f"{message}: 'INVALID_JSON_DESCRIPTION: {error}'"
        return
    yield from (("definition", f"{message}: '{wrong}'") for wrong in _wrong(definition))


_SYNC = re.compile(r"arn:[^:]+:states:::(ecs:runTask|batch:submitJob|states:startExecution)\.sync(:2)?")
"""Tasks whose end Step Functions learns from a rule of EventBridge that it makes in the account."""


@rule(MACHINE, source="https://github.com/terraform-aws-modules/terraform-aws-step-functions/issues/41")
def role_makes_the_rule(it: Resource, program: Program) -> Found:
    role = program.refer(it, "roleArn", ROLE)
    if role and _SYNC.search(it.text("definition")) and may(role, "events:PutRule", program) is False:
        yield "roleArn", f"AccessDeniedException: '{role.name}' is not authorized to create managed-rule."


def _wrong(machine: Any) -> Iterator[str]:
    """Yields transitions to missing states and states without a transition, also in nested state machines."""
    states = machine.get("States") if isinstance(machine, Mapping) else None
    if not isinstance(states, Mapping):
        return
    start, ends = str(machine.get("StartAt")), False
    reached = {start}
    if machine.get("StartAt") and start not in states:
        yield f"MISSING_TRANSITION_TARGET: Missing 'Next' target: {start} at /StartAt"
    for name, state in states.items():
        if not isinstance(state, Mapping):
            return
        ends = ends or state.get("End") is True or state.get("Type") in ("Succeed", "Fail")
        steps = [state, *_listed(state, "Catch"), *_listed(state, "Choices")]
        targets = [step.get(key) for step in steps if isinstance(step, Mapping) for key in ("Next", "Default")]
        for target in targets:
            if isinstance(target, str) and target not in states:
                yield f"MISSING_TRANSITION_TARGET: Missing 'Next' target: {target} at /States/{name}"
        reached.update(str(target) for target in targets if target != name)
        for inside in (state.get("Iterator"), state.get("ItemProcessor"), *_listed(state, "Branches")):
            yield from _wrong(inside)
    if start in states:
        for name in states.keys() - reached:
            yield f'MISSING_TRANSITION_TARGET: State "{name}" is not reachable. at /States/{name}'
    if states and not ends:
        yield "MISSING_END_STATE: Workflow has no terminal state at null"


@rule(MACHINE, source="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html")
def states_of_a_machine(it: Resource) -> Found:
    try:
        machine = json.loads(it.text("definition") or "{}")
    except ValueError:
        return
    jsonata = isinstance(machine, Mapping) and machine.get("QueryLanguage") == "JSONata"
    for name, state in _states(machine):
        told = list(_wrong_state(state, jsonata or state.get("QueryLanguage") == "JSONata"))
        if it.text("type") == "EXPRESS" and str(state.get("Resource")).endswith((".waitForTaskToken", ".sync")):
            pattern = str(state.get("Resource")).rpartition(".")[2]
            told.append(f"Express state machine does not support '.{pattern}' service integration")
        for wrong in told:
            message = "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED"
            yield "definition", f"{message}: {wrong} at /States/{name}'"


def _states(machine: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yields every state, also those of nested state machines."""
    states = machine.get("States") if isinstance(machine, Mapping) else None
    for name, state in states.items() if isinstance(states, Mapping) else ():
        if isinstance(state, Mapping):
            yield str(name), state
            for inside in (state.get("Iterator"), state.get("ItemProcessor"), *_listed(state, "Branches")):
                yield from _states(inside)


def _listed(state: Mapping[str, Any], name: str) -> list[Any]:
    return state[name] if isinstance(state.get(name), list) else []


def _wrong_state(state: Mapping[str, Any], jsonata: bool) -> Iterator[str]:
    times = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
    if state.get("Type") == "Wait" and sum(name in state for name in times) != 1:
        yield f"a Wait state has exactly one of {', '.join(times)}"
    for kind in ("Retry", "Catch"):
        listed = [entry for entry in _listed(state, kind) if isinstance(entry, Mapping)]
        errors = [item.get("ErrorEquals") for item in listed]
        for index, names in enumerate(errors):
            if isinstance(names, list) and "States.ALL" in names and (len(names) > 1 or index < len(errors) - 1):
                yield f"States.ALL must appear alone, and in the last of {kind}"
    for part in ("Parameters", "ResultSelector") if not jsonata else ():
        for key, value in _dollar_fields(state.get(part)):
            if not isinstance(value, str) or not re.match(r"\$|States\.", value):
                yield f"The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function call"


def _dollar_fields(value: Any) -> Iterator[tuple[str, Any]]:
    """Yields the fields whose name ends with `.$`, at any depth."""
    for key, inside in value.items() if isinstance(value, Mapping) else ():
        if key.endswith(".$"):
            yield key, inside
        else:
            yield from _dollar_fields(inside)
    for inside in value if isinstance(value, list) else ():
        yield from _dollar_fields(inside)


@rule(MACHINE, source=f"{_GUIDE}/cw-logs.html")
def role_may_log(it: Resource, program: Program) -> Found:
    role = program.refer(it, "roleArn", ROLE)
    logged = it.text("loggingConfiguration.level") in ("ALL", "ERROR", "FATAL")
    if role and logged and may(role, "logs:CreateLogDelivery", program) is False:
        message = "AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination"
        yield "loggingConfiguration", f"{message}: {role.name!r} may not do logs:CreateLogDelivery"


@rule("aws:dynamodb/table:Table", source="https://github.com/hashicorp/terraform-provider-aws/issues/13097")
def replicas_of_a_table(it: Resource, program: Program) -> Found:
    scaled = any(
        target.text("serviceNamespace") == "dynamodb" for target in program.of("aws:appautoscaling/target:Target")
    )
    if it.new and it.get("replicas") and it.get("billingMode", "PROVISIONED") == "PROVISIONED" and not scaled:
        yield "replicas", "ValidationException: Table write capacity should either be Pay-Per-Request or AutoScaled."


@rule("aws:ssm/document:Document", source="https://github.com/CrowdStrike/aws-ssm-distributor/issues/66")
def parameters_of_an_automation(it: Resource) -> Found:
    try:
        document = json.loads(it.text("content")) if it.text("documentType") == "Automation" else {}
    except ValueError:  # YAML
        return
    declared = document.get("parameters", {}) if isinstance(document, Mapping) else {}
    # Only parameters match: names of step outputs contain a dot, and the service's own variables contain a colon.
    for name in dict.fromkeys(re.findall(r"\{\{\s*(\w+)\s*\}\}", json.dumps(document))):
        if isinstance(declared, Mapping) and name not in declared:
            yield "content", f'InvalidDocumentContent: Parameter "{name}" is not declared.'


@rule(
    "aws:dynamodb/tableItem:TableItem",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html",
)
def item_has_its_key(it: Resource, program: Program) -> Found:
    try:
        item = json.loads(it.text("item") or "null")
    except ValueError as error:
        yield "item", f"invalid format of dynamodb table item: {error}"
        return
    if not isinstance(item, Mapping):
        return
    table = program.refer(it, "tableName", "aws:dynamodb/table:Table")
    kinds = (
        {attribute.text("name"): attribute.text("type") for _, attribute in table.blocks("attributes")} if table else {}
    )
    message = "ValidationException: One or more parameter values were invalid"
    for name, value in item.items():
        if not isinstance(value, Mapping) or len(value) != 1:
            yield "item", f"invalid format of dynamodb table item: {name!r} needs a type, like {{'S': …}}"
    for key in filter(None, (it.text("hashKey"), it.text("rangeKey"))):
        if key not in item:
            yield "item", f"{message}: Missing the key {key} in the item"
        elif kinds.get(key) and isinstance(item[key], Mapping) and kinds[key] not in item[key]:
            yield (
                "item",
                f"{message}: Type mismatch for key {key} expected: {kinds[key]} actual: {', '.join(item[key])}",
            )


@rule(
    "aws:sfn/alias:Alias",
    source="https://github.com/localstack/localstack/blob/main/localstack-core/localstack/services/stepfunctions/provider.py",
)
def weights_of_an_alias(it: Resource) -> Found:
    weights = [version.number("weight") for _, version in it.blocks("routingConfigurations")]
    total = sum(weight or 0 for weight in weights)
    if weights and None not in weights and total != 100:
        message = "ValidationException: Sum of routing configuration weights must equal 100"
        yield "routingConfigurations", f"{message}, found {total:g}"


@rule(
    "aws:ssm/parameter:Parameter",
    source="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html",
)
def value_of_a_parameter(it: Resource) -> Found:
    pattern, value = it.text("allowedPattern"), it.text("value") or it.text("insecureValue")
    try:
        matches = not pattern or not value or re.search(pattern, value)
    except re.error:  # Java's expressions differ from Python's
        return
    if not matches:
        message = "ParameterPatternMismatchException: Parameter value, cannot be validated against allowedPattern"
        yield "value", f"{message}: {pattern}"
