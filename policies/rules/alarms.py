"""Alarms: what watches the workloads that serve, and who is notified."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import hygiene, observability
from ..serving import SERVICE, something_serves

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
SCALING = "aws:appautoscaling/policy:Policy"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
CHECK = "aws:route53/healthCheck:HealthCheck"
# chat bots subscribe by themselves to the topics they are given
CHATS = (
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration",
)
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html"
SERVING = (
    "AWS/SageMaker",
    "AWS/SageMaker/InferenceComponents",
    "/aws/sagemaker/Endpoints",
    "/aws/sagemaker/InferenceComponents",
    "AWS/ApplicationELB",
    "AWS/NetworkELB",
    "AWS/ApiGateway",
    "AWS/Lambda",
    "AWS/ECS",
    "ECS/ContainerInsights",
    "AWS/Route53",
)
METRIC_STREAM = "aws:cloudwatch/metricStream:MetricStream"
# packages of the Pulumi registry whose resources are monitors and alerts of other products
MONITORS = ("datadog", "newrelic", "grafana", "dynatrace", "signalfx", "honeycombio", "splunk")
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
SELECT = re.compile(
    r'\s*SELECT\s+\w+\(\s*"?(?P<metric>[\w ]+?)"?\s*\)\s+FROM\s+(SCHEMA\(\s*)?"?(?P<namespace>[\w/]+)"?', re.IGNORECASE
)


def metrics_with_alarms(stack: Stack, near: Resource, *namespaces: str) -> set[str]:
    """Names of the metrics of these namespaces that an alarm of the stack watches, in the region of `near`."""

    def by_region() -> dict[str | None, set[str]]:
        metrics: dict[str | None, set[str]] = {}
        for alarm in stack.of(ALARM):
            metrics.setdefault(alarm.text_if_known("region"), set()).update(alarm_metrics(alarm, *namespaces))
        return metrics

    known = stack.remember(("metrics with alarms", namespaces), by_region)
    here = near.text_if_known("region")
    return {name for region, names in known.items() if not (region and here and region != here) for name in names}


def alarm_metrics(alarm: Resource, *namespaces: str) -> list[str]:
    """Names of the metrics of these namespaces that an alarm watches: on its own, in a metric query or one in SQL."""
    queries = alarm.children("metricQueries")
    sources = [alarm.child(""), *(query.child("metric") for query in queries)]
    named = [name for s in sources if s.text("namespace") in namespaces and (name := s.text("metricName"))]
    asked = (SELECT.match(query.text("expression") or "") for query in queries if query.known("expression"))
    return named + [selection["metric"] for selection in asked if selection and selection["namespace"] in namespaces]


def is_watched_elsewhere(stack: Stack) -> bool:
    """Whether another product watches the metrics: the program sends them to it, or defines that product's monitors."""

    def look() -> bool:
        types = {resource.type for resource in stack.resources}
        return METRIC_STREAM in types or any(type_.partition(":")[0] in MONITORS for type_ in types)

    return stack.remember("watched elsewhere", look)


@observability.high(
    ALARM,
    reference=f"{HUB}#cloudwatch-15",
    fix="Give alarm_actions an action, such as an SNS topic, and leave actions_enabled on.",
    config_key="alarms.notify",
)
def alarm_has_an_action(alarm: Resource, stack: Stack) -> Iterator[str]:
    """An alarm about what serves has an action, and its actions are enabled.

    Without an action it turns red on a page that nobody looks at until a caller complains. An alarm may have none
    if something else acts on it: a health check, a composite alarm with an action, or a rollback, if a second alarm
    on the same metric has an action.
    """
    if not (something_serves(stack) and alarm_metrics(alarm, *SERVING)):
        return
    actions = alarm.count("alarmActions")
    if alarm.flag("actionsEnabled") is False and (actions or not _is_read(alarm, stack)):
        yield "actionsEnabled is false, wanted true"
    if not actions and not _is_read(alarm, stack):
        yield "alarmActions is empty, wanted at least one action"


def _is_read(alarm: Resource, stack: Stack) -> bool:
    """Whether something else acts on the alarm's state."""
    composites = stack.referring(alarm, COMPOSITE, "alarmRule")
    if any(
        composite.count("alarmActions") and composite.flag("actionsEnabled") is not False for composite in composites
    ):
        return True
    return bool(stack.referring(alarm, CHECK, "cloudwatchAlarmName")) or _guards_a_rollback(alarm, stack)


