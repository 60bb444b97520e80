"""Load balancers: rules that conflict with each other."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from rehearsal.judge.program import Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

BALANCER = "azure-native:network:LoadBalancer"


def _overlap(one: Resource, other: Resource) -> bool:
    protocols = {str(each.get("protocol")).lower() for each in (one, other)}
    return len(protocols) == 1 or "all" in protocols


def _same(mine: Any, theirs: Any) -> bool:
    return mine is not None and mine is not UNKNOWN and mine == theirs


@rule(BALANCER, source="https://github.com/Azure/AzLoadBalancerMigration/issues/10")
def outbound_rules_differ(it: Resource) -> Found:
    for (_, one), (path, other) in combinations(it.blocks("outboundRules"), 2):
        mine, theirs = (
            {each.get("id") for _, each in part.blocks("frontendIPConfigurations")} - {UNKNOWN, None}
            for part in (one, other)
        )
        if mine & theirs and _overlap(one, other):
            message = "MoreThanOneOutboundRuleUsingSameFrontendIPConfigurationAndProtocolIsNotSupported"
            yield (
                path,
                f"{message}: {one.get('name')!r} and {other.get('name')!r} use one frontend with the same protocol",
            )


@rule(BALANCER, source="https://github.com/MicrosoftDocs/azure-docs/issues/94673")
def balancing_rules_differ(it: Resource) -> Found:
    for (_, one), (path, other) in combinations(it.blocks("loadBalancingRules"), 2):
        floating = (one.get("enableFloatingIP"), other.get("enableFloatingIP"))
        same = all(_same(one.get(name), other.get(name)) for name in ("backendPort", "backendAddressPool.id"))
        if same and _overlap(one, other) and all(each in (None, False) for each in floating):
            message = "RulesUseSameBackendPortProtocolAndPool: Load balancing rules"
            told = (
                f"{message} {one.get('name')} and {other.get('name')} with floating IP disabled use the same protocol"
            )
            yield path, f"{told} and backend port, and must not be used with the same backend address pool"
