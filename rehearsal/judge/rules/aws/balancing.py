"""Load balancers, target groups, listeners and their rules: these must be of the same kind and in the same VPC."""

from __future__ import annotations

from pathlib import Path

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.network import GROUP as SECURITY_GROUP
from rehearsal.judge.rules.aws.network import SUBNET, gateways_of, two_vpcs, vpc_of, zone_of
from rehearsal.judge.rules.aws.policies import principals, statements
from rehearsal.tables import read_table
from rehearsal.values import UNKNOWN

BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
RULES = ("aws:lb/listenerRule:ListenerRule", "aws:alb/listenerRule:ListenerRule")
ATTACHMENTS = (
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    "aws:alb/targetGroupAttachment:TargetGroupAttachment",
)
_ACCOUNT = Path(__file__).parents[3] / "aws" / "account.toml"
# The principals that write access logs. `AWS` is an account of the service, which older regions also accept.
_WRITERS = {
    "application": ("logdelivery.elasticloadbalancing.amazonaws.com", "AWS"),
    "network": ("delivery.logs.amazonaws.com",),
}
_API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
_INVALID = "ValidationError"


def kind_of(balancer: Resource) -> str:
    return balancer.text("loadBalancerType") or ("" if balancer.get("loadBalancerType") is UNKNOWN else "application")


@rule(*BALANCERS, source=f"{_GUIDE}/application-load-balancers.html#subnets-load-balancer")
def subnets_of_a_balancer(it: Resource, program: Program) -> Found:
    subnets = program.refers(it, "subnets", SUBNET)
    groups = program.refers(it, "securityGroups", SECURITY_GROUP)
    exact = isinstance(it.get("subnets"), list)
    if exact and (pair := two_vpcs(subnets, program)):
        message = "InvalidConfigurationRequest: All subnets must belong to the same VPC"
        yield "subnets", f"{message}: {pair[0].name!r} and {pair[1].name!r} do not"
        return
    for zone in list_repeated(map(zone_of, subnets)) if exact else ():
        message = "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same"
        yield "subnets", f"{message} Availability Zone: {zone}"
    for group in groups:
        if subnets and exact and two_vpcs([subnets[0], group], program):
            message = "InvalidConfigurationRequest: One or more security groups are invalid"
            yield "securityGroups", f"{message}: {group.name!r} is not in the VPC of the subnets"
    for subnet in subnets if it.text("ipAddressType") == "dualstack" else ():
        if subnet.get("ipv6CidrBlock") is None and subnet.get("ipv6NetmaskLength") is None:
            message = f"{_INVALID}: You must specify subnets with an associated IPv6 CIDR block."
            yield "subnets", f"{message} {subnet.name!r} has none"
    vpc = vpc_of(subnets[0], program) if subnets and exact else None
    if vpc and vpc.new and it.get("internal", False) is False:
        # No dependency is required: a gateway created at the same time is attached before the balancer needs it.
        if not any(True for _ in gateways_of(vpc, program)):
            yield "subnets", f"InvalidSubnet: VPC {vpc.name} has no internet gateway"


@rule("aws:elb/loadBalancer:LoadBalancer", source="https://github.com/hashicorp/terraform-aws-vault/issues/65")
def zones_of_a_classic_balancer(it: Resource, program: Program) -> Found:
    subnets = program.refers(it, "subnets", SUBNET) if isinstance(it.get("subnets"), list) else []
    for zone in list_repeated(map(zone_of, subnets)):
        message = "InvalidConfigurationRequest: ELB cannot be attached to multiple subnets in the same AZ"
        yield "subnets", f"{message}: {zone}"


@rule(*BALANCERS, source=f"{_GUIDE}/enable-access-logging.html")
def log_bucket_lets_the_balancer_write(it: Resource, program: Program) -> Found:
    bucket_types = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
    bucket = program.refer(it, "accessLogs.bucket", *bucket_types)
    if bucket is None or not bucket.new or it.get("accessLogs.enabled") is not True:
        return
    if it.region and bucket.region and bucket.region != it.region:
        yield "accessLogs.bucket", "InvalidConfigurationRequest: the bucket must be in the region of the load balancer"
    policies = [
        policy
        for policy in program.of("aws:s3/bucketPolicy:BucketPolicy")
        if bucket in program.refers(policy, "bucket", *bucket_types)
    ]
    message = f"InvalidConfigurationRequest: Access Denied for bucket: {bucket.name}. Please check S3bucket permission"
    if not policies and bucket.get("policy") is None:
        yield "accessLogs.bucket", message
    elif policies and not program.waits_for(it, *policies):
        yield "accessLogs.bucket", f"{message}: let the load balancer depend on {policies[0].name!r}"
    writers = _WRITERS.get(kind_of(it), ())
    account = read_table(_ACCOUNT)["load_balancing"].get(it.region)
    if not writers or not account or not policies:
        return
    read = [statements(policy.get("policy")) for policy in policies]
    allowing = [statement for found in read for statement in found or () if statement.get("Effect") == "Allow"]
    named = {name for statement in allowing for kind in ("Service", "AWS") for name in principals(statement, kind)}
    known = {"*", *writers} | ({account[0], f"arn:aws:iam::{account[0]}:root"} if "AWS" in writers else set())
    if None not in read and not named & known:
        yield (
            "accessLogs.bucket",
            f"{message}: its policy lets nobody write who delivers the logs of this load balancer",
        )
