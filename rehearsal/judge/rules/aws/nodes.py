"""Machines behind templates, and who uses them: scaling groups, EKS clusters and their nodes, targets."""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.balancing import ATTACHMENTS, GROUPS
from rehearsal.judge.rules.aws.network import GROUP, SUBNET, other_vpc, read_network, vpc_of
from rehearsal.judge.rules.aws.permissions import ROLE, may
from rehearsal.judge.rules.aws.places import is_public
from rehearsal.values import UNKNOWN

CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
PROFILE = "aws:eks/fargateProfile:FargateProfile"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_SUBNETS = {
    "aws:autoscaling/group:Group": "vpcZoneIdentifiers",
    "aws:ec2/instance:Instance": "subnetId",
    NODES: "subnetIds",
}
_EKS = "https://docs.aws.amazon.com/eks/latest/APIReference"
_INVALID = "InvalidParameterException"


def _templates(it: Resource, program: Program) -> Iterator[tuple[str, Resource]]:
    for path in ("launchTemplate.id", "launchTemplate.name"):
        template = program.refer(it, path, TEMPLATE)
        if template:
            yield path, template


def _groups(template: Resource, program: Program) -> list[Resource]:
    paths = ["vpcSecurityGroupIds", *(f"{path}.securityGroups" for path, _ in template.blocks("networkInterfaces"))]
    return [group for path in paths for group in program.refers(template, path, GROUP)]


@rule(*_SUBNETS, source="https://github.com/crossplane-contrib/provider-aws/issues/1752")
def groups_of_a_template_in_one_network(it: Resource, program: Program) -> Found:
    path = _SUBNETS[it.type]
    subnets = program.refers(it, path, SUBNET)
    for template_path, template in _templates(it, program):
        for group in _groups(template, program):
            other = next((subnet for subnet in subnets if other_vpc(subnet, group, program)), None)
            message = "You must use a valid fully-formed launch template. Security group"
            if other:
                told = f"ValidationError: {message} {group.name} and subnet {other.name} belong to different networks."
                yield template_path, told
            vpc = vpc_of(group, program)
            elsewhere = any(
                one.get("subnetId") or one.get("networkInterfaceId") for _, one in template.blocks("networkInterfaces")
            )
            if vpc and vpc.new and it.get(path) is None and it.type != NODES and not elsewhere:
                told = f"ValidationError: The security group '{group.name}' does not exist in default VPC"
                yield template_path, f"{told}: it is in {vpc.name!r}, and {path} is not set"


@rule(NODES, PROFILE, source="https://github.com/rancher/rancher/issues/28144")
def nodes_in_the_network_of_their_cluster(it: Resource, program: Program) -> Found:
    cluster = program.refer(it, "clusterName", CLUSTER)
    theirs = program.refers(cluster, "vpcConfig.subnetIds", SUBNET) if cluster else []
    for subnet in program.refers(it, "subnetIds", SUBNET) if theirs else ():
        if other_vpc(subnet, theirs[0], program):
            message = f"{_INVALID}: Specified subnets must belong to cluster's vpc"
            yield "subnetIds", f"{message}: {subnet.name!r} is in another than {theirs[0].name!r}"


@rule(NODES, source="https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html")
def public_nodes_get_addresses(it: Resource, program: Program) -> Found:
    if it.get("launchTemplate") is not None:
        return
    for subnet in program.refers(it, "subnetIds", SUBNET):
        if subnet.get("mapPublicIpOnLaunch", False) is False and is_public(subnet, program):
            message = f"Ec2SubnetInvalidConfiguration: One or more Amazon EC2 Subnets of [{subnet.name}] for node group"
            yield "subnetIds", f"{message} does not automatically assign public IP addresses: set mapPublicIpOnLaunch"


@rule(CLUSTER, source=f"{_EKS}/API_KubernetesNetworkConfigRequest.html")
def addresses_of_a_cluster(it: Resource, program: Program) -> Found:
    services = read_network(it.text("kubernetesNetworkConfig.serviceIpv4Cidr"))
    subnets = program.refers(it, "vpcConfig.subnetIds", SUBNET)
    for vpc in {vpc.urn: vpc for subnet in subnets if (vpc := vpc_of(subnet, program))}.values():
        block = read_network(vpc.text("cidrBlock"))
        if services and block and services.overlaps(block):
            message = f"{_INVALID}: The serviceIpv4Cidr must not overlap with any CIDR block assigned to the VPC"
            yield "kubernetesNetworkConfig.serviceIpv4Cidr", f"{message}: {services} and {block} of {vpc.name!r}"
    for subnet in subnets if it.text("kubernetesNetworkConfig.ipFamily") == "ipv6" else ():
        if all(subnet.get(path) is None for path in ("ipv6CidrBlock", "ipv6NetmaskLength", "ipv6IpamPoolId")):
            message = f"{_INVALID}: The subnets of an IPv6 cluster must have both IPv4 and IPv6 CIDR blocks"
            yield "vpcConfig.subnetIds", f"{message}: {subnet.name!r} has no IPv6 one"


@rule(
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    source="https://github.com/hashicorp/terraform-provider-aws/issues/44783",
)
def managed_instances_belong_to_their_cluster(it: Resource, program: Program) -> Found:
    for provider in program.refers(it, "capacityProviders", "aws:ecs/capacityProvider:CapacityProvider"):
        if provider.get("managedInstancesProvider") not in (None, UNKNOWN):
            message = f"{_INVALID}: Cannot associate Managed Instances capacity provider to clusters using this API"
            yield "capacityProviders", f"{message}: {provider.name!r} names its cluster itself"


