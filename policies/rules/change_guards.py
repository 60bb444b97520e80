"""Changes: protection, encryption and guards are not removed unnoticed."""

from __future__ import annotations

from collections.abc import Iterator

from ..replacement import differs
from ..resources import Resource, Stack
from ..rule import lifecycle, security
from ..serving import CONFIGURATION, ENDPOINT, FUNCTION, SERVICE
from .load_balancer import BALANCER

WELL = "https://docs.aws.amazon.com/wellarchitected/latest/framework"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
# what says that a thing may not be deleted, and the value that says so
PROTECTED = {
    BALANCER: ("enableDeletionProtection", True),
    "aws:s3/bucket:Bucket": ("forceDestroy", False),
    "aws:ecr/repository:Repository": ("forceDelete", False),
    "aws:dynamodb/table:Table": ("deletionProtectionEnabled", True),
    "aws:rds/instance:Instance": ("deletionProtection", True),
    "aws:rds/cluster:Cluster": ("deletionProtection", True),
    "aws:cloudwatch/logGroup:LogGroup": ("skipDestroy", True),
    "azure-native:keyvault:Vault": ("properties.enablePurgeProtection", True),
}
KEYS = {
    LOG_GROUP: ("kmsKeyId",),
    CONFIGURATION: ("kmsKeyArn", "dataCaptureConfig.kmsKeyId"),
    FUNCTION: ("kmsKeyArn",),
    "aws:sns/topic:Topic": ("kmsMasterKeyId",),
    "aws:sqs/queue:Queue": ("kmsMasterKeyId",),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
        "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId",
    ),
    "aws:secretsmanager/secret:Secret": ("kmsKeyId",),
    "aws:dynamodb/table:Table": ("serverSideEncryption.kmsKeyArn",),
    "aws:ecr/repository:Repository": ("encryptionConfigurations[0].kmsKey",),
    "azure-native:storage:StorageAccount": ("encryption.keyVaultProperties.keyName",),
    "azure-native:machinelearningservices:Workspace": ("encryption.keyVaultProperties.keyIdentifier",),
}
GUARDS = (
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:apigateway/methodSettings:MethodSettings",
    "azure-native:network:PrivateEndpoint",
)
LOCKS = (
    "azure-native:authorization:ManagementLockAtResourceGroupLevel",
    "azure-native:authorization:ManagementLockAtResourceLevel",
    "azure-native:authorization:ManagementLockAtSubscriptionLevel",
    "azure-native:authorization:ManagementLockByScope",
)
# guards that many programs do without
LESSER = (
    "aws:apigateway/usagePlan:UsagePlan",
    "aws:apigateway/requestValidator:RequestValidator",
    *LOCKS,
)
# guards within a resource: a list of them
PARTS = {
    "aws:wafv2/webAcl:WebAcl": ("rules",),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": ("redactedFields",),
    SERVICE: ("alarms.alarmNames",),
    ENDPOINT: ("deploymentConfig.autoRollbackConfiguration.alarms",),
}
# limits that callers lose when they are taken out
LIMITS = {
    "aws:apigateway/usagePlan:UsagePlan": ("throttleSettings", "quotaSettings"),
    "aws:apigatewayv2/stage:Stage": ("defaultRouteSettings.throttlingRateLimit",),
}


