"""Listeners, listener rules, and attachments to target groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.balancing import (
    ATTACHMENTS,
    BALANCERS,
    GROUPS,
    LISTENERS,
    RULES,
    kind_of,
)
from rehearsal.judge.rules.aws.network import SUBNET, two_vpcs
from rehearsal.values import UNKNOWN

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


@rule(*LISTENERS, source=f"{_API}/API_RedirectActionConfig.html")
def redirect_leads_elsewhere(it: Resource) -> Found:
    heard = {"protocol": it.text("protocol"), "port": f"{it.number('port') or 0:g}"}
    for path, action in _actions(it):
        target = action.get("redirect")
        if not isinstance(target, Mapping):
            continue
        kept = {"host": "#{host}", "path": "/#{path}", **heard}
        same = [target.get(name) in (None, "", f"#{{{name}}}", value) for name, value in kept.items()]
        if all(same):
            message = "InvalidLoadBalancerAction: The redirect configuration is not valid because it creates a loop."
            yield f"{path}.redirect", f"{message} Change the protocol, the port, the host or the path"


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


@rule(*ATTACHMENTS, source=f"{_API}/API_RegisterTargets.html")
def target_is_of_the_type(it: Resource, program: Program) -> Found:
    group = program.refer(it, "targetGroupArn", *GROUPS)
    if group is None or group.get("targetType") is UNKNOWN:
        return
    kind = str(group.get("targetType", "instance"))
    owners = {
        "instance": "aws:ec2/instance:Instance",
        "lambda": "aws:lambda/function:Function",
        "alb": BALANCERS[0],
    }
    target_type = next((name for name, owner in owners.items() if program.refer(it, "targetId", owner)), "")
    if not target_type and re.fullmatch(r"\d+\.\d+\.\d+\.\d+", it.text("targetId")):
        target_type = "ip"
    if not target_type and it.text("targetId").startswith("i-"):
        target_type = "instance"
    # An unknown `targetId` may be the address of an instance, because addresses are known only after the apply.
    if target_type and target_type != kind and not (kind == "ip" and it.get("targetId") is UNKNOWN):
        message = f"ValidationError: the target is of type {target_type!r}, and the target group {group.name!r} takes"
        yield "targetId", f"{message} {kind!r}"


@rule(*ATTACHMENTS, source=f"{_GUIDE}/lambda-functions.html")
def function_lets_the_balancer_call(it: Resource, program: Program) -> Found:
    function = program.refer(it, "targetId", "aws:lambda/function:Function")
    if function is None or not function.new:
        return
    granted = program.referring(function, "function", "aws:lambda/permission:Permission")
    balancing = ("elasticloadbalancing.amazonaws.com", UNKNOWN)
    permissions = [permission for permission in granted if permission.get("principal") in balancing]
    message = "AccessDenied: elasticloadbalancing principal does not have permission to invoke the function"
    if not permissions:
        yield "targetId", f"{message} {function.name!r} from the target group"
    elif not program.waits_for(it, *permissions):
        yield "targetId", f"{message} {function.name!r} yet: depend on {permissions[0].name!r}"