@rule(*ATTACHMENTS, source="https://github.com/getmoto/moto/blob/master/moto/elbv2/exceptions.py")
def target_in_the_network_of_its_group(it: Resource, program: Program) -> Found:
    group = program.refer(it, "targetGroupArn", *GROUPS)
    target = program.refer(it, "targetId", "aws:ec2/instance:Instance")
    subnet = program.refer(target, "subnetId", SUBNET) if target else None
    instances = group is not None and group.get("targetType", "instance") == "instance"
    if group and target and subnet and instances and other_vpc(group, subnet, program):
        message = "InvalidTarget: The specified target does not exist or is not in the same VPC as the target group"
        yield "targetId", f"{message}: {target.name!r} and {group.name!r}"


@rule(*ATTACHMENTS, source="https://github.com/tedilabs/terraform-aws-load-balancer/issues/21")
def group_of_one_application_balancer(it: Resource, program: Program) -> Found:
    group = program.refer(it, "targetGroupArn", *GROUPS)
    if group and group.get("targetType") == "alb":
        others = [one for one in program.referring(group, "targetGroupArn", *ATTACHMENTS) if one.urn != it.urn]
        if others:
            message = "TooManyTargets: a target group of type alb has a single target"
            yield "targetGroupArn", f"{message}: {others[0].name!r} attaches another"


_SENDING = {"aws:sqs/queue:Queue": "sqs:SendMessage", "aws:sns/topic:Topic": "sns:Publish"}


@rule(
    "aws:autoscaling/lifecycleHook:LifecycleHook",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html",
)
def role_of_a_hook_may_publish(it: Resource, program: Program) -> Found:
    role, target = program.refer(it, "roleArn", ROLE), program.refer(it, "notificationTargetArn", *_SENDING)
    if role and target and may(role, _SENDING[target.type], program) is False:
        message = f"ValidationError: Unable to publish test message to notification target {target.name} using IAM role"
        yield "roleArn", f"{message} {role.name}. Please check your target and role configuration"


_FLEETS = {
    "aws:ec2/spotFleetRequest:SpotFleetRequest": ("InvalidSpotFleetRequestConfig", "id"),
    "aws:ec2/fleet:Fleet": ("InvalidFleetConfig", "launchTemplateId"),
}


@rule(*_FLEETS, source="https://github.com/hashicorp/terraform-provider-aws/issues/30751")
def zones_of_a_fleet_fit_its_subnets(it: Resource, program: Program) -> Found:
    code, key = _FLEETS[it.type]
    places: list[tuple[str, Resource | None]] = [(path, None) for path, _ in it.blocks("launchSpecifications")]
    for path, config in it.blocks("launchTemplateConfigs"):
        template = program.refer(it, f"{path}.launchTemplateSpecification.{key}", TEMPLATE)
        places += [(f"{path}.{inside}", template) for inside, _ in config.blocks("overrides")]
    for path, template in places:
        zone, subnets = it.text(f"{path}.availabilityZone"), program.refers(it, f"{path}.subnetId", SUBNET)
        if template and it.get(f"{path}.subnetId") is None:
            interfaces = [f"{one}.subnetId" for one, _ in template.blocks("networkInterfaces")]
            subnets = [subnet for one in interfaces for subnet in program.refers(template, one, SUBNET)]
        for subnet in subnets if zone else ():
            if subnet.text("availabilityZone") not in ("", zone):
                message = f"{code}: The specified Subnet: {subnet.name} cannot be used with the specified"
                yield f"{path}.availabilityZone", f"{message} Availability Zone: {zone}"


@rule("aws:ec2/fleet:Fleet", source="https://github.com/github-aws-runners/terraform-aws-github-runner/issues/2904")
def pools_of_a_fleet_differ(it: Resource) -> Found:
    for path, config in it.blocks("launchTemplateConfigs"):
        pools = [
            tuple(one.get(key) for key in ("instanceType", "subnetId", "availabilityZone", "placement"))
            for _, one in config.blocks("overrides")
        ]
        known = [pool for pool in pools if pool[0] and UNKNOWN not in pool]
        if any(known.count(pool) > 1 for pool in known):
            message = "InvalidFleetConfig: The fleet configuration contains duplicate instance pools."
            yield f"{path}.overrides", message


ENTRY = "aws:eks/accessEntry:AccessEntry"


@rule(
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    source="https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3024",
)
def policy_has_an_access_entry_first(it: Resource, program: Program) -> Found:
    cluster = program.refer(it, "clusterName", CLUSTER)
    entries = list(program.referring(cluster, "clusterName", ENTRY)) if cluster else []
    mine = [entry for entry in entries if _principal(entry) == _principal(it) and entry.new]
    message = "ResourceNotFoundException: The specified principalArn could not be found"
    if _principal(it) and mine and not program.waits_for(it, *mine):
        yield "principalArn", f"{message} yet: take it from {mine[0].name!r}, or depend on it"
    bare = cluster if cluster and cluster.new and cluster.get("computeConfig") is None else None
    if bare and bare.get("accessConfig.bootstrapClusterCreatorAdminPermissions") is False and not entries:
        yield "principalArn", f"{message}: the new cluster has no access entry"


def _principal(it: Resource) -> object:
    """The principal's ARN, or the resource that it comes from; empty if it is unknown."""
    sources = it.sources.get("principalArn", ())
    return it.text("principalArn") or (sources[0] if len(sources) == 1 else "")
