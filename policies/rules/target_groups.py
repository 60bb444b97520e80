"""Target groups: how a load balancer tests its targets, and how it removes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..health_commands import cannot_fail
from ..names import chosen_by_the_program
from ..resources import Resource, Stack
from ..rule import availability, lifecycle
from ..serving import GROUP, TASK

SERVICE = "aws:ecs/service:Service"
ATTACHED = {
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": ("targetGroupArn",),
    SERVICE: ("loadBalancers",),
    "aws:ecs/taskSet:TaskSet": ("loadBalancers",),
    "aws:autoscaling/group:Group": ("targetGroupArns",),
    "aws:autoscaling/attachment:Attachment": ("lbTargetGroupArn",),
    "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment": ("trafficSource",),
    "aws:codedeploy/deploymentGroup:DeploymentGroup": ("loadBalancerInfo",),
    "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding": ("spec",),
}
# what forwards to a target group, and by which property
LISTENING = {"aws:lb/listener:Listener": "defaultActions", "aws:lb/listenerRule:ListenerRule": "actions"}
WORKLOADS = (
    SERVICE,
    TASK,
    "aws:autoscaling/group:Group",
    "aws:ec2/instance:Instance",
    "aws:lambda/function:Function",
)
GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"


@availability.high(
    GROUP,
    reference=f"{GUIDE}/target-group-health-checks.html",
    fix="Give the target group a health check with the path that tests the model.",
)
def load_balancer_target_group_checks_the_model(group: Resource) -> Iterator[str]:
    """A target group's health check tests the model.

    The default path is "/", which many servers answer before the model is loaded. A matcher that includes 4xx
    accepts "not found" as healthy. (Left out are gRPC targets, which have a path of their own by default, network
    balancers, which only open a connection, and functions, where each check is paid for and therefore optional.)
    """
    if group.text("protocol") not in (None, "", "HTTP", "HTTPS") or group.text("protocolVersion") == "GRPC":
        return
    if group.text("targetType") == "lambda" and not group.has("healthCheck"):
        return
    if group.flag("healthCheck.enabled") is False:
        yield f"healthCheck.enabled is {group.show('healthCheck.enabled')}, wanted true"
    elif group.text("healthCheck.path") in (None, "", "/"):
        yield f"healthCheck.path is {group.show('healthCheck.path')}, wanted the path that tests the model"
    if re.search(r"\b4\d\d\b", group.text("healthCheck.matcher") or ""):
        yield f"healthCheck.matcher is {group.show('healthCheck.matcher')}, wanted 200, or 2xx and 3xx"


@availability.medium(
    GROUP,
    reference=f"{GUIDE}/edit-target-group-attributes.html",
    fix="Set deregistration_delay to the longest request.",
    config_key="service.drain_seconds",
)
def load_balancer_target_group_drains(group: Resource, *, seconds: int = 30) -> Iterator[str]:
    """A target has time to finish its requests before it is removed.

    The default is 300 seconds. Below 30, a running inference may be cut off at every scale-in, unless the load test
    shows that none takes so long; streamed answers may need much more.
    """
    delay = group.number("deregistrationDelay")
    if delay is not None and delay < seconds and group.text("targetType") != "lambda":
        yield f"deregistrationDelay is {delay:g}, wanted {seconds} or more"


@availability.high(
    GROUP,
    reference=f"{GUIDE}/load-balancer-target-groups.html",
    fix="Attach a service or function to the target group, or remove it.",
)
def load_balancer_target_group_has_targets(group: Resource, stack: Stack) -> Iterator[str]:
    """A target group has targets.

    DNS failover considers a group without targets unhealthy and moves everyone away from a region that works. (Left
    out are the second group of a blue/green deployment, and groups in a stack that has nothing to answer, whose
    targets are in another stack.)
    """
    if not stack.of(*WORKLOADS):
        return
    if not any(stack.referring(group, type_, path) for type_, paths in ATTACHED.items() for path in paths):
        yield "no service or attachment refers to this target group, wanted one"


@availability.medium(
    GROUP,
    reference=f"{GUIDE}/target-group-health-checks.html",
    fix="Give the health check an interval and an unhealthy threshold that last 20 seconds or more together.",
)
def load_balancer_health_check_allows_busy_targets(group: Resource, *, seconds: int = 20) -> Iterator[str]:
    """A target group's health check gives a busy target time to answer.

    A server with a full queue answers health checks late. If a few seconds are enough to call it dead, it is
    stopped, the others get its requests, and they fail one after the other
    (github.com/aws/containers-roadmap/issues/480).
    """
    interval = group.number("healthCheck.interval") or (35 if group.text("targetType") == "lambda" else 30)
    lasts = interval * (group.number("healthCheck.unhealthyThreshold") or 2)
    timeout = group.number("healthCheck.timeout")
    if timeout is not None and timeout >= interval and group.text("protocol") not in ("TCP", "TLS", "UDP", "TCP_UDP"):
        yield f"healthCheck.timeout is {timeout:g} s and interval {interval:g} s, wanted a timeout below the interval"
    if lasts < seconds:
        yield f"healthCheck gives a target {lasts:g} s to answer, wanted interval × threshold of {seconds} s or more"


@availability.medium(
    GROUP,
    TASK,
    reference=f"{GUIDE}/target-group-health-checks.html",
    fix="Give the health check an interval and a threshold that last three minutes together at most.",
)
def health_check_notices_what_is_dead(checked: Resource, *, seconds: int = 180) -> Iterator[str]:
    """A health check notices within three minutes that what it asks is dead.

    Until then the load balancer sends the dead target its share of the requests, and ECS starts no other task. For
    gRPC, a matcher of all codes takes every answer for health, "unavailable" as well; a command that ends in `exit 0`
    or `|| true` takes everything for health.
    """
    if checked.type == GROUP:
        checks = [("healthCheck", checked.child("healthCheck"), "unhealthyThreshold", 2)]
    else:
        containers = checked.document("containerDefinitions").children("items")
        found = [(entry.show("name"), entry.child("healthCheck")) for entry in containers]
        checks = [(f"healthCheck of container {name}", check, "retries", 3) for name, check in found]
    for name, check, threshold, default in checks:
        lasts = (check.number("interval") or 30) * (check.number(threshold) or default)
        if lasts > seconds:
            yield f"{name} takes {lasts:g} s to notice, wanted interval × threshold of {seconds} s or less"
        if cannot_fail(check.texts("command")):
            words = " ".join(check.texts("command")[1:])
            yield f'{name} runs "{words}", which cannot fail, wanted a command that asks the server'
    grpc = checked.type == GROUP and checked.text("protocolVersion") == "GRPC"
    if grpc and checked.text("healthCheck.matcher") == "0-99":
        yield 'healthCheck.matcher is "0-99", every code there is, wanted those of a healthy server'


@lifecycle.medium(
    GROUP,
    reference="https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming",
    fix="Remove the name (the engine chooses one), so that replacement can overlap.",
)
def load_balancer_target_group_has_no_fixed_name(group: Resource) -> Iterator[str]:
    """A target group has no fixed name.

    Another port, protocol or network makes another group. Under a fixed name the new group cannot exist beside the
    old one, and the old one cannot be deleted while a listener uses it: the deployment fails half-way
    (github.com/pulumi/pulumi-aws/issues/4220).
    """
    if chosen_by_the_program(group, "name"):
        yield f"name is {group.show('name')}, wanted no name, so that replacement can overlap"


@availability.high(
    GROUP,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html",
    fix='Set slow_start to 0, or load_balancing_algorithm_type to "round_robin".',
)
def load_balancer_slow_start_uses_round_robin(group: Resource) -> Iterator[str]:
    """A target group with slow start uses round robin.

    Slow start is not available with least outstanding requests or weighted random. The load balancer refuses the
    attributes after the group is created.
    """
    algorithm, seconds = group.text("loadBalancingAlgorithmType"), group.number("slowStart") or 0
    if seconds > 0 and algorithm in ("least_outstanding_requests", "weighted_random"):
        yield f'slowStart is {seconds:g} s and loadBalancingAlgorithmType "{algorithm}", wanted "round_robin"'


@availability.critical(
    SERVICE,
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
    fix="Forward to the target group from a listener, or from a rule of one.",
)
def ecs_service_target_group_has_a_listener(service: Resource, stack: Stack) -> Iterator[str]:
    """A listener forwards to the target group of a service.

    Without one no request arrives, and ECS does not make the service ("The target group … does not have an associated
    load balancer", github.com/hashicorp/terraform/issues/32908). Judged where the program has the target group and a
    listener; a listener of another stack may forward to it, and tools that shift traffic move listeners themselves.
    """
    listening = [(listener, path) for type_, path in LISTENING.items() for listener in stack.of(type_)]
    elsewhere = any(_forwards(each, path) and not stack.follow(each, path, GROUP) for each, path in listening)
    shifted = service.text("deploymentController.type") in ("CODE_DEPLOY", "EXTERNAL")
    if not listening or elsewhere or shifted:
        return
    for group in stack.follow(service, "loadBalancers", GROUP):
        forwarded = any(stack.referring(group, type_, path) for type_, path in LISTENING.items())
        if not forwarded and not _names_a_listener(service):
            yield f"no listener and no rule forwards to {group}, wanted one"


def _forwards(listener: Resource, path: str) -> bool:
    return any(action.text("type") == "forward" for action in listener.children(path))


def _names_a_listener(service: Resource) -> bool:
    """Whether ECS itself shifts traffic, between groups and on a rule that the service names."""
    return any(balancer.has("advancedConfiguration") for balancer in service.children("loadBalancers"))


@availability.low(
    GROUP,
    *LISTENING,
    reference="https://docs.aws.amazon.com/prescriptive-guidance/latest/load-balancer-stickiness/alb-without-stickiness.html",
    fix="Turn stickiness off, or have it last minutes: as long as one conversation.",
)
def load_balancer_spreads_requests(part: Resource, *, seconds: int = 86400) -> Iterator[str]:
    """A load balancer spreads the requests of one caller over all targets.

    A model server keeps nothing between requests. With sessions that last a day (the default) or a week, a busy caller
    keeps one target full while those that scaling adds stand idle, and a share of a canary stays with whom it met.
    """
    if part.type == GROUP:
        sticky = part.child("stickiness")
        by_address = sticky.text("type") == "source_ip"
        lasts = sticky.number("cookieDuration") or 86400 if sticky.text("type") == "lb_cookie" else 0
        if sticky.flag("enabled") is not False and (by_address or lasts >= seconds):
            yield f"stickiness is by {sticky.show('type')} for {lasts:g} s, wanted it off, or below {seconds} s"
        return
    for action in part.children(LISTENING[part.type]):
        sticky, groups = action.child("forward.stickiness"), action.children("forward.targetGroups")
        if sticky.flag("enabled") and len(groups) > 1 and (sticky.number("duration") or 0) >= seconds:
            yield f"forward.stickiness lasts {sticky.show('duration')} s, wanted below {seconds} s"
