"""Changes: logs, how long they are kept, alarms and dashboards are not removed unnoticed."""

from __future__ import annotations

from collections.abc import Iterator

from ..replacement import differs
from ..resources import Resource, Stack
from ..rule import observability
from ..serving import CONFIGURATION
from .load_balancer import BALANCER

WELL = "https://docs.aws.amazon.com/wellarchitected/latest/framework"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
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
    "aws:apigateway/account:Account": "",
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
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:sns/topicSubscription:TopicSubscription",
    "azure-native:monitor:MetricAlert",
    "azure-native:monitor:ScheduledQueryRule",
    "azure-native:monitor:ActionGroup",
    "azure-native:portal:Dashboard",
)


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
    if now and was.text_if_known("trafficType") == "ALL" and differs(was, now, "trafficType"):
        yield f"trafficType is {now.show('trafficType')} and was {was.show('trafficType')}, wanted it kept"


@observability.medium(
    *ALARMS,
    reference=f"{WELL}/rel_monitor_aws_resources_notification_monitor.html",
    fix="Keep the alarm and its actions, or say in the pull request what watches instead.",
    config_key="alarms",
)
def change_keeps_alarms(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not remove a dashboard, nor remove or silence an alarm.

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


def _on(resource: Resource, path: str) -> bool:
    """Whether a log is written. A log whose setting is missing is off, except a trail's."""
    return resource.show(path) != "false" and (resource.has(path) or path == ON_UNLESS_SAID)
