"""Stores that requests are answered from: features in a cache or a table, and files that models are mounted from."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import SUBNET, Resource, Stack
from ..rule import autoscaling, availability
from ..serving import SCALABLE, SERVICE, TASK, something_serves

CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
REDIS = "azure-native:redis:Redis"
DATABASE = "aws:rds/instance:Instance"
SEARCH = "aws:opensearch/domain:Domain"
TABLE = "aws:dynamodb/table:Table"
FILES, MOUNT = "aws:efs/fileSystem:FileSystem", "aws:efs/mountTarget:MountTarget"
# type → a property and what it says where one node has everything
ALONE = {
    CACHE: ("automaticFailoverEnabled", (False, None)),
    REDIS: ("sku.name", ("Basic",)),
    DATABASE: ("multiAz", (False, None)),
    SEARCH: ("clusterConfig.instanceCount", (1, None)),
    "azure-native:search:Service": ("replicaCount", (1, None)),
    "azure-native:dbforpostgresql:Server": ("highAvailability.mode", ("Disabled", None)),
    "azure-native:dbformysql:Server": ("highAvailability.mode", ("Disabled", None)),
}
OF_ANOTHER = ("replicateSourceDb", "globalReplicationGroupId")  # a copy: what it is a copy of is judged


@availability.high(
    *ALONE,
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
    fix="Give a cache a replica with automatic_failover_enabled, a database multi_az or high_availability.",
)
def data_store_has_a_failover_node(store: Resource, stack: Stack) -> Iterator[str]:
    """A data store that requests read survives the loss of a node.

    With one node the platform's maintenance alone empties the cache or stops the database for minutes, and each request
    that needs it fails meanwhile. It is advice: a cache may be empty and only slower. Judged where something serves.
    """
    path, alone = ALONE[store.type]
    found = store.child(path.rpartition(".")[0]).raw.get(path.rpartition(".")[2]) if store.known(path) else True
    if found in alone and something_serves(stack) and not any(store.has(each) for each in OF_ANOTHER):
        yield f"{path} is {store.show(path)}, wanted a second node that takes over"


@autoscaling.medium(
    TABLE,
    reference="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html",
    fix="Set billing_mode to PAY_PER_REQUEST, or give the table's reads and writes scalable targets.",
)
def dynamodb_table_scales_with_its_reads(table: Resource, stack: Stack) -> Iterator[str]:
    """A DynamoDB table that requests read is on demand or scales.

    A table without a billing mode has fixed capacity. Beyond it reads are throttled, and each inference that needs its
    features fails, however far the model itself has scaled. Judged where something serves.
    """
    fixed = table.text("billingMode") in (None, "PROVISIONED")
    if fixed and something_serves(stack) and not stack.referring(table, SCALABLE, "resourceId"):
        yield f"billingMode is {table.show('billingMode')} and no scalable target is for this table, wanted one of them"


@availability.high(
    FILES,
    reference="https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html",
    fix="Add a mount target in each zone that the service's subnets lie in.",
)
def efs_has_a_mount_target_in_each_zone(files: Resource, stack: Stack) -> Iterator[str]:
    """A file system has a mount target in each zone of the tasks that mount it.

    A task looks for the mount target of its own zone. Where there is none it does not start, and the service waits for
    it in that zone alone. A file system of one zone has one mount target, and is not judged.
    """
    mounts = stack.referring(files, MOUNT, "fileSystemId")
    there = {zone for mount in mounts for zone in _zones(stack.follow(mount, "subnetId", SUBNET))}
    tasks = stack.referring(files, TASK, "volumes")
    services = {service.urn: service for task in tasks for service in stack.referring(task, SERVICE, "taskDefinition")}
    for service in services.values() if there and not files.has("availabilityZoneName") else ():
        for zone in sorted(_zones(stack.follow(service, "networkConfiguration", SUBNET)) - there):
            yield f"no mount target is in {zone} and {service} is, wanted one"


def _zones(subnets: list[Resource]) -> set[str]:
    return {zone for subnet in subnets if (zone := subnet.text("availabilityZone"))}
