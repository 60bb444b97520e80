"""What a real account needs and no engine asks for, of what each AWS stack deploys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gitops.records import Step
from tests.stacks.configs import STACKS
from tests.worlds import find_deployment, of_type, programs

BALANCED = [stack for stack in ("ecs_service", "sagemaker_ha") if stack in STACKS]
TASKS = [stack for stack in BALANCED if stack == "ecs_service"]
PUBLIC = ("aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway", "aws:lb/loadBalancer:LoadBalancer")


def steps(stack: str, *kinds: str) -> list[Step]:
    made = find_deployment(f"{stack}/prod")
    return [step for kind in kinds for step in of_type(made, kind)]


def measured(alarms: list[Step]) -> Iterator[str]:
    for alarm in alarms:
        queries: list[dict[str, Any]] = alarm.inputs.get("metricQueries", [])
        yield from (query["metric"]["metricName"] for query in queries if "metric" in query)


@pytest.mark.parametrize("stack", TASKS)
def test_another_capacity_does_not_replace_the_service(stack: str) -> None:
    """The provider's `capacityProviderStrategyCustomizeDiff` replaces it unless the change may bring new tasks."""
    (service,) = steps(stack, "aws:ecs/service:Service")
    assert service.inputs["forceNewDeployment"] is True
    assert service.inputs["capacityProviderStrategies"], "from none or to none it replaces even so"


@pytest.mark.parametrize("stack", BALANCED)
def test_errors_of_the_balancer_and_of_what_is_behind_it_raise_an_alarm(stack: str) -> None:
    """A balancer's 502, 503 and 504 are in HTTPCode_ELB_5XX_Count alone, a target's in HTTPCode_Target_5XX_Count."""
    watched = set(measured(steps(stack, "aws:cloudwatch/metricAlarm:MetricAlarm")))
    assert {"HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count"} <= watched


@pytest.mark.parametrize("stack", TASKS)
def test_a_task_that_does_not_answer_turns_a_deployment_back(stack: str) -> None:
    (service,) = steps(stack, "aws:ecs/service:Service")
    assert [name.rsplit("-", 1)[-1] for name in service.inputs["alarms"]["alarmNames"]] == [
        "errors",
        "unanswered",
        "latency",
    ]


@pytest.mark.parametrize("stack", BALANCED)
def test_health_checks_ask_whether_the_model_answers(stack: str) -> None:
    """Both paths run the model; `/health` only says that the process lives."""
    paths = {group.inputs["healthCheck"]["path"] for group in steps(stack, "aws:lb/targetGroup:TargetGroup")}
    assert paths <= {"/ready", "/healthz"}


@pytest.mark.parametrize("stack", [stack for stack in ("sagemaker_endpoint", "sagemaker_ha") if stack in STACKS])
def test_what_an_endpoint_goes_back_to_is_still_there(stack: str) -> None:
    """An update that fails ends on the old configuration: https://github.com/hashicorp/terraform-provider-aws/issues/46663"""
    kinds = ("aws:sagemaker/model:Model", "aws:sagemaker/endpointConfiguration:EndpointConfiguration")
    served = [resource for resource in programs(stack).resources(f"{stack}/prod") if resource["type"] in kinds]
    assert {each["type"] for each in served} == {*kinds}
    assert all(each.get("retainOnDelete") for each in served)


@pytest.mark.parametrize("stack", [stack for stack in BALANCED if stack == "sagemaker_ha"])
def test_what_is_public_waits_for_the_internet_gateway(stack: str) -> None:
    """Made before it, or alive when it is to go, they are refused in a real account."""
    public = steps(stack, *PUBLIC)
    assert len(public) > 4
    assert [each.name for each in public if not any("InternetGateway" in urn for urn in each.depends_on)] == []
