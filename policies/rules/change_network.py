"""Changes: the zones that a workload lies in stay, and the ways that its traffic takes."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability
from ..sagemaker_modes import MODEL
from ..serving import FUNCTION, SERVICE
from .change_guards import is_taken_away
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
    "aws:eks/nodeGroup:NodeGroup": ("subnetIds",),
    "aws:elasticache/subnetGroup:SubnetGroup": ("subnetIds",),
    "aws:rds/subnetGroup:SubnetGroup": ("subnetIds",),
    "azure-native:containerservice:AgentPool": ("availabilityZones",),
    "azure-native:network:ApplicationGateway": ("zones",),
    "azure-native:compute:VirtualMachineScaleSet": ("zones",),
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


@availability.medium(
    *ZONES,
    reference=f"{RELIABILITY}/rel_fault_isolation_multiaz_region_system.html",
    fix="Keep the subnets, or say in the pull request why fewer zones are enough.",
)
def change_keeps_zones(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not take a workload out of a zone.

    With one zone of three gone, the other two carry half as much again each; with one of two, the loss of a zone is
    the loss of the service.
    """
    for path in ZONES[was.type]:
        if was.known(path) and now.known(path) and now.count(path) < was.count(path) and now.has(path):
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
    if not (entry and to_all) and was.text_if_known("access") != "Deny" and is_taken_away(was, now, stack):
        yield f"{was} is deleted, wanted it kept while what it connects stays"
