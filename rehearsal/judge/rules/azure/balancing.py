"""Load balancers: rules that conflict with each other, and machines whose own addresses are of another SKU."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

BALANCER = "azure-native:network:LoadBalancer"
POOL = "azure-native:network:LoadBalancerBackendAddressPool"
ADDRESS = "azure-native:network:PublicIPAddress"
_CARD = "azure-native:network:NetworkInterface"


def _overlap(one: Resource, other: Resource) -> bool:
    protocols = {str(each.get("protocol")).lower() for each in (one, other)}
    return len(protocols) == 1 or "all" in protocols


def _same(mine: Any, theirs: Any) -> bool:
    return mine is not None and mine is not UNKNOWN and mine == theirs


def _frontends(one: Resource) -> list[tuple[str, Resource]]:
    return one.blocks("frontendIPConfigurations")


@rule(BALANCER, source="https://github.com/Azure/AzLoadBalancerMigration/issues/10")
def outbound_rules_differ(it: Resource) -> Found:
    for (_, one), (path, other) in combinations(it.blocks("outboundRules"), 2):
        mine, theirs = (
            {frontend.get("id") for _, frontend in _frontends(part)} - {UNKNOWN, None} for part in (one, other)
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


@rule(BALANCER, source="https://github.com/ansible-collections/azure/issues/743")
def outbound_rules_have_their_frontends_alone(it: Resource) -> Found:
    outbound = {
        frontend.get("id"): outer for _, outer in it.blocks("outboundRules") for _, frontend in _frontends(outer)
    }
    for path, balancing_rule in it.blocks("loadBalancingRules"):
        frontend = balancing_rule.get("frontendIPConfiguration.id")
        if (
            frontend is not UNKNOWN
            and frontend in outbound
            and balancing_rule.get("disableOutboundSnat") in (None, False)
        ):
            message = "LoadBalancingRuleMustDisableSNATSinceSameFrontendIPConfigurationIsReferencedByOutboundRule: the"
            told = f"{message} rule {balancing_rule.get('name')} must have disableOutboundSNAT set to true, because the outbound"
            yield f"{path}.disableOutboundSnat", f"{told} rule {outbound[frontend].get('name')} has the same frontend"


@rule(BALANCER, source="https://learn.microsoft.com/rest/api/load-balancer/load-balancers/create-or-update")
def frontend_ports_differ(it: Resource) -> Found:
    rules = [*it.blocks("loadBalancingRules"), *it.blocks("inboundNatRules")]
    for (_, one), (path, other) in combinations(rules, 2):
        same = all(_same(one.get(name), other.get(name)) for name in ("frontendPort", "frontendIPConfiguration.id"))
        if same and _overlap(one, other):
            message = "BadRequest: port numbers for each rule must be unique within the load balancer"
            yield f"{path}.frontendPort", f"{message}: {one.get('name')!r} and {other.get('name')!r} have the same"


@rule(_CARD, source="https://github.com/pivotal-cf/terraforming-azure/issues/41")
def addresses_of_balanced_machines(it: Resource, program: Program) -> Found:
    for path, configuration in it.blocks("ipConfigurations"):
        address = program.refer(it, f"{path}.publicIPAddress.id", ADDRESS)
        for inner, _ in configuration.blocks("loadBalancerBackendAddressPools"):
            found = program.refer(it, f"{path}.{inner}.id", BALANCER, POOL)
            balancer = program.refer(found, "loadBalancerName", BALANCER) if found and found.type == POOL else found
            kinds = {each.get("sku.name") for each in (address, balancer) if each}
            if kinds == {"Basic", "Standard"}:
                message = (
                    "DifferentSkuLoadBalancersAndPublicIPAddressNotAllowed: Different basic sku and standard sku load"
                )
                yield f"{path}.publicIPAddress", f"{message} balancer or public Ip resources is not allowed"
