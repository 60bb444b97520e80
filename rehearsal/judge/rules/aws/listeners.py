"""Listeners, listener rules, and attachments to target groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.balancing import (
    BALANCERS,
    GROUPS,
    LISTENERS,
    RULES,
    kind_of,
)
from rehearsal.judge.rules.aws.network import SUBNET, two_vpcs

_API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
_PROTOCOLS = {
    "application": ("HTTP", "HTTPS"),
    "network": ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"),
    "gateway": ("GENEVE",),
}


def _actions(it: Resource) -> list[tuple[str, Resource]]:
    return it.blocks("defaultActions" if it.type in LISTENERS else "actions")


@rule(*LISTENERS, *RULES, source=f"{_API}/API_Action.html")
def last_action_answers(it: Resource) -> Found:
    actions = _actions(it)
    for path, action in actions if it.text("protocol") in ("HTTP", "TCP") else ():
        if action.text("type").startswith("authenticate-"):
            message = (
                f"UnsupportedAction: An action of type '{action.text('type')}' is only supported on HTTPS listeners"
            )
            yield path, message
    last = [path for path, action in actions if action.get("type") in ("forward", "redirect", "fixed-response")]
    if len(last) > 1:
        yield last[1], "InvalidLoadBalancerAction: exactly one forward, redirect or fixed-response is expected"
    orders = [action.number("order") for _, action in actions]
    if None not in orders:
        actions.sort(key=lambda placed: placed[1].number("order") or 0)
    ordered = None not in orders or not any("order" in action.inputs for _, action in actions)
    if actions and ordered and str(actions[-1][1].get("type")).startswith("authenticate-"):
        yield actions[-1][0], "InvalidLoadBalancerAction: The last action must be forward, redirect or fixed-response"


@rule(*RULES, source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html")
def conditions_of_a_rule(it: Resource) -> Found:
    count = 0
    for condition in it.list("conditions"):
        for part in condition.values() if isinstance(condition, Mapping) else ():
            values = part.get("values") if isinstance(part, Mapping) else part if isinstance(part, list) else None
            count += len(values) if isinstance(values, list) else 0
    if count > 5:
        message = "TooManyUniqueTargetGroups: A rule can only have '5' condition values"
        yield "conditions", f"ValidationError: {message.partition(': ')[2]}, found {count}"


def _forwards(it: Resource, program: Program) -> Iterator[tuple[str, Resource]]:
    for path, action in _actions(it):
        group = program.refer(it, f"{path}.targetGroupArn", *GROUPS)
        if group:
            yield f"{path}.targetGroupArn", group
        for index, _ in enumerate(action.list("forward.targetGroups")):
            inside = f"{path}.forward.targetGroups[{index}].arn"
            if group := program.refer(it, inside, *GROUPS):
                yield inside, group


@rule(*LISTENERS, *RULES, source=f"{_API}/API_Action.html")
def group_fits_the_listener(it: Resource, program: Program) -> Found:
    listener = it if it.type in LISTENERS else program.refer(it, "listenerArn", *LISTENERS)
    balancer = _balancer_of(it, program)
    for path, group in _forwards(it, program):
        kind, protocol = kind_of(balancer) if balancer else "", group.text("protocol")
        offered = _PROTOCOLS.get(kind, ())
        if protocol and offered and protocol not in offered:
            message = f"InvalidLoadBalancerAction: Protocol '{protocol}' of the target group {group.name!r} is not"
            yield path, f"{message} supported for load balancers of type {kind}"
        heard = listener.text("protocol") if listener else ""
        allowed = {"TCP": ("TCP", "TCP_UDP"), "TLS": ("TCP", "TLS"), "UDP": ("UDP", "TCP_UDP"), "TCP_UDP": ("TCP_UDP",)}
        if heard in allowed and protocol and protocol not in allowed[heard] and (not offered or protocol in offered):
            message = f"IncompatibleProtocols: The protocol {heard} of the listener does not match {protocol} of"
            yield path, f"{message} the target group {group.name!r}"
        subnets = program.refers(balancer, "subnets", SUBNET) if balancer else []
        if (
            subnets
            and isinstance(balancer and balancer.get("subnets"), list)
            and two_vpcs([subnets[0], group], program)
        ):
            message = "InvalidConfigurationRequest: The following target groups are in different vpc than load balancer"
            yield path, f"{message} {balancer.name if balancer else ''}: {group.name!r}"


@rule(*LISTENERS, *RULES, source=f"{_GUIDE}/load-balancer-limits.html")
def group_has_one_balancer(it: Resource, program: Program) -> Found:
    own = _balancer_of(it, program)
    for other in program.of(*LISTENERS, *RULES) if own else ():
        theirs = _balancer_of(other, program) if other.urn < it.urn else None
        if theirs is None or theirs is own:
            continue
        shared = [group for _, group in _forwards(other, program)]
        for path, group in _forwards(it, program):
            if group in shared:
                message = "cannot be associated with more than one load balancer"
                found = f"Target group '{group.name}' {message}: {other.name!r} forwards to it for {theirs.name!r}"
                yield path, f"TargetGroupAssociationLimit: {found}"


def _balancer_of(it: Resource, program: Program) -> Resource | None:
    listener = it if it.type in LISTENERS else program.refer(it, "listenerArn", *LISTENERS)
    return program.refer(listener, "loadBalancerArn", *BALANCERS) if listener else None