@lifecycle.high(
    *PROTECTED,
    ENDPOINT,
    "aws:apigateway/restApi:RestApi",
    "aws:kms/key:Key",
    "azure-native:machinelearningservices:OnlineEndpoint",
    "azure-native:machinelearningservices:Workspace",
    reference="https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
    fix="Leave the protection on; remove it only in the change that deletes the resource.",
    config_key="availability.protected",
)
def change_keeps_protection(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not remove the protection against deletion.

    Removing it is the first half of a deletion. If it is not set again, the next mistake deletes what callers or
    models need.
    """
    if was.protected and not now.protected:
        yield "the option protect was set and is not, wanted it kept"
    path, wanted = PROTECTED.get(was.type, ("", True))
    if path and was.flag(path) is wanted and bool(now.flag(path)) is not wanted:
        yield f"{path} is {now.show(path)} and was {str(wanted).lower()}, wanted it kept"


@security.high(
    *KEYS,
    reference=f"{WELL}/sec_protect_data_rest_encrypt.html",
    fix="Keep the key; if another one is intended, check that everybody who reads may use both.",
)
def change_keeps_the_key(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change keeps the key that data is encrypted with.

    Without the key, new data lies under a key that others control. With another key, whoever reads old and new data
    needs both, and the first request after the change shows who does not have them.
    """
    for path in KEYS[was.type]:
        if was.has(path) and not now.has(path):
            yield f"{path} was {was.show(path)} and is not set, wanted it kept"
        elif differs(was, now, path):
            yield f"{path} is {now.show(path)} and was {was.show(path)}, wanted it kept"


@security.high(
    *GUARDS,
    reference=f"{WELL}/sec_permissions_analyze_cross_account.html",
    fix="Keep the resource, or say in the pull request what guards instead.",
)
def change_keeps_guards(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not remove a guard while what it guards stays.

    Firewalls, public access blocks, policies and versioning are resources of their own. Without them nothing looks
    broken, but the load balancer is open, or the bucket is what the account allows, with versions suspended and
    S3's own key. (A guard is left out if another of its type names the same resources.)
    """
    if is_taken_away(was, now, stack):
        yield f"{was} is deleted, wanted it kept"


@security.medium(
    *LESSER,
    *PARTS,
    *LIMITS,
    reference=f"{WELL}/sec_network_auto_protect.html",
    fix="Keep it, or say in the pull request what takes its place.",
)
def change_keeps_the_parts_of_guards(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not take a rule out of a firewall, or an alarm out of a rollout.

    The guard still stands, so nothing that counts guards notices: the firewall has lost the rules that a service
    maintains, the rollout no longer waits for the alarm on latency, callers no longer have a limit each.
    """
    if was.type in LESSER and is_taken_away(was, now, stack):
        yield f"{was} is deleted, wanted it kept"
    for path in LIMITS.get(was.type, ()) if now else ():
        if now and was.has(path) and not now.has(path):
            yield f"{path} was {was.show(path)} and is not set, wanted it kept"
    for path in PARTS.get(was.type, ()) if now else ():
        if now and now.known(path) and was.known(path) and (lost := _list_items(was, path) - _list_items(now, path)):
            yield f"{min(lost)} is no longer in {path}, wanted it kept"


def _list_items(guard: Resource, path: str) -> set[str]:
    """The items of a list, by what names them."""
    if path.endswith("Names"):
        return set(guard.texts(path))
    items = guard.children(path)
    return {item.show(key) for item in items for key in ("name", "alarmName", "singleHeader.name") if item.has(key)}


def is_taken_away(was: Resource, now: Resource | None, stack: Stack) -> bool:
    """Whether a resource goes while something that it referred to stays, and no new one of its type takes its place."""
    return now is None and not was.retained and not _goes_with_it(was, stack) and not _has_successor(was, stack)


def find_guarded(guard: Resource, stack: Stack, *paths: str) -> list[Resource | None]:
    """What the guard referred to, by these properties or any, as it is now; None for each that is removed."""
    before = {resource.urn: resource for resource in stack.deployed.resources}
    named = [urn for path in paths or guard.links for urn in guard.list_sources(path)]
    return [stack.successor(before[urn]) for urn in named if urn in before]


def _goes_with_it(guard: Resource, stack: Stack) -> bool:
    """Whether everything that the guard referred to is removed as well."""
    guarded = find_guarded(guard, stack)
    return bool(guarded) and not any(guarded)


def _has_successor(guard: Resource, stack: Stack) -> bool:
    """Whether a new guard of the same type refers to everything that this one referred to and that stays."""
    stays = {guarded.urn for guarded in find_guarded(guard, stack) if guarded}
    added = [candidate for candidate in stack.of(guard.type) if stack.predecessor(candidate) is None]
    return bool(stays) and any(
        stays <= {urn for urns in candidate.links.values() for urn in urns} for candidate in added
    )
