"""What a real account needs and no engine asks for, read from the recordings of what each target deploys.

`python -m tests.policies.record` writes the recordings; tests/policies keeps them true.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.shared.configs import ROOT

RECORDINGS = sorted((ROOT / "tests/policies/inventories").glob("*.json"))


def resources(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every recorded resource of a type, with the target and key that say where it is."""
    for file in RECORDINGS:
        for key, row in json.loads(file.read_text(encoding="utf-8")).items():
            if row["type"] == kind:
                yield f"{file.stem} {key}", row


SERVICES = dict(resources("aws:ecs/service:Service"))


@pytest.mark.parametrize("where", SERVICES)
def test_another_capacity_does_not_replace_the_service(where: str) -> None:
    """The provider's `capacityProviderStrategyCustomizeDiff` replaces it unless the change may bring new tasks."""
    assert SERVICES[where]["properties"]["forceNewDeployment"] is True
    assert SERVICES[where]["properties"]["capacityProviderStrategies"], "from none or to none it replaces even so"


ALARMS = dict(resources("aws:cloudwatch/metricAlarm:MetricAlarm"))


def measured(alarm: dict[str, Any]) -> set[str]:
    queries = alarm["properties"].get("metricQueries", [])
    return {query["metric"]["metricName"] for query in queries if "metric" in query}


@pytest.mark.parametrize("target", ["ecs_service.prod", "sagemaker_ha.prod"])
def test_errors_of_the_balancer_and_of_what_is_behind_it_raise_an_alarm(target: str) -> None:
    """A balancer's 502, 503 and 504 are in HTTPCode_ELB_5XX_Count alone, a target's in HTTPCode_Target_5XX_Count."""
    watched = set().union(*(measured(row) for where, row in ALARMS.items() if where.startswith(target)))
    assert {"HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count"} <= watched


@pytest.mark.parametrize("where", SERVICES)
def test_a_task_that_does_not_answer_turns_a_deployment_back(where: str) -> None:
    names = SERVICES[where]["properties"]["alarms"]["alarmNames"]
    assert [name.rsplit("-", 1)[-1] for name in names] == ["errors", "unanswered", "latency"]


def test_tasks_are_asked_whether_the_model_answers() -> None:
    paths = {row["properties"]["healthCheck"]["path"] for where, row in resources("aws:lb/targetGroup:TargetGroup")}
    assert paths == {"/ready", "/healthz"}, "both run the model; /health only says that the process lives"
