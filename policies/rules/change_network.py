"""Changes: the zones and regions that a workload lies in stay, and the ways that its traffic takes."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from ..replacement import differs
from ..resources import SUBNET, Resource, Stack
from ..rule import availability, security
from ..sagemaker_modes import MODEL
from ..serving import FUNCTION, SERVICE
from .change_guards import find_guarded, is_taken_away
from .load_balancer import BALANCER
from .network import INTERFACE
from .network_ways import ANYWHERE, ASSOCIATION, ROUTE

RELIABILITY = "https://docs.aws.amazon.com/wellarchitected/latest/framework"
ZONES = {
    SERVICE: ("networkConfiguration.subnets",),
    BALANCER: ("subnets", "subnetMappings"),
    FUNCTION: ("vpcConfig.subnetIds",),
    MODEL: ("vpcConfig.subnets",),
    INTERFACE: ("subnetIds",),
    "aws:autoscaling/group:Group": ("vpcZoneIdentifiers", "availabilityZones"),
    "aws:dynamodb/table:Table": ("replicas",),
    "aws:eks/nodeGroup:NodeGroup": ("subnetIds",),
    "aws:elasticache/subnetGroup:SubnetGroup": ("subnetIds",),
    "aws:rds/subnetGroup:SubnetGroup": ("subnetIds",),
    "aws:secretsmanager/secret:Secret": ("replicas",),
    "azure-native:containerservice:AgentPool": ("availabilityZones",),
    "azure-native:cosmosdb:DatabaseAccount": ("locations",),
    "azure-native:network:ApplicationGateway": ("zones",),
    "azure-native:compute:VirtualMachineScaleSet": ("zones",),
    SUBNET: (),
}
WAYS = (
    INTERFACE,
    ROUTE,
    ASSOCIATION,
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "azure-native:network:PrivateDnsZoneGroup",
    "azure-native:network:SecurityRule",
    "azure-native:privatedns:VirtualNetworkLink",
)
OPENS = tuple(type_ for type_ in WAYS if "securityGroup" in type_)
# what says who reaches a service from outside, and the values that say that nobody does
CLOSED = {
    "aws:eks/cluster:Cluster": ("vpcConfig.endpointPublicAccess", ("false",)),
    "aws:rds/instance:Instance": ("publiclyAccessible", ("false", "not set")),
    BALANCER: ("internal", ("true",)),
    "azure-native:containerregistry:Registry": ("publicNetworkAccess", ('"Disabled"',)),
    "azure-native:keyvault:Vault": ("properties.publicNetworkAccess", ('"Disabled"', '"disabled"')),
    "azure-native:machinelearningservices:OnlineEndpoint": ("properties.publicNetworkAccess", ('"Disabled"',)),
    "azure-native:machinelearningservices:Workspace": ("publicNetworkAccess", ('"Disabled"',)),
    "azure-native:network:Subnet": ("defaultOutboundAccess", ("false",)),
    "azure-native:storage:StorageAccount": ("publicNetworkAccess", ('"Disabled"',)),
}


@availability.medium(
    *ZONES,
    reference=f"{RELIABILITY}/rel_fault_isolation_multiaz_region_system.html",
    fix="Keep the subnets or the replica, or say in the pull request why fewer zones are enough.",
)
def change_keeps_zones(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not take a workload or its data out of a zone or a region.

    With one zone of three gone, the other two carry half as much again each; with one of two, the loss of a zone is
    the loss of the service. What reads the replica of a region finds nothing there.
    """
    if was.type == SUBNET and differs(was, now, "availabilityZone"):
        zone = now.text("availabilityZone")
        yield f"availabilityZone is {zone} and was {was.text('availabilityZone')}, wanted a subnet in each"
    for path in ZONES[was.type]:
        if was.known(path) and now.known(path) and now.count(path) < was.count(path):
            yield f"{path} has {now.count(path)} and had {was.count(path)}, wanted no fewer"


@availability.high(
    *WAYS,
    reference=f"{RELIABILITY}/rel_tracking_change_management_planned_changemgmt.html",
    fix="Keep it, or remove it together with what it connects.",
)
def change_keeps_the_ways_of_traffic(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not remove a route, a rule or an endpoint between two parts that stay.

    The deployment succeeds, and the requests time out: nothing refuses them, they are not let through any more. (It is
    left out for a rule that let in the whole internet, for one that denied, and where a new one is for the same parts.)
    """
    opened = {was.text_if_known(path) for path in ("cidrIpv4", "cidrIpv6", "sourceAddressPrefix")}
    opened |= set(was.texts("cidrBlocks")) if was.known("cidrBlocks") else set()
    entry = was.type.endswith("IngressRule") or was.text_if_known("type") == "ingress"
    to_all = opened & {*ANYWHERE, "*", "Internet"}
    if (
        not (entry and to_all)
        and was.text_if_known("access") != "Deny"
        and all(find_guarded(was, stack))
        and is_taken_away(was, now, stack)
    ):
        yield f"{was} is deleted, wanted it kept while what it connects stays"


@security.medium(
    *OPENS,
    *CLOSED,
    "aws:ec2/routeTable:RouteTable",
    reference=f"{RELIABILITY}/sec_network_protection_layered.html",
    fix="Open the port that is needed, to whom needs it.",
)
def change_opens_no_more(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not open wider what was open to few, nor to the internet what was closed, unnoticed.

    What was closed on purpose is open, to what stands beside it at first: an administrator's port, a metrics port, a
    debugger. A route to an internet gateway makes a private subnet a public one.
    """
    before, after = _ports(was), _ports(now)
    if before and after and after != before and after[0] <= before[0] and before[1] <= after[1]:
        yield f"ports {after[0]:g} to {after[1]:g} are open and {before[0]:g} to {before[1]:g} were, wanted no more"
    old, new = was.text_if_known("cidrIpv4"), now.text_if_known("cidrIpv4")
    if old and new and old != new and _covers(new, old):
        yield f"cidrIpv4 is {new} and was {old}, wanted no more"
    path, closed = CLOSED.get(was.type, ("", ()))
    if path and was.known(path) and now.known(path) and was.show(path) in closed and now.show(path) not in closed:
        yield f"{path} is {now.show(path)} and was {was.show(path)}, wanted it kept"
    if was.known("routes") and now.known("routes") and _leads_out(now) and not _leads_out(was):
        yield "routes lead to an internet gateway and did not, wanted the way out that there was"


def _covers(wider: str, narrower: str) -> bool:
    try:
        return IPv4Network(narrower).subnet_of(IPv4Network(wider))
    except ValueError:
        return False


def _ports(rule: Resource) -> tuple[float, float] | None:
    if not (rule.known("fromPort") and rule.known("toPort")):
        return None
    low, high = rule.number("fromPort"), rule.number("toPort")
    return None if low is None or high is None else (low, high)


def _leads_out(table: Resource) -> bool:
    gateways = [route.text("gatewayId") for route in table.children("routes") if route.known("gatewayId")]
    return any((gateway or "").startswith("igw-") for gateway in gateways)
