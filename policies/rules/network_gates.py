"""What a network's filters let through: answers to callers, and a load balancer's requests to its targets."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability
from ..security_groups import GROUP, GROUP_RULE, INGRESS, list_ways
from ..serving import GROUP as TARGET_GROUP
from ..serving import SERVICE
from .load_balancer import BALANCER, LISTENER
from .network import groups_with_callers, ports_of

ACL, ACL_RULE = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclRule:NetworkAclRule"
VPC_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"
# the ports that Linux clients choose for themselves: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
EPHEMERAL = (32768, 60999)


@availability.critical(
    ACL,
    reference=f"{VPC_GUIDE}/custom-network-acl.html",
    fix="Allow the ephemeral ports 32768-60999 (or 1024-65535) in egress, and in ingress for what is asked outside.",
)
def network_acl_allows_return_traffic(acl: Resource, stack: Stack) -> Iterator[str]:
    """A network ACL lets answers through as well as requests.

    An ACL remembers no connection. Whoever is let in at 443 is answered at a port that the caller's machine chose:
    where egress does not allow these, each request arrives and no answer leaves. Entries for all ports are not taken
    for requests: a database's subnet that lets everything out asks nobody.
    """
    beside = stack.referring(acl, ACL_RULE, "networkAclId")
    for way, back, outward in (("ingress", "egress", True), ("egress", "ingress", False)):
        asked = [*acl.children(way), *(entry for entry in beside if bool(entry.flag("egress")) is not outward)]
        answers = [*acl.children(back), *(entry for entry in beside if bool(entry.flag("egress")) is outward)]
        if any(_asks(entry) for entry in asked) and not _cover_ephemeral(answers):
            yield f"{back} allows no ports {EPHEMERAL[0]}-{EPHEMERAL[1]} and {way} lets requests through, wanted them"


@availability.critical(
    ACL,
    reference="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html",
    fix="Give the entry that allows a lower number than the one that denies, or take out the one that denies.",
)
def network_acl_allows_before_it_denies(acl: Resource, stack: Stack) -> Iterator[str]:
    """An entry of a network ACL that allows is not hidden by one that denies.

    Entries are read in the order of their numbers, and the first that fits decides. What a lower number denies as a
    whole, no higher number allows: requests or answers are dropped, although the program shows both entries.
    """
    beside = stack.referring(acl, ACL_RULE, "networkAclId")
    for way, outward in (("ingress", False), ("egress", True)):
        entries = [*acl.children(way), *(entry for entry in beside if bool(entry.flag("egress")) is outward)]
        for allowed in (entry for entry in entries if _allows(entry)):
            denied = [_place(entry) for entry in entries if not _allows(entry) and _hides(entry, allowed)]
            if denied:
                yield f"{way} {_place(allowed):g} allows what {min(denied):g} denies before it, wanted it first"


def _place(entry: Properties) -> float:
    """The number of an entry, by which it is read."""
    return entry.number("ruleNo") or entry.number("ruleNumber") or 0


def _hides(denied: Properties, allowed: Properties) -> bool:
    """Whether an entry comes first and is about all that another is about."""
    (least, most), (low, high) = _range(denied), _range(allowed)
    ways = [(denied.text(path), allowed.text(path)) for path in ("cidrBlock", "ipv6CidrBlock")]
    about = any(wide in ("0.0.0.0/0", "::/0", narrow) for wide, narrow in ways if narrow)
    alike = denied.text("protocol") in ("-1", "all", allowed.text("protocol"))
    return _place(denied) < _place(allowed) and alike and about and least <= low and high <= most


def _allows(entry: Properties) -> bool:
    return "allow" in (entry.text("action"), entry.text("ruleAction"))


def _asks(entry: Properties) -> bool:
    """Whether an entry lets requests of TCP or UDP through: to ports below those at which answers arrive."""
    _, high = _range(entry)
    return _allows(entry) and entry.text("protocol") in ("tcp", "6", "udp", "17") and high < EPHEMERAL[0]


def _cover_ephemeral(entries: list[Properties]) -> bool:
    """Whether entries, one or several together, cover the ports that callers choose."""
    covered = EPHEMERAL[0]
    for low, high in sorted(_range(entry) for entry in entries if _allows(entry)):
        covered = max(covered, high + 1) if low <= covered else covered
    return covered > EPHEMERAL[1]


def _range(entry: Properties) -> tuple[float, float]:
    """The ports of an entry, all where it names none."""
    low, high = entry.number("fromPort"), entry.number("toPort")
    return (0, 65535) if entry.text("protocol") in ("-1", "all") or low is None or high is None else (low, high)


@availability.critical(
    SERVICE,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
    fix="Let the load balancer's security group out at the container's port and at that of the health check.",
)
def load_balancer_reaches_its_targets(service: Resource, stack: Stack) -> Iterator[str]:
    """The security groups of a load balancer let it out to its targets.

    Where their egress names other ports alone every health check fails, although the targets open the right one. A
    group without egress in the program may have it elsewhere, and tasks without a network of their own are reached at
    ports that the machine chooses.
    """
    groups = stack.follow(service, "loadBalancers", TARGET_GROUP)
    listeners = [listener for group in groups for listener in stack.referring(group, LISTENER, "defaultActions")]
    balancers = {
        balancer.urn: balancer
        for listener in listeners
        for balancer in stack.follow(listener, "loadBalancerArn", BALANCER)
    }
    for balancer in balancers.values():
        given = stack.follow(balancer, "securityGroups", GROUP)
        opened = [way for group in given for way in list_ways(group, stack, outward=True)]
        others = balancer.known("securityGroups") and balancer.count("securityGroups") > len(given)
        wanted = [entry.number("containerPort") or 0 for entry in service.children("loadBalancers")]
        reached = [port for port in wanted for way in opened if way.covers(port)]
        if opened and service.has("networkConfiguration") and not others and not reached:
            ports = ", ".join(f"{port:g}" for port in wanted)
            yield f"no security group of {balancer} lets it out at port {ports}, wanted it open to the targets"


@availability.critical(
    BALANCER,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html#target-security-groups",
    fix="Let the callers' addresses in at the targets' port, name the load balancer's own security group, or, for TCP "
    "and TLS, set preserve_client_ip to false.",
)
def network_load_balancer_lets_its_callers_through(balancer: Resource, stack: Stack) -> Iterator[str]:
    """Targets that see the callers' addresses let these in.

    A network load balancer hands packets on with the address of the caller. Targets whose security groups admit the
    network's own addresses alone answer the health checks, and drop every caller from outside. Judged for services
    behind a public load balancer whose program has the groups. A group that admits another group is left alone, because
    that may be the load balancer's own.
    """
    for group in groups_with_callers(balancer, stack):
        for service in stack.referring(group, SERVICE, "loadBalancers"):
            path = "networkConfiguration.securityGroups"
            given = stack.follow(service, path, GROUP)
            elsewhere = service.known(path) and service.count(path) > len(given)
            sources = [
                source for one in given for port in ports_of(group, stack) for source in _sources(one, port, stack)
            ]
            if sources and not elsewhere and all(_is_inside(source) for source in sources):
                admitted = ", ".join(sorted(set(sources)))
                yield f"the security groups of {service} admit {admitted} alone, wanted callers too"


def _sources(group: Resource, port: float, stack: Stack) -> Iterator[str]:
    """From where a security group lets somebody in at a port; what is no block of addresses is another group."""
    rules = [
        group_rule
        for group_rule in stack.referring(group, GROUP_RULE, "securityGroupId")
        if group_rule.text("type") == "ingress"
    ]
    for rule in (*group.children("ingress"), *rules):
        if _opens(rule, port):
            yield from (rule.texts("cidrBlocks") + rule.texts("ipv6CidrBlocks")) or ["another group"]
    for ingress in stack.referring(group, INGRESS, "securityGroupId"):
        if _opens(ingress, port):
            yield str(ingress.text("cidrIpv4") or ingress.text("cidrIpv6"))


def _opens(ingress: Properties, port: float) -> bool:
    every = "-1" in (ingress.text("protocol"), ingress.text("ipProtocol"))
    low, high = ingress.number("fromPort"), ingress.number("toPort")
    return every or (low or 0) <= port <= (high or 65535)


def _is_inside(source: str) -> bool:
    """Whether a block of addresses is private; what is no block is not."""
    try:
        return ip_network(source, strict=False).is_private
    except ValueError:
        return False
