"""Changes: an alarm goes on meaning what it meant."""

from __future__ import annotations

from collections.abc import Iterator

from ..leaves import Leaf, list_leaves
from ..resources import Resource, Stack
from ..rule import observability

AZURE = ("criteria", "evaluationFrequency", "windowSize")
MEANING = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        *("namespace", "metricName", "dimensions", "metricQueries", "statistic", "extendedStatistic", "unit", "period"),
        *("comparisonOperator", "treatMissingData", "datapointsToAlarm", "evaluationPeriods"),
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": ("alarmRule",),
    "azure-native:monitor:MetricAlert": AZURE,
    "azure-native:monitor:ScheduledQueryRule": AZURE,
}
BESIDE = ("threshold", "label", "name", "returnData")
"""A threshold has a rule of its own; a label means nothing."""


@observability.medium(
    *MEANING,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_monitor_aws_resources_notification_monitor.html",
    fix="Keep it, or say in the pull request what showed that the alarm should watch something else.",
    config_key="alarms",
)
def change_keeps_what_an_alarm_means(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not give an alarm another metric, statistic, comparison or window unnoticed.

    The alarm keeps its name, its place in a rollout's rollback and the trust of who is on call, and no longer rings for
    what they believe. It is advice: an alarm that rang for nothing has to change.
    """
    before, after = _list_meanings(was), _list_meanings(now)
    for path, value in before.items():
        if value is not None and after.get(path, "") is not None and after.get(path) != value:
            yield f"{path} is {after.get(path, 'not set')} and was {value}, wanted it kept"


def _list_meanings(alarm: Resource) -> dict[str, Leaf | None]:
    declared = {path: alarm.declared.raw.get(path) for path in MEANING[alarm.type]}
    return {path: value for path, value in list_leaves(declared) if not path.endswith(BESIDE)}
