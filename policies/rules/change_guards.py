"""Changes: protection, encryption, logs and alarms are not removed unnoticed."""

from __future__ import annotations

from collections.abc import Iterator

from ..replacement import differs
from ..resources import Resource, Stack
from ..rule import lifecycle, observability, security
from ..serving import CONFIGURATION, ENDPOINT, FUNCTION
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
KEPT_FOR = {
    LOG_GROUP: ("retentionInDays",),
    "aws:kms/key:Key": ("deletionWindowInDays",),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        "rules[0].expiration.days",
        "rules[0].noncurrentVersionExpiration.noncurrentDays",
    ),
    "aws:sqs/queue:Queue": ("messageRetentionSeconds",),
    "azure-native:keyvault:Vault": ("properties.softDeleteRetentionInDays",),
    "azure-native:operationalinsights:Workspace": ("retentionInDays",),
}
LOGS = {
    BALANCER: "accessLogs.enabled",
    "aws:apigateway/stage:Stage": "accessLogSettings.destinationArn",
    "aws:apigatewayv2/stage:Stage": "accessLogSettings.destinationArn",
    CONFIGURATION: "dataCaptureConfig.enableCapture",
    LOG_GROUP: "",
    "aws:ec2/flowLog:FlowLog": "",
    "aws:cloudtrail/trail:Trail": "enableLogging",
    "aws:s3/bucketLogging:BucketLogging": "",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "",
    "azure-native:monitor:DiagnosticSetting": "",
}
ON_UNLESS_SAID = "enableLogging"
ALARMS = (
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    "aws:sns/topicSubscription:TopicSubscription",
    "azure-native:monitor:MetricAlert",
    "azure-native:monitor:ActionGroup",
)
GUARDS = (
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:apigateway/methodSettings:MethodSettings",
    "azure-native:network:PrivateEndpoint",
)
# type → the properties that name who may do it, and on what
PERMISSIONS = {
    "aws:iam/rolePolicy:RolePolicy": ("role",),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("role",),
    "aws:lambda/permission:Permission": ("function", "sourceArn"),
    "azure-native:authorization:RoleAssignment": ("principalId", "scope"),
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


@observability.medium(
    *KEPT_FOR,
    reference=f"{WELL}/sec_detect_investigate_events_app_service_logging.html",
    fix="Keep the time, or export what the shorter one deletes first.",
    config_key="logs.retention_days",
)
def change_keeps_retention(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not shorten how long logs, versions and messages are kept.

    Everything older than the new time is deleted, logs within three days, and with it what the next investigation
    needs.
    """
    for path in KEPT_FOR[was.type]:
        before, after = was.number(path), now.number(path)
        if before and after and after < before:
            yield f"{path} is {after:.10g} and was {before:.10g}, wanted no less"


@observability.high(
    *LOGS,
    reference=f"{WELL}/sec_detect_investigate_events_app_service_logging.html",
    fix="Keep the logs on.",
)
def change_keeps_logs(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not switch off logs.

    After an incident, logs that were not written cannot be read, and intruders switch logs off to stay unseen
    (attack.mitre.org/techniques/T1562/008).
    """
    path = LOGS[was.type]
    if now is None and not was.retained:
        yield f"{was} is deleted, wanted it kept"
    elif now is not None and _on(was, path) and not _on(now, path):
        yield f"{path} was {was.show(path)} and is {now.show(path)}, wanted it kept"


@observability.medium(
    *ALARMS,
    reference=f"{WELL}/rel_monitor_aws_resources_notification_monitor.html",
    fix="Keep the alarm and its actions, or say in the pull request what watches instead.",
    config_key="alarms",
)
def change_keeps_alarms(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not remove or silence an alarm.

    An alarm that gets in the way of a deployment is the one that has noticed something.
    """
    if now is None:
        yield f"{was} is deleted, wanted it kept"
        return
    for path in ("alarmActions", "actions"):
        if now.known(path) and was.count(path) and not now.count(path):
            yield f"{path} is empty and had {was.count(path)}, wanted it kept"
    for path in ("actionsEnabled", "enabled"):
        if was.flag(path) is not False and now.flag(path) is False:
            yield f"{path} is false and was true, wanted it kept"


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
    if now is None and not was.retained and not _goes_with_it(was, stack) and not _has_successor(was, stack):
        yield f"{was} is deleted, wanted it kept"


@lifecycle.high(
    *PERMISSIONS,
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    fix="Keep the permission, or remove it together with what used it.",
)
def change_keeps_permissions(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not take a permission away from an identity that stays.

    Nothing fails until the next start: a new instance cannot pull its image or read its model. It is advice, because
    a permission that nobody needs is better gone. (It is left out if a new one is for the same identity.)
    """
    holders = _find_guarded(was, stack, *PERMISSIONS[was.type])
    stays = {holder.urn for holder in holders if holder}
    added = [candidate for candidate in stack.of(*PERMISSIONS) if stack.predecessor(candidate) is None]
    renewed = any(stays <= {urn for urns in candidate.links.values() for urn in urns} for candidate in added)
    if now is None and not was.retained and stays and all(holders) and not renewed:
        yield f"{was} is deleted, wanted it kept while what it is for stays"


def _on(resource: Resource, path: str) -> bool:
    """Whether a log is written. A log whose setting is missing is off, except a trail's."""
    return resource.show(path) != "false" and (resource.has(path) or path == ON_UNLESS_SAID)


def _find_guarded(guard: Resource, stack: Stack, *paths: str) -> list[Resource | None]:
    """What the guard referred to, by these properties or any, as it is now; None for each that is removed."""
    before = {resource.urn: resource for resource in stack.deployed.resources}
    named = [urn for path in paths or guard.links for urn in guard.list_sources(path)]
    return [stack.successor(before[urn]) for urn in named if urn in before]


def _goes_with_it(guard: Resource, stack: Stack) -> bool:
    """Whether everything that the guard referred to is removed as well."""
    guarded = _find_guarded(guard, stack)
    return bool(guarded) and not any(guarded)


def _has_successor(guard: Resource, stack: Stack) -> bool:
    """Whether a new guard of the same type refers to everything that this one referred to and that stays."""
    stays = {guarded.urn for guarded in _find_guarded(guard, stack) if guarded}
    added = [candidate for candidate in stack.of(guard.type) if stack.predecessor(candidate) is None]
    return bool(stays) and any(
        stays <= {urn for urns in candidate.links.values() for urn in urns} for candidate in added
    )
