"""What exists but does nothing: alarms that cannot fire, alerts without a receiver, names that do not resolve."""

from __future__ import annotations

from collections.abc import Iterator

from ..alarm_reach import find_strange_parts, find_unreachable
from ..metrics import INSTANCES, list_watched
from ..resources import Resource, Stack
from ..rule import availability, cost, observability, security
from ..sagemaker_modes import endpoints_of, serverless, targets_of
from ..serving import CONFIGURATION, ENDPOINT, SERVICE
from ..serving import SCALABLE as TARGET
from .alarms import ALARM, SERVING, alarm_metrics
from .application_autoscaling import SCHEDULED
from .sagemaker_rollout import ROUTING

VPC = "aws:ec2/vpc:Vpc"
INTERFACE = "aws:ec2/vpcEndpoint:VpcEndpoint"
ACTION_GROUP = "azure-native:monitor:ActionGroup"
QUERY_RULE = "azure-native:monitor:ScheduledQueryRule"
API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
OF_INSTANCES = ("CPUUtilization", "MemoryUtilization", "DiskUtilization", "GPUUtilization", "GPUMemoryUtilization")
BY_THE_MINUTE = ("AWS/ApplicationELB", "AWS/NetworkELB", "AWS/Lambda", "AWS/ApiGateway", "AWS/SQS")


@observability.medium(
    ALARM,
    reference=API,
    fix="Set datapoints_to_alarm to evaluation_periods or less, and both so that they last less than a day.",
)
def alarm_can_fire(alarm: Resource, stack: Stack) -> Iterator[str]:
    """An alarm can fire, and within a day.

    More data points to alarm than evaluation periods can never be reached. With periods shorter than an hour,
    CloudWatch looks at a day at most; with longer ones at up to a week, so today's errors raise an alarm next week.
    SageMaker publishes the instances' utilization in a namespace of its own; elsewhere there is no data. A period of
    seconds is for metrics of one's own: of those that AWS publishes by the minute, most periods have none. A threshold
    beyond what ends the metric (a function's time-out or reserved concurrency, a balancer's idle time-out, a queue's
    retention, all requests of a share of those that fail), or less than nothing, is never passed. A target group behind
    another balancer, or an alias, stage or service that is not there, has no data.
    """
    yield from find_unreachable(alarm, stack)
    yield from find_strange_parts(alarm, stack)
    watched = list_watched(alarm)
    for metric in (series.metric for series in watched if series.namespace == "AWS/SageMaker"):
        if metric in OF_INSTANCES:
            yield f'{metric} is watched in "AWS/SageMaker", wanted "{INSTANCES}", where it is published'
    points, periods = alarm.number("datapointsToAlarm") or 0, alarm.number("evaluationPeriods") or 1
    every = [alarm.number("period"), *(query.number("period") for query in alarm.children("metricQueries"))]
    period = max([*(series.period for series in watched), *filter(None, every), 0])
    for series in watched:
        if series.namespace in BY_THE_MINUTE and 0 < series.period < 60:
            yield f"period is {series.period:g} s and {series.namespace} publishes by the minute, wanted 60 or more"
    if points > periods:
        yield f"datapointsToAlarm is {points:g} and evaluationPeriods {periods:g}, wanted {periods:g} or less"
    if periods * period > 86_400 and (period < 3600 or alarm_metrics(alarm, *SERVING)):
        yield f"evaluationPeriods × period is {periods * period:.10g} s, wanted a day (86400 s) or less"


@availability.critical(
    CONFIGURATION,
    reference=f"{GUIDE}/model-ab-testing.html",
    fix="Give at least one variant an initial_variant_weight above 0.",
)
def sagemaker_some_variant_gets_requests(configuration: Resource) -> Iterator[str]:
    """At least one variant of an endpoint gets requests.

    Requests are shared by weight. If every weight is 0, the endpoint is in service but only answers callers who
    name a variant.
    """
    variants = configuration.children("productionVariants")
    if variants and all(variant.number("initialVariantWeight") == 0 for variant in variants):
        yield "initialVariantWeight of every variant is 0, wanted one above 0"


@availability.medium(
    ENDPOINT,
    reference=f"{GUIDE}/deployment-guardrails-blue-green-canary.html",
    fix="Set wait_interval_in_seconds to 60 or more: alarms look at minutes.",
    config_key="release.steps.bake",
)
def sagemaker_rollout_steps_outlast_alarms(endpoint: Resource, *, seconds: int = 60) -> Iterator[str]:
    """Each step of a rollout lasts long enough for an alarm to see it.

    Metrics are published by the minute. A shorter step moves everybody to the new version before the first alarm
    can fire.
    """
    wait = endpoint.number(f"{ROUTING}.waitIntervalInSeconds") or 0
    if endpoint.text(f"{ROUTING}.type") in ("CANARY", "LINEAR") and wait < seconds:
        yield f"waitIntervalInSeconds is {wait:g}, wanted {seconds} or more"


