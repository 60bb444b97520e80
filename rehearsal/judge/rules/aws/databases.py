"""RDS: parameter groups, windows and networks of databases."""

from __future__ import annotations

import re

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.network import SUBNET, gateways_of, vpc_of
from rehearsal.values import UNKNOWN

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
DOCUMENTS = "aws:docdb/cluster:Cluster"
GRAPHS = ("aws:neptune/cluster:Cluster", "aws:neptune/clusterInstance:ClusterInstance")
_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference"
_GROUPS = {
    INSTANCE: ("parameterGroupName", "aws:rds/parameterGroup:ParameterGroup"),
    CLUSTER: ("dbClusterParameterGroupName", "aws:rds/clusterParameterGroup:ClusterParameterGroup"),
    MEMBER: ("dbParameterGroupName", "aws:rds/parameterGroup:ParameterGroup"),
    DOCUMENTS: ("dbClusterParameterGroupName", "aws:docdb/clusterParameterGroup:ClusterParameterGroup"),
    GRAPHS[0]: ("neptuneClusterParameterGroupName", "aws:neptune/clusterParameterGroup:ClusterParameterGroup"),
    GRAPHS[1]: ("neptuneParameterGroupName", "aws:neptune/parameterGroup:ParameterGroup"),
}


@rule(*_GROUPS, source="https://github.com/mattermost/mattermost-load-test-ng/pull/707")
def family_of_a_parameter_group(it: Resource, program: Program) -> Found:
    path, kind = _GROUPS[it.type]
    group, cluster = program.refer(it, path, kind), program.refer(it, "clusterIdentifier", CLUSTER, GRAPHS[0])
    family = group.text("family") if group else ""
    own = it.type.split(":")[1].split("/")[0]
    engine = it.text("engine") or (cluster.text("engine") if cluster else "") or (own if own != "rds" else "")
    wanted = _family(engine, it.text("engineVersion") or (cluster.text("engineVersion") if cluster else ""))
    if family and wanted and not re.fullmatch(wanted, family):
        message = (
            f"InvalidParameterCombination: The parameter group {it.text(path) or path} with DBParameterGroupFamily"
        )
        yield (
            path,
            f"{message} {family} can't be used for this instance with {engine} {it.text('engineVersion')}".strip(),
        )


def _family(engine: str, version: str) -> str:
    """Returns a pattern for the families of an engine in a version; empty if they are not known."""
    if re.fullmatch(r"(aurora-)?postgres(ql)?", engine):
        major = re.match(r"9\.\d+|\d\d", version)
    elif re.fullmatch(r"mysql|mariadb|aurora-mysql|docdb", engine):
        major = re.match(r"\d+\.\d+", version)
    elif engine == "neptune":  # https://github.com/hashicorp/terraform-provider-aws/issues/38979
        major = re.match(r"\d+(?=\.[01]\.)|\d+\.\d+", version)
    else:
        return ""
    return engine + (re.escape(major[0]) if major else r"[\d.]+")


@rule(INSTANCE, CLUSTER, source=f"{_API}/API_CreateDBInstance.html")
def windows_do_not_overlap(it: Resource) -> Found:
    names = ("backupWindow", "maintenanceWindow")
    if it.type == CLUSTER:
        names = ("preferredBackupWindow", "preferredMaintenanceWindow")
    daily, weekly = (re.findall(r"(\d\d):(\d\d)", it.text(name)) for name in names)
    if len(daily) != 2 or len(weekly) != 2:
        return
    backup, work = ([int(hour) * 60 + int(minute) for hour, minute in times] for times in (daily, weekly))
    days = re.findall(r"[a-z]{3}", it.text(names[1]).lower())
    # A window across midnight is not judged.
    whole = backup[0] < backup[1] and work[0] < work[1] and len(set(days)) == 1
    if whole and backup[0] < work[1] and work[0] < backup[1]:
        yield names[1], "InvalidParameterValue: The backup window and maintenance window must not overlap."


@rule(INSTANCE, source="https://github.com/ministryofjustice/cloud-platform-environments/pull/24410")
def storage_has_room_to_grow(it: Resource) -> Found:
    allocated, most = it.number("allocatedStorage"), it.number("maxAllocatedStorage")
    if allocated and most and allocated < most < allocated * 1.1 and not it.get("replicateSourceDb"):
        message = "InvalidParameterCombination: The maximum allocated storage must be increased by at least 10 percent."
        yield "maxAllocatedStorage", f"{message} Found {most:g}, expected {allocated:g} or at least {allocated * 1.1:g}"


@rule(
    "aws:elasticache/userGroup:UserGroup",
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUserGroup.html",
)
def group_has_the_default_user(it: Resource, program: Program) -> Found:
    users = program.refers(it, "userIds", "aws:elasticache/user:User")
    names = [user.get("userName") for user in users]
    known = bool(users) and len(users) == len(it.list("userIds")) and UNKNOWN not in names
    if it.get("engine") == "redis" and known and "default" not in names:
        yield "userIds", "DefaultUserRequired: A user group needs a user with the user name default"


@rule(INSTANCE, MEMBER, source=f"{_API}/API_CreateDBInstance.html")
def public_database_has_a_way_in(it: Resource, program: Program) -> Found:
    group = program.refer(it, "dbSubnetGroupName", "aws:rds/subnetGroup:SubnetGroup")
    subnets = program.refers(group, "subnetIds", SUBNET) if group and it.get("publiclyAccessible") is True else []
    vpc = vpc_of(subnets[0], program) if subnets else None
    if vpc is None or not vpc.new:
        return
    message = "InvalidVPCNetworkStateFault: Cannot create a publicly accessible DBInstance. The specified VPC"
    if not any(True for _ in gateways_of(vpc, program)):
        yield "publiclyAccessible", f"{message} has no internet gateway attached: {vpc.name!r}"
    if vpc.get("enableDnsHostnames", False) is False or vpc.get("enableDnsSupport", True) is False:
        told = f"{message} does not support DNS resolution, DNS hostnames, or both. Update the VPC and then try again"
        yield "publiclyAccessible", f"{told}: {vpc.name!r}"
