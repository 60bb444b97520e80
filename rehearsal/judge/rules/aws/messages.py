"""SQS, SNS and ECR; DynamoDB's keys and public secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource, as_number
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.policies import public_statements, statements
from rehearsal.values import UNKNOWN

QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"
_QUEUES = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest"


def is_fifo(it: Resource) -> bool:
    return it.get("fifoQueue") is True or it.get("fifoTopic") is True


def _redrive(it: Resource) -> Mapping[str, object]:
    try:
        document = json.loads(it.text("redrivePolicy") or "{}")
    except ValueError:
        return {}
    return document if isinstance(document, Mapping) else {}


@rule(QUEUE, "aws:sqs/queuePolicy:QueuePolicy", source=f"{_QUEUES}/APIReference/API_AddPermission.html")
def actions_of_a_queue_policy(it: Resource) -> Found:
    for statement in statements(it.get("policy")) or ():
        actions = statement.get("Action")
        if isinstance(actions, list) and len(actions) > 7:
            yield "policy", f"OverLimit: {len(actions)} actions were found, maximum allowed is 7 in a statement."


@rule(QUEUE, source=f"{_QUEUES}/SQSDeveloperGuide/sqs-dead-letter-queues.html")
def dead_letters_of_a_kind(it: Resource, program: Program) -> Found:
    sources = [program.by_urn.get(urn) for urn in it.sources.get("redrivePolicy", ())]
    targets = [source for source in sources if source and source.type == QUEUE]
    named = program.find_by_identity(str(_redrive(it).get("deadLetterTargetArn")))
    for target in [named] if named else targets if len(targets) == 1 else []:
        if (
            target.type == QUEUE
            and UNKNOWN not in (it.get("fifoQueue"), target.get("fifoQueue"))
            and is_fifo(it) != is_fifo(target)
        ):
            message = "InvalidParameterValue: Value for parameter RedrivePolicy is invalid. Reason: Dead-letter queue"
            yield "redrivePolicy", f"{message} must be same type of queue as the source: {target.name!r}"


@rule(
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html",
)
def rules_of_an_image_lifecycle(it: Resource) -> Found:
    text = it.text("policy")
    if not text:
        return
    message = "InvalidParameterException: Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint"
    try:
        document = json.loads(text)
    except ValueError:
        yield "policy", f"{message}: it is no JSON"
        return
    rules = (
        [policy_rule for policy_rule in document.get("rules") or () if isinstance(policy_rule, Mapping)]
        if isinstance(document, Mapping)
        else []
    )
    if not rules:
        yield "policy", f"{message}: it needs rules"
    priorities = [as_number(policy_rule.get("rulePriority")) or 0 for policy_rule in rules]
    for policy_rule, priority in zip(rules, priorities, strict=True):
        chosen = policy_rule.get("selection")
        chosen = chosen if isinstance(chosen, Mapping) else {}
        if chosen.get("tagStatus") == "any" and priority and max(priorities) > priority:
            yield "policy", f"{message}: the rule with tagStatus 'any' must have the highest rulePriority"
        action = policy_rule.get("action")
        if None in (*chosen.values(), *(action.values() if isinstance(action, Mapping) else ())):
            yield "policy", f"{message}: 'Lifecycle policy validation failure: null is no value'"


@rule(
    "aws:dynamodb/table:Table",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
)
def attributes_of_a_table(it: Resource) -> Found:
    named = {attribute.get("name") for attribute in it.list("attributes") if isinstance(attribute, Mapping)}
    keys = {it.get("hashKey"), it.get("rangeKey")}
    for index in [*it.list("globalSecondaryIndexes"), *it.list("localSecondaryIndexes")]:
        if not isinstance(index, Mapping) or index.get("keySchemas"):
            return
        keys |= {index.get("hashKey"), index.get("rangeKey")}
    keys -= {None, ""}
    if UNKNOWN in named | keys or not it.list("attributes"):
        return
    if named - keys:
        yield "attributes", f"all attributes must be indexed. Unused attributes: {sorted(map(str, named - keys))}"
    if keys - named:
        message = "all indexes must match a defined attribute. Unmatched indexes"
        yield "attributes", f"{message}: {sorted(map(str, keys - named))}"
    copied = any(it.get(name) is not None for name in ("restoreSourceName", "restoreSourceTableArn"))
    provisioned = it.get("billingMode", "PROVISIONED") == "PROVISIONED" and not copied
    if provisioned and it.get("readCapacity") is None and it.get("hashKey"):
        message = "ValidationException"
        yield "readCapacity", f"{message}: read and write capacity must be at least 1 with billing mode PROVISIONED"


@rule(
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    source="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html",
)
def policy_of_a_secret_is_not_public(it: Resource) -> Found:
    if it.get("blockPublicPolicy") is True and any(public_statements(it.get("policy"))):
        message = "PublicPolicyException: The BlockPublicPolicy parameter is set to true, and the resource policy"
        yield "policy", f"{message} did not prevent broad access to the secret."