@cost.medium(
    SERVICE,
    CONFIGURATION,
    reference="https://docs.aws.amazon.com/autoscaling/application/userguide/getting-started.html",
    fix="Start with no more than the scalable target's max_capacity.",
    config_key="scaling.max",
)
def scaling_starts_within_its_bounds(resource: Resource, stack: Stack) -> Iterator[str]:
    """A scaled resource does not start with more instances than its maximum.

    The bounds do not apply to the number that the program starts with: it is paid for until the autoscaler lowers
    it.
    """
    if resource.type == SERVICE:
        starts = [(resource.number("desiredCount"), stack.referring(resource, TARGET, "resourceId"))]
        path = "desiredCount"
    else:
        variants = [variant for variant in resource.children("productionVariants") if not serverless(variant)]
        ends = endpoints_of(resource, stack)
        path = "initialInstanceCount"
        starts = [(v.number(path), targets_of(v, end, len(variants) == 1, stack)) for v in variants for end in ends]
    for count, targets in starts:
        most = max((target.number("maxCapacity") or 0 for target in targets), default=0)
        if targets and count is not None and count > most:
            yield f"{path} is {count:g} and maxCapacity {most:g}, wanted {most:g} or less"


@cost.medium(
    SCHEDULED,
    reference="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html",
    fix="Lower max_capacity of the scalable target action to 100 or less, or raise the rule's own bound.",
    config_key="scaling.schedules",
)
def scaling_schedule_is_bounded(schedule: Resource, *, most: int = 100) -> Iterator[str]:
    """A schedule sets a maximum of 100 or less, unless the team sets another bound.

    It replaces the target's own maximum, so a zero too many is first noticed on the invoice.
    """
    high = schedule.number("scalableTargetAction.maxCapacity")
    if schedule.text("serviceNamespace") in ("sagemaker", "ecs", "lambda") and high is not None and high > most:
        yield f"scalableTargetAction.maxCapacity is {high:g}, wanted {most} or less"


@availability.high(
    VPC,
    reference="https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    fix="Set enable_dns_hostnames on the VPC, and leave enable_dns_support on.",
)
def network_private_names_resolve(vpc: Resource, stack: Stack) -> Iterator[str]:
    """A network with interface endpoints resolves their private names.

    AWS refuses an endpoint with private DNS if DNS host names or DNS support are off. If they are switched off
    later, requests for images and logs go to addresses that the private subnets cannot reach.
    """
    private = any(interface.flag("privateDnsEnabled") for interface in stack.referring(vpc, INTERFACE, "vpcId"))
    if private and not vpc.flag("enableDnsHostnames"):
        yield f"enableDnsHostnames is {vpc.show('enableDnsHostnames')}, wanted true"
    if private and vpc.flag("enableDnsSupport") is False:
        yield "enableDnsSupport is false, wanted true"


@observability.high(
    ACTION_GROUP,
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/action-groups",
    fix="Give the action group a receiver, and leave enabled on.",
    config_key="alarms.notify",
)
def azure_action_group_has_a_receiver(group: Resource) -> Iterator[str]:
    """An action group is enabled and has a receiver.

    Alerts are handed to it. Disabled or empty, it accepts them and tells nobody.
    """
    if group.flag("enabled") is False:
        yield "enabled is false, wanted true"
    receivers = [name for name in group.raw if name.endswith("Receivers")]
    if not any(group.count(name) for name in receivers):
        yield "no receiver is set, wanted at least one"


@observability.high(
    QUERY_RULE,
    reference="https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/action-groups",
    fix="Name an action group in actions.action_groups, and leave enabled on.",
    config_key="alarms.notify",
)
def azure_query_alert_has_an_action_group(alert: Resource) -> Iterator[str]:
    """An alert on a log query is enabled and has an action group.

    Without an action group, only the portal shows its alerts, and nobody is called.
    """
    if alert.flag("enabled") is False:
        yield "enabled is false, wanted true"
    if not alert.count("actions.actionGroups"):
        yield "actions.actionGroups is empty, wanted an action group"


@security.medium(
    "azure-native:containerregistry:Registry",
    reference="https://learn.microsoft.com/en-us/azure/container-registry/anonymous-pull-access",
    fix="Remove anonymous_pull_enabled.",
    remedy={"anonymousPullEnabled": False},
)
def azure_registry_refuses_anonymous_pulls(registry: Resource) -> Iterator[str]:
    """A registry does not allow anonymous pulls.

    Otherwise everybody who knows the name gets the images, with the model and the code in them.
    """
    if registry.flag("anonymousPullEnabled"):
        yield "anonymousPullEnabled is true, wanted false"
