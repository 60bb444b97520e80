"""Security groups: what each lets in and out, in its own text and by rules that are resources beside it."""

from __future__ import annotations

from .properties import Properties
from .resources import Resource, Stack

GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INTERFACE = "aws:ec2/vpcEndpoint:VpcEndpoint"
INLINE = ("ingress", "egress")
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
LISTED = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
# where the other group stands in a rule, and what else a rule may admit
NAMING = ("sourceSecurityGroupId", "referencedSecurityGroupId")
ADDRESSES = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
LISTS = ("prefixListIds", "prefixListId")


class Way:
    """A rule of a security group: its ports, what it admits beside groups, and the groups of the program it names."""

    def __init__(self, entry: Properties, holder: Resource, path: str, group: Resource, stack: Stack) -> None:
        every = "-1" in (entry.text("protocol"), entry.text("ipProtocol"))
        low, high = entry.number("fromPort"), entry.number("toPort")
        self.ports = (0, 65535) if every or low is None or high is None else (low, high)
        listed = [name for name in LISTS if entry.has(name)]
        heads = [path] if path in INLINE else listed
        self.of_service = bool(listed) and any(stack.follow(holder, head, INTERFACE) for head in heads)
        self.admits_addresses = any(entry.has(name) for name in ADDRESSES) or (bool(listed) and not self.of_service)
        self.groups = [*_list_named(entry, holder, path, stack), *([group] if entry.flag("self") else [])]

    def covers(self, port: float) -> bool:
        return self.ports[0] <= port <= self.ports[1]

    def meets(self, other: Way, far: Resource) -> bool:
        """Whether it is about some of the same ports, and about the group at the far end or about who is not known."""
        shared = self.ports[0] <= other.ports[1] and other.ports[0] <= self.ports[1]
        unknown = not other.groups and not other.of_service
        return shared and (other.admits_addresses or unknown or far.urn in [group.urn for group in other.groups])

    def __str__(self) -> str:
        low, high = self.ports
        return f"port {low:g}" if low == high else f"ports {low:g} to {high:g}"


def _list_named(entry: Properties, holder: Resource, path: str, stack: Stack) -> list[Resource]:
    """The groups of the program that a rule names; none where it is not known which of several rules names them."""
    if path in INLINE:
        naming = [other for other in holder.children(path) if other.has("securityGroups")]
        linked = [group for group in stack.of(GROUP) if group.urn in holder.list_sources(path)]
        return linked if len(naming) == 1 and entry.has("securityGroups") else []
    return [group for name in NAMING for group in stack.follow(holder, name, GROUP)]


def blocks_of_lists(entry: Properties, holder: Resource, path: str, stack: Stack) -> set[str]:
    """The blocks of addresses in the prefix lists of the program that a rule names; AWS's own lists are not in it.

    Where several rules in one group name lists, they are told apart by ids that are known.
    """
    named = {text for name in LISTS if entry.known(name) for text in entry.texts(name)}
    alone = path not in INLINE or sum(other.has(LISTS[0]) for other in holder.children(path)) == 1
    heads = ([path] if path in INLINE else LISTS) if alone and any(entry.has(name) for name in LISTS) else ()
    lists = [
        found
        for found in stack.of(PREFIX_LIST)
        if found.text_if_known("id") in named or any(stack.refers(holder, head, found) for head in heads)
    ]
    beside = [block for found in lists for block in stack.referring(found, LISTED, "prefixListId")]
    inside = [block for found in lists if found.known("entries") for block in found.children("entries")]
    return {block.text("cidr") or "" for block in (*inside, *beside) if block.known("cidr")}


def list_ways(group: Resource, stack: Stack, *, outward: bool) -> list[Way]:
    """What a security group lets out, or in."""
    path, beside = ("egress", EGRESS) if outward else ("ingress", INGRESS)
    older = [rule for rule in stack.referring(group, GROUP_RULE, "securityGroupId") if rule.text("type") == path]
    rules = [*older, *stack.referring(group, beside, "securityGroupId")]
    found = [Way(entry, group, path, group, stack) for entry in group.children(path)]
    return found + [Way(rule, rule, "", group, stack) for rule in rules]


def has_rules(group: Resource, stack: Stack) -> bool:
    """Whether the program says what a group lets in or out: the rules of one that has none may be elsewhere.

    Where it says one direction alone the other is closed: the provider removes the rule that lets everything out
    (https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/).
    """
    either = any(list_ways(group, stack, outward=outward) for outward in (True, False))
    return either and not {*INLINE} & {*group.ignores}
