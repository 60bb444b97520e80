"""Log groups and alarms: what remains of an incident, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule

GROUP = "aws:cloudwatch/logGroup:LogGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html"


def metrics_with_alarms(stack: Stack, near: Resource, *namespaces: str) -> set[str]:
    """Names of the metrics of these namespaces that some alarm of the stack watches, in the region of `near`."""

    def by_region() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for alarm in stack.of(ALARM):
            found.setdefault(_region(alarm), set()).update(alarm_metrics(alarm, *namespaces))
        return found

    known = stack.remember(("metrics with alarms", namespaces), by_region)
    here = _region(near)
    return {name for region, names in known.items() if not (region and here and region != here) for name in names}


def _region(resource: Resource) -> str:
    return resource.text_if_known("region") or ""


def alarm_metrics(alarm: Resource, *namespaces: str) -> list[str]:
    """Names of the metrics of these namespaces that an alarm watches, on its own or in a metric query."""
    sources = [alarm.child(""), *(query.child("metric") for query in alarm.children("metricQueries"))]
    return [name for s in sources if s.text("namespace") in namespaces and (name := s.text("metricName"))]


@rule(
    GROUP,
    category="observability",
    severity="medium",
    reference=f"{HUB}#cloudwatch-16",
    fix="Set logs.retention_days.",
    config_key="logs.retention_days",
)
def log_group_has_retention(group: Resource) -> Iterator[str]:
    """Logs are kept for a time somebody chose.

    The default is for ever: costs that only grow, and callers' data that nobody may still hold.
    """
    if not group.number("retentionInDays"):
        yield f"retentionInDays is {group.show('retentionInDays')}, wanted a number of days"


@rule(
    GROUP,
    category="observability",
    severity="low",
    reference=f"{HUB}#cloudwatch-16",
    fix="Set logs.retention_days to 365 or more.",
    config_key="logs.retention_days",
)
def log_group_outlives_an_investigation(group: Resource) -> Iterator[str]:
    """Logs of production are there when an incident is found late.

    Intrusions are found months after they began; the first log line is the one that is needed.
    """
    days = group.number("retentionInDays") or 0
    if 0 < days < 365:
        yield f"retentionInDays is {days:g}, wanted 365 or more"


@rule(
    GROUP,
    category="security",
    severity="medium",
    reference="https://docs.aws.amazon.com/config/latest/developerguide/cloudwatch-log-group-encrypted.html",
    fix="Give the log group the stack's KMS key.",
)
def log_group_is_encrypted(group: Resource) -> Iterator[str]:
    """Logs are encrypted with a key the team controls.

    Inference logs hold pieces of what callers sent. A key of one's own says who may read them, and records who did.
    """
    if not group.has("kmsKeyId"):
        yield "kmsKeyId is not set, wanted a KMS key"


@rule(
    ALARM,
    category="observability",
    severity="high",
    reference=f"{HUB}#cloudwatch-15",
    fix="Give the alarm an action, such as the stack's SNS topic.",
    config_key="alarms.notify",
)
def alarm_tells_somebody(alarm: Resource, stack: Stack) -> Iterator[str]:
    """An alarm has an action, switched on.

    An alarm without one turns red on a page that nobody looks at until a caller asks. One that a composite alarm
    reads may leave the telling to it.
    """
    if any(composite.count("alarmActions") for composite in stack.referring(alarm, COMPOSITE, "alarmRule")):
        return
    if alarm.flag("actionsEnabled") is False:
        yield "actionsEnabled is false, wanted true"
    if not alarm.count("alarmActions"):
        yield "alarmActions is empty, wanted at least one action"


@rule(
    ALARM,
    category="observability",
    severity="low",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-missing-data",
    fix="Set treat_missing_data.",
)
def alarm_knows_what_silence_means(alarm: Resource) -> Iterator[str]:
    """An alarm says what missing data means.

    The default keeps the last state: an error alarm that rose before traffic stopped stays up, and blocks the next
    deployment's rollback check, for days.
    """
    if alarm.text("treatMissingData") in (None, "", "missing"):
        yield f'treatMissingData is {alarm.show("treatMissingData")}, wanted "notBreaching", "breaching" or "ignore"'


@rule(
    TOPIC,
    category="observability",
    severity="high",
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_monitor_aws_resources_notification_monitor.html",
    fix="Name at least one recipient in alarms.notify.",
    config_key="alarms.notify",
)
def alarm_topic_has_subscribers(topic: Resource, stack: Stack) -> Iterator[str]:
    """Somebody listens to the alarms' topic.

    A topic without subscribers accepts every message and delivers none.
    """
    told = [ref for type_ in (ALARM, COMPOSITE) for ref in stack.referring(topic, type_, "alarmActions")]
    if told and not stack.referring(topic, SUBSCRIPTION, "topic"):
        yield "no subscription refers to this topic, wanted at least one"
