"""awsx:ecr:Repository: a repository and, unless skipped, a lifecycle policy for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.awsx.arguments import without
from rehearsal.awsx.context import ComponentContext
from rehearsal.awsx.output_values import apply

_DEFAULT_RULES = [{"description": "remove untagged images", "tagStatus": "untagged", "maximumNumberOfImages": 1}]


def construct(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    lower = name.lower()
    repository = context.register("aws:ecr/repository:Repository", lower, without(arguments, "lifecyclePolicy"))
    state = {"repository": repository, "url": repository["repositoryUrl"]}
    policy = arguments.get("lifecyclePolicy") or {}
    if policy.get("skip"):
        return state
    rules = policy.get("rules")
    document = lifecycle_policy(_DEFAULT_RULES) if rules is None else apply(lifecycle_policy, rules)
    inputs = {"repository": repository["name"], "policy": document, "region": arguments.get("region")}
    lifecycle = context.register("aws:ecr/lifecyclePolicy:LifecyclePolicy", lower, inputs)
    return {**state, "lifecyclePolicy": lifecycle}


def lifecycle_policy(rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Returns the policy document. Priorities follow the given order, except that the rule for any image is last.

    Raises ValueError for a second such rule, a rule without a limit, and one for tagged images without prefixes.
    """
    any_image = [rule for rule in rules if rule.get("tagStatus") == "any"]
    if len(any_image) > 1:
        raise ValueError(f"lifecyclePolicy.rules: found {len(any_image)} with tagStatus 'any', expected at most one")
    ordered = [rule for rule in rules if rule.get("tagStatus") != "any"] + any_image
    return {"rules": [_rule(rule, priority) for priority, rule in enumerate(ordered, start=1)]}


def _rule(rule: Mapping[str, Any], priority: int) -> dict[str, Any]:
    converted = {
        "rulePriority": priority,
        "description": rule.get("description"),
        "selection": {**_tags(rule), **_count(rule)},
        "action": {"type": "expire"},
    }
    return {key: value for key, value in converted.items() if value is not None}


def _tags(rule: Mapping[str, Any]) -> dict[str, Any]:
    if rule.get("tagStatus") in ("any", "untagged"):
        return {"tagStatus": rule["tagStatus"]}
    prefixes = rule.get("tagPrefixList")
    if not prefixes:
        raise ValueError("lifecyclePolicy.rules: a rule for tagged images needs tagPrefixList, and it may not be empty")
    return {"tagStatus": "tagged", "tagPrefixList": prefixes}


def _count(rule: Mapping[str, Any]) -> dict[str, Any]:
    if rule.get("maximumNumberOfImages") is not None:
        return {"countType": "imageCountMoreThan", "countNumber": rule["maximumNumberOfImages"]}
    if rule.get("maximumAgeLimit") is not None:
        return {"countType": "sinceImagePushed", "countNumber": rule["maximumAgeLimit"], "countUnit": "days"}
    raise ValueError("lifecyclePolicy.rules: a rule needs maximumNumberOfImages or maximumAgeLimit, found neither")
