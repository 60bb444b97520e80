"""Stores that requests read and models are made of: whether what is in them can be restored, and who reaches them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..resources import Resource
from ..rule import lifecycle, security
from .weak_settings import Weak, find_weak

HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide"
BLOBS = "azure-native:storage:BlobServiceProperties"
# https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html (2);
# of PSRule Azure.Storage.SoftDelete;
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html (ForceDeleteWithoutRecovery)
LOST: Mapping[str, tuple[Weak, ...]] = {
    "aws:dynamodb/table:Table": (Weak("pointInTimeRecovery.enabled", ("false", "not set"), "true"),),
    "aws:rds/instance:Instance": (Weak("backupRetentionPeriod", ("0", "not set"), "days"),),
    "aws:secretsmanager/secret:Secret": (Weak("recoveryWindowInDays", ("0",), "7 or more"),),
    "aws:s3/bucket:Bucket": (Weak("forceDestroy", ("true",), "false"),),
    BLOBS: (
        Weak("deleteRetentionPolicy.enabled", ("false",), "true"),
        Weak("containerDeleteRetentionPolicy.enabled", ("false",), "true"),
    ),
}
COPIES = ("replicateSourceDb", "restoreSourceTableArn")  # what they are a copy of is judged
# type → its own protection against deletion
PROTECTION = {
    "aws:rds/instance:Instance": "deletionProtection",
    "aws:rds/cluster:Cluster": "deletionProtection",
    "aws:dynamodb/table:Table": "deletionProtectionEnabled",
}
# https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html (2)
OPEN: Mapping[str, tuple[Weak, ...]] = {
    "aws:rds/instance:Instance": (Weak("publiclyAccessible", ("true",), "false"),),
    "aws:rds/clusterInstance:ClusterInstance": (Weak("publiclyAccessible", ("true",), "false"),),
    **dict.fromkeys(
        (
            "azure-native:dbforpostgresql:FirewallRule",
            "azure-native:dbformysql:FirewallRule",
            "azure-native:sql:FirewallRule",
        ),
        (Weak("endIpAddress", ('"255.255.255.255"',), "the addresses that need it"),),
    ),
}


@lifecycle.medium(
    *LOST,
    reference=f"{HUB}/dynamodb-controls.html#dynamodb-2",
    fix="Turn point-in-time recovery, backups or soft delete on, and leave force_destroy off.",
)
def data_can_be_restored(store: Resource) -> Iterator[str]:
    """What a store holds can be restored after a mistake.

    A job that writes nonsense, a wrong prefix, a stack that is destroyed: without backups, versions or a time in which
    deleted data is kept, features, models and secrets are gone at that moment. It is advice, because what can be
    computed again needs no backup.
    """
    if not any(store.has(path) for path in COPIES):
        yield from find_weak(store, LOST)


@lifecycle.medium(
    *PROTECTION,
    reference=f"{HUB}/rds-controls.html#rds-7",
    fix="Set deletion_protection, deletion_protection_enabled of a table, or the resource option protect.",
)
def data_store_is_protected_from_deletion(store: Resource) -> Iterator[str]:
    """A database or table is protected against deletion.

    A name that changes, a stack that is destroyed, a program that no longer makes it: with protection the deployment
    stops there. Without it the data goes first.
    """
    path = PROTECTION[store.type]
    if not store.protected and not store.flag(path):
        yield f"{path} is {store.show(path)} and the option protect not set, wanted one of them"


@security.critical(
    *OPEN,
    reference=f"{HUB}/rds-controls.html#rds-2",
    fix="Set publicly_accessible to false, and let in the addresses that need it alone.",
)
def data_store_is_not_open_to_the_internet(store: Resource) -> Iterator[str]:
    """A database that requests read has no public address, or one that few may reach.

    A database on the internet is tried with every leaked password. (A firewall rule of Azure that ends at the last
    address there is lets in all of them.)
    """
    yield from find_weak(store, OPEN)
