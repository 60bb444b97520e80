"""Security groups among each other: what one lets out the other lets in, and what has no group has the network's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import SUBNET, Resource, Stack
from ..rule import availability, hygiene
from ..sagemaker_modes import MODEL
from ..security_groups import GROUP, INTERFACE, has_rules, list_ways
from ..serving import GROUP as TARGETS
from ..serving import SERVICE, TASK
from .load_balancer import BALANCER, LISTENER
from .network import HUB, VPC
from .network_ways import SUBNETS_OF, is_fargate

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
ATTACHED = "aws:ec2/securityGroupAssociation:SecurityGroupAssociation"
VPC_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"
GROUPS_OF = {
    SERVICE: "networkConfiguration.securityGroups",
    MODEL: "vpcConfig.securityGroupIds",
    BALANCER: "securityGroups",
    INTERFACE: "securityGroupIds",
}
HTTPS = 443
MANY = 1000  # ports: more than anybody meant
OWN_PORT = re.compile(r"[^/]+:\d+/.*")  # a registry that is asked at a port of its own


@availability.high(
    GROUP,
    reference=f"{VPC_GUIDE}/security-group-rules.html",
    fix="Give the other group the rule for the same ports, in the other direction.",
)
def network_group_rules_fit_together(group: Resource, stack: Stack) -> Iterator[str]:
    """What one security group lets out to another, the other lets in, and the other way round.

    A connection needs both. Where one rule is missing, or is about other ports, packets are dropped without an error
    and the caller waits until it gives up. The provider takes away the rule with which AWS lets everything out. It is
    advice: a rule may be in another stack.
    """
    for way in list_ways(group, stack, outward=True):
        for other in way.groups if has_rules(group, stack) else ():
            answers = list_ways(other, stack, outward=False)
            if not any(way.meets(answer, group) for answer in answers) and not other.ignores:
                yield f"it lets {way} out to {other}, which does not let it in, wanted both"
    for way in list_ways(group, stack, outward=False):
        for other in way.groups if has_rules(group, stack) else ():
            answers = list_ways(other, stack, outward=True)
            if not any(way.meets(answer, group) for answer in answers) and not other.ignores:
                yield f"it lets {way} in from {other}, which does not let it out, wanted both"


@availability.critical(
    SERVICE,
    MODEL,
    BALANCER,
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-version-migration.html",
    fix="Let tasks and models out at 443 (endpoints' group and S3's prefix list), balancers at the targets' port.",
)
def network_groups_let_out_what_is_needed(workload: Resource, stack: Stack) -> Iterator[str]:
    """Security groups let tasks and models fetch what they start with, and load balancers reach their targets.

    Fargate pulls the image through the task's own interface, SageMaker fetches the artefact through the model's: where
    no group lets port 443 out, nothing starts. A gateway endpoint for S3 is reached at S3's addresses; a rule to
    another group does not lead there. It is advice: what is let in may be written here, and what is let out elsewhere.
    """
    path = GROUPS_OF[workload.type]
    groups = stack.follow(workload, path, GROUP)
    elsewhere = workload.known(path) and workload.count(path) > len(groups)
    if elsewhere or not groups or not all(has_rules(group, stack) for group in groups):
        return
    outward = [way for group in groups for way in list_ways(group, stack, outward=True)]
    if workload.type == BALANCER and not outward and _has_targets_in_the_network(workload, stack):
        yield "no security group lets anything out, wanted the targets' port open to them"
    if workload.type == BALANCER or not _fetches(workload, stack):
        return
    ways = [way for way in outward if way.covers(HTTPS)]
    stores = [end for end in stack.of(INTERFACE) if (end.text_if_known("serviceName") or "").endswith(".s3")]
    routed = stores and all(end.text("vpcEndpointType") in (None, "Gateway") for end in stores)
    if not ways:
        yield "no security group lets port 443 out, wanted it open to the registry and to S3"
    elif routed and all(way.groups and not way.admits_addresses for way in ways):
        yield "port 443 is let out to other groups alone and S3 is reached by a route, wanted its prefix list too"


def _has_targets_in_the_network(balancer: Resource, stack: Stack) -> bool:
    """Whether a load balancer asks its targets over the network, which functions are not."""
    listeners = stack.referring(balancer, LISTENER, "loadBalancerArn")
    groups = [group for listener in listeners for group in stack.follow(listener, "defaultActions", TARGETS)]
    return any(group.text("targetType") != "lambda" for group in groups)


def _fetches(workload: Resource, stack: Stack) -> bool:
    """Whether something is fetched through the workload's own network, at 443."""
    if workload.type == MODEL:
        containers = workload.children("primaryContainer") + workload.children("containers")
        return any(entry.has("modelDataUrl") or entry.has("modelDataSource") for entry in containers)
    tasks = stack.follow(workload, "taskDefinition", TASK)
    entries = [entry for task in tasks for entry in task.document("containerDefinitions").children("items")]
    return is_fargate(workload) and not any(OWN_PORT.fullmatch(entry.text("image") or "") for entry in entries)


