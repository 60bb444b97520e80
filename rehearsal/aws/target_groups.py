"""Elastic Load Balancing refuses a target group to which another load balancer forwards.

This happens while a load balancer is replaced, because the old one and its listeners exist until the end.
https://github.com/hashicorp/terraform-provider-aws/issues/22005
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.inventory import Entry, Inventory
from rehearsal.judge.rules.aws.balancing import LISTENERS, RULES


def find_taken_group(inventory: Inventory, token: str, scope: str, inputs: Mapping[str, Any]) -> str:
    """Returns the ARN of a target group to which this listener or rule and another load balancer forward, or ""."""
    if token not in (*LISTENERS, *RULES):
        return ""
    listeners = {one.outputs.get("arn"): one for kind in LISTENERS for one in _here(inventory, kind, scope)}

    def balancer_of(given: Mapping[str, Any]) -> Any:
        listener = listeners.get(given.get("listenerArn"))
        return given.get("loadBalancerArn") or (listener and listener.inputs.get("loadBalancerArn"))

    own, wanted = balancer_of(inputs), groups_of(inputs)
    forwarding = [*listeners.values(), *(one for kind in RULES for one in _here(inventory, kind, scope))]
    taken = (groups_of(one.inputs) & wanted for one in forwarding if balancer_of(one.inputs) not in (own, None))
    return next((min(shared) for shared in taken if shared), "") if own else ""


def groups_of(inputs: Mapping[str, Any]) -> set[str]:
    """Returns the ARNs of the target groups in the forward actions of a listener or rule."""
    actions = inputs.get("defaultActions") or inputs.get("actions") or ()
    weighted = [
        group.get("arn") for action in actions for group in (action.get("forward") or {}).get("targetGroups", ())
    ]
    return {arn for arn in [*weighted, *(action.get("targetGroupArn") for action in actions)] if isinstance(arn, str)}


def _here(inventory: Inventory, token: str, scope: str) -> list[Entry]:
    return [entry for entry in inventory.of_type(token) if entry.scope == scope]
