"""`gitops deploy --rehearse --fault NAME` on a small checkout: what a faulty cloud did is never called deployed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gitops.checkout.targets import discover
from gitops.deploy import Deployment, deploy
from gitops.engine.job import Job
from gitops.engine.listen import Listener
from gitops.engine.refusals import judge
from gitops.faults import read_faults
from gitops.records import Op, Step
from gitops.run import Run

# Every kind of resource that a fault speaks of; `version` is what a release changes.
PROGRAM = """
    import pulumi, pulumi_aws as aws, pulumi_azure_native as azure
    config = pulumi.Config()
    version, kinds = config.require("version"), config.require_object("kinds")
    if "topics" in kinds:
        for name in "abcd":
            aws.sns.Topic(name, display_name=version)
    if "sagemaker" in kinds:
        variant = {"model_name": "churn", "variant_name": "all", "instance_type": "ml.m5.large",
                   "initial_instance_count": 1}
        variants = aws.sagemaker.EndpointConfiguration(version, name=version, production_variants=[variant])
        aws.sagemaker.Endpoint("endpoint", name="churn", endpoint_config_name=variants.name)
    if "ecs" in kinds:
        aws.ecs.Service("service", name="web", cluster="main", task_definition=f"web:{version}", desired_count=1)
    if "azure" in kinds:
        azure.machinelearningservices.OnlineDeployment(
            "blue", endpoint_name="churn", workspace_name="mlw", resource_group_name="rg", location="westeurope",
            sku={"name": "Default", "capacity": 1},
            properties=azure.machinelearningservices.ManagedOnlineDeploymentArgs(
                endpoint_compute_type="Managed", instance_type="Standard_F2s_v2"))
"""
Release = Callable[..., Deployment]


@pytest.fixture
def release(checkout: Callable[..., Path], run_for: Callable[..., Run]) -> Release:
    """`release(version, kinds, fault)` deploys the only target; all releases of one test go to the same clouds."""

    def make(version: str, kinds: str, fault: str = "") -> Deployment:
        root = checkout(PROGRAM, dev=f'web:version: "{version}"\nweb:kinds: [{kinds}]')
        (done,) = deploy(replace(run_for(root), fault=fault), discover(root), None, lambda _operation: lambda _: None)
        return done

    return make


@pytest.mark.soak
def test_an_update_that_the_provider_calls_a_success_and_that_was_turned_back_is_not_deployed(release: Release) -> None:
    """The program does not look for itself. Two faults end so: at an endpoint, at a service that is not waited for."""
    assert release("1", "sagemaker, ecs").fine

    turned = release("2", "sagemaker, ecs", "sagemaker-rolls-back")

    assert not turned.fine
    assert "endpointConfigName is '1', expected '2'" in turned.reason
    kept = release("3", "sagemaker, ecs", "ecs-circuit-breaker")
    assert not kept.fine
    assert "taskDefinition is 'web:2', expected 'web:3'" in kept.reason


def test_after_an_update_the_judge_is_not_asked_again_and_what_was_kept_is_found() -> None:
    """At this address nobody answers: whoever asks gets a warning."""
    urn = "urn:pulumi:dev::web::aws:sagemaker/endpoint:Endpoint::endpoint"
    state = {"urn": urn, "inputs": {"endpointConfigName": "two"}, "outputs": {"endpointConfigName": "one"}}
    job = Job.model_validate(
        {"root": "/", "stack": "web", "environment": "dev", "operation": "update", "engine": "pulumi",
         "engine_version": "3", "judge": "127.0.0.1:1"}
    )  # fmt: skip
    steps, listener = [Step(op=Op.UPDATE, urn=urn, type="t", name="endpoint")], Listener()

    error = judge(job, json.dumps({"resources": [state]}), steps, listener)

    assert error
    assert "endpointConfigName is 'one', expected 'two'" in error.message
    assert listener.diagnostics == []


CREATED = {
    "azure-deployment-crashes": ("azure", "User container has crashed"),
    "ecs-circuit-breaker": ("ecs", "tasks failed to start"),
    "fails-half-way": ("topics", "InternalFailure"),
    "quota-exceeded": ("sagemaker", "ResourceLimitExceeded"),
    "slow-endpoint": ("sagemaker", "timeout while waiting"),
    "throttled": ("topics", "Rate exceeded"),
}


def test_every_fault_is_deployed_here() -> None:
    """Or with the stacks that show it: a slot that is asked, a shift that is watched (tests/stacks/)."""
    shown = {"sagemaker-rolls-back", "azure-slot-fails", "ecs-alarm-turns-back"}
    assert {*CREATED, *shown} == set(read_faults())


@pytest.mark.soak
@pytest.mark.parametrize("fault", sorted(CREATED))
def test_what_a_fault_stops_is_not_deployed(release: Release, fault: str) -> None:
    kinds, told = CREATED[fault]

    done = release("1", kinds, fault)

    assert not done.fine
    assert told in done.reason