@availability.critical(
    BALANCER,
    SERVICE,
    INTERFACE,
    reference=f"{VPC_GUIDE}/default-security-group.html",
    fix="Name a security group of its own.",
)
def network_closed_default_group_is_not_used(part: Resource, stack: Stack) -> Iterator[str]:
    """What names no security group does not get a default group that the program has closed.

    Without one, AWS takes the default group of the network. Where the program has taken its rules away, as one should,
    nothing gets in or out: the load balancer, the tasks or the endpoint are there and nobody reaches them.
    """
    declared, path = part.declared, GROUPS_OF[part.type]
    application = part.text("loadBalancerType") in (None, "", "application")
    attached = stack.referring(part, ATTACHED, "vpcEndpointId")
    interface = part.type != INTERFACE or part.text("vpcEndpointType") == "Interface"
    if not declared.known(path) or declared.count(path) or attached or not (application and interface):
        return
    for group in stack.of(DEFAULT_GROUP):
        if not group.declared.count("ingress") and _networks_of(part, stack) & _follow_network(group, stack):
            yield f"{path} names no group and {group} lets nothing in, wanted a group of its own"


def _networks_of(part: Resource, stack: Stack) -> set[str]:
    inside = [subnet for path in SUBNETS_OF.get(part.type, ()) for subnet in stack.follow(part, path, SUBNET)]
    return {urn for resource in inside or [part] for urn in _follow_network(resource, stack)}


def _follow_network(resource: Resource, stack: Stack) -> set[str]:
    return {vpc.urn for vpc in stack.follow(resource, "vpcId", VPC)}


@hygiene.high(
    DEFAULT_GROUP,
    reference=f"{HUB}#ec2-2",
    fix="Take ingress and egress out of the default group, and give resources groups of their own.",
)
def network_default_group_is_closed(group: Resource) -> Iterator[str]:
    """The default security group of a network lets nothing in or out.

    It cannot be deleted, and whatever names no group gets it. With rules, what was left out by mistake is reachable
    for everything else that was.
    """
    for path in ("ingress", "egress"):
        if group.count(path):
            yield f"{path} has {group.count(path)} rules, wanted none"


@hygiene.low(
    GROUP,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
    fix="Open the port of the targets, and that of the health check if it is another.",
)
def network_targets_open_their_port_alone(group: Resource, stack: Stack) -> Iterator[str]:
    """Targets let their load balancer in at their port, not at thousands.

    A range that begins below 1024 and ends at the port was meant to be the port: it opens SSH and whatever else the
    machine answers. (Left out are all ports, and those that ECS and the kernel hand out, which begin higher.)
    """
    edges = {edge.urn for balancer in stack.of(BALANCER) for edge in stack.follow(balancer, "securityGroups", GROUP)}
    for way in list_ways(group, stack, outward=False):
        low, high = way.ports
        if low < 1024 and high - low > MANY and high < 65535 and any(other.urn in edges for other in way.groups):
            yield f"it lets {way} in from its load balancer, wanted the targets' port"
