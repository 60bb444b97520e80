"""SageMaker endpoints: whether the alarms of a rollback can see what a new version does to its callers."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack, apart
from ..rule import availability
from ..sagemaker_modes import serverless
from ..serving import CONFIGURATION, ENDPOINT
from .alarms import ALARM
from .sagemaker_rollout import GUIDE, REFERENCE, ROLLBACK, ROLLING, ROUTING


def _alarms_of_the_rollback(endpoint: Resource, stack: Stack) -> list[Resource]:
    """The alarms that a rollback waits for; none where one of them is not a metric alarm of this program."""
    named = [alarm.text("alarmName") if alarm.known("alarmName") else None for alarm in endpoint.children(ROLLBACK)]
    here = {alarm.text_if_known("name"): alarm for alarm in stack.of(ALARM) if not apart(endpoint, alarm)}
    found = [here[name] for name in named if name and name in here]
    return found if len(found) == len(named) else []


def _seconds_to_fire(alarm: Resource) -> float:
    """How long a failure has to last before an alarm goes off."""
    periods = [alarm.number("period") or 0]
    periods += [
        query.number("metric.period") or query.number("period") or 0 for query in alarm.children("metricQueries")
    ]
    points = alarm.number("datapointsToAlarm") or alarm.number("evaluationPeriods") or 1
    return points * max(periods)


@availability.medium(
    ENDPOINT,
    reference=f"{GUIDE}/deployment-guardrails-configuration.html",
    fix="Raise wait_interval_in_seconds, or lower the period or datapoints_to_alarm of the alarms.",
    config_key="release.steps.bake",
)
def sagemaker_rollback_alarm_fires_within_a_step(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """A step of a rollout lasts until at least one of the rollback's alarms can go off.

    An alarm fires after as many periods as it needs datapoints. If each step is over sooner, the canary is passed
    before anybody could see what it answered, and the new version gets everyone's requests.
    """
    waits = [
        endpoint.number(f"{place}.waitIntervalInSeconds")
        for place in (ROUTING, ROLLING)
        if endpoint.text(f"{place}.type") != "ALL_AT_ONCE"
    ]
    alarms = _alarms_of_the_rollback(endpoint, stack)
    soonest = min((_seconds_to_fire(alarm) for alarm in alarms), default=0)
    for wait in waits:
        if wait and wait < soonest:
            yield f"waitIntervalInSeconds is {wait:g} and no alarm fires before {soonest:g} s, wanted it as long"


@availability.low(
    CONFIGURATION,
    reference=f"{REFERENCE}/API_ProductionVariantRoutingConfig.html",
    fix='Set routing_strategy of the variant to "LEAST_OUTSTANDING_REQUESTS".',
)
def sagemaker_variant_does_not_route_at_random(configuration: Resource) -> Iterator[str]:
    """A variant with several instances does not send requests to one of them at random.

    At random a request may wait behind a long one, while the instance beside it has nothing to do. It is advice: where
    every inference takes as long as the next, both are the same.
    """
    for variant in configuration.children("productionVariants"):
        for routing in variant.children("routingConfigs"):
            several = not serverless(variant) and variant.number("initialInstanceCount") != 1
            if several and routing.text("routingStrategy") == "RANDOM":
                yield 'routingStrategy is "RANDOM", wanted "LEAST_OUTSTANDING_REQUESTS"'