def _guards_a_rollback(alarm: Resource, stack: Stack) -> bool:
    """Whether a deployment waits for the alarm while a second one on the same metric tells somebody."""
    metrics = set(alarm_metrics(alarm, *SERVING))
    alike = (other for other in stack.of(ALARM) if metrics & set(alarm_metrics(other, *SERVING)))
    return alarm.text_if_known("name") in rollback_alarms(stack) and any(other.count("alarmActions") for other in alike)


def rollback_alarms(stack: Stack) -> set[str | None]:
    def find() -> set[str | None]:
        names: set[str | None] = set()
        for endpoint in stack.of("aws:sagemaker/endpoint:Endpoint"):
            alarms = endpoint.children("deploymentConfig.autoRollbackConfiguration.alarms")
            names |= {alarm.text("alarmName") for alarm in alarms if alarm.known("alarmName")}
        for service in stack.of(SERVICE):
            names |= set(service.texts("alarms.alarmNames")) if service.known("alarms.alarmNames") else set()
        return names - {None}

    return stack.remember("rollback alarms", find)


@observability.high(
    COMPOSITE,
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html",
    fix="Give alarm_actions an action, such as an SNS topic, and leave actions_enabled on.",
    config_key="alarms.notify",
)
def composite_alarm_has_an_action(composite: Resource, stack: Stack) -> Iterator[str]:
    """A composite alarm has an action, and its actions are enabled.

    It acts for the alarms that it combines: these often have no action, and without its own nobody hears of any of
    them. A composite alarm that another one reads is left out.
    """
    if stack.referring(composite, COMPOSITE, "alarmRule"):
        return
    if composite.flag("actionsEnabled") is False:
        yield "actionsEnabled is false, wanted true"
    if not composite.count("alarmActions"):
        yield "alarmActions is empty, wanted at least one action"


@hygiene.low(
    ALARM,
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    fix="Set treat_missing_data.",
)
def alarm_sets_how_missing_data_counts(alarm: Resource, stack: Stack) -> Iterator[str]:
    """An alarm says what missing data means.

    By default, it goes to INSUFFICIENT_DATA when all data is missing and keeps its state while some is. For a
    metric that only counts errors this shows neither that all is well nor that it is not. (Alarms that a scaling
    policy uses are left out: for them the default is right.)
    """
    moves = stack.follow(alarm, "alarmActions", SCALING)
    if not moves and alarm.text("treatMissingData") in (None, "", "missing"):
        yield f'treatMissingData is {alarm.show("treatMissingData")}, wanted "notBreaching", "breaching" or "ignore"'


@observability.high(
    TOPIC,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_monitor_aws_resources_notification_monitor.html",
    fix="Add a TopicSubscription, or a chat bot's channel configuration.",
    config_key="alarms.notify",
)
def alarm_topic_has_subscribers(topic: Resource, stack: Stack) -> Iterator[str]:
    """The topic that alarms notify has a subscriber.

    A topic without subscribers accepts every message and delivers none. A chat bot's channel configuration counts
    as a subscriber.
    """
    alarms = [ref for type_ in (ALARM, COMPOSITE) for ref in stack.referring(topic, type_, "alarmActions")]
    chats = [ref for type_ in CHATS for ref in stack.referring(topic, type_, "snsTopicArns")]
    if alarms and not chats and not stack.referring(topic, SUBSCRIPTION, "topic"):
        yield "no subscription refers to this topic, wanted at least one"


@observability.low(
    ALARM,
    reference=f"{HUB}#cloudwatch-15",
    fix="Give alarm_actions the topic that the other alarms have.",
    config_key="alarms.notify",
)
def alarm_has_an_action_like_the_others(alarm: Resource, stack: Stack) -> Iterator[str]:
    """An alarm has an action if all the other alarms have one.

    A single alarm without an action among many with one is more often a forgotten line than an intended one. It is
    advice, because a composite alarm, a health check or a rollback may act for it.
    """
    others = [other for other in stack.of(ALARM) if other is not alarm]
    if len(others) > 1 and not alarm.count("alarmActions") and all(other.count("alarmActions") for other in others):
        yield f"alarmActions is empty and each of the {len(others)} other alarms has one, wanted one"
