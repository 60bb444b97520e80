"""Changes listener rules as ECS does: a deployment that shifts traffic moves it to the other target group.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
The first deployment shifts as well, and a plain forward becomes a weighted one:
https://github.com/go-to-k/cdk-real-drift/issues/1730
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rehearsal.inventory import Entry, Inventory
from rehearsal.judge.rules.aws.balancing import RULES
from rehearsal.judge.rules.aws.services import SERVICE
from rehearsal.judge.rules.aws.shifts import SHIFTING


def shift_traffic(inventory: Inventory, before: Entry | None, after: Entry) -> None:
    """Moves the weight to the other target group in each production listener rule of a service that deploys."""
    if after.type != SERVICE or not deploys(before, after):
        return
    for balancer in after.inputs.get("loadBalancers") or ():
        advanced = balancer.get("advancedConfiguration") or {}
        rule = find_rule(inventory, after.scope, advanced.get("productionListenerRule"))
        primary, alternate = balancer.get("targetGroupArn"), advanced.get("alternateTargetGroupArn")
        if rule and primary and alternate:
            inventory.replace(shift_weights(rule, primary, alternate))


def deploys(before: Entry | None, after: Entry) -> bool:
    """Whether the service shifts traffic and gets new tasks, because it is new, has a new task definition or is
    forced to deploy."""
    strategy = (after.inputs.get("deploymentConfiguration") or {}).get("strategy")
    if strategy not in SHIFTING or before is None:
        return strategy in SHIFTING
    renewed = before.inputs.get("taskDefinition") != after.inputs.get("taskDefinition")
    return renewed or after.inputs.get("forceNewDeployment") is True


def find_rule(inventory: Inventory, scope: str, arn: Any) -> Entry | None:
    rules: Iterator[Entry] = (entry for kind in RULES for entry in inventory.of_type(kind))
    return next((rule for rule in rules if rule.scope == scope and rule.outputs.get("arn") == arn), None)


def shift_weights(rule: Entry, primary: str, alternate: str) -> Entry:
    actions = [shift(action, primary, alternate) for action in rule.inputs.get("actions") or ()]
    return replace(rule, inputs={**rule.inputs, "actions": actions}, outputs={**rule.outputs, "actions": actions})


def shift(action: Mapping[str, Any], primary: str, alternate: str) -> dict[str, Any]:
    """Returns a forward action with all traffic moved to the group that had none; returns other actions unchanged."""
    if action.get("type") != "forward":
        return dict(action)
    groups = (action.get("forward") or {}).get("targetGroups") or ({"arn": action.get("targetGroupArn"), "weight": 1},)
    serving = {group.get("arn") for group in groups if group.get("weight", 1)}
    shares = {primary: 0, alternate: 100} if primary in serving else {primary: 100, alternate: 0}
    kept = {name: value for name, value in action.items() if name != "targetGroupArn"}
    weighted = [{"arn": arn, "weight": weight} for arn, weight in shares.items()]
    return {**kept, "forward": {**(action.get("forward") or {}), "targetGroups": weighted}}
