"""The truth as the real engine acts on it: what it plans for a change, and what it says to a refused value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitops.engine.install import Engine
from gitops.records import Op, RunRecord
from gitops.rehearse import rehearse

PROGRAM = """
import pulumi
import pulumi_aws as aws
import pulumi_azure_native as azure

setting = pulumi.Config().require_object("settings")

def configured(name, instance_type, tags):
    variant = {"model_name": "churn", "variant_name": "AllTraffic", "instance_type": instance_type}
    return aws.sagemaker.EndpointConfiguration(name, production_variants=[variant], tags=tags)

def deployed(name, instance_type, insights):
    azure.machinelearningservices.OnlineDeployment(
        name,
        resource_group_name="rg",
        workspace_name="mlw",
        endpoint_name="churn",
        deployment_name=name,
        properties=azure.machinelearningservices.ManagedOnlineDeploymentArgs(
            endpoint_compute_type="Managed", instance_type=instance_type, app_insights_enabled=insights
        ),
    )

config = configured("larger", setting["instance_type"], {})
configured("retagged", "ml.m5.large", {"owner": setting["owner"]})
aws.sagemaker.Endpoint("switched", name="switched", endpoint_config_name=setting["config_name"])
aws.sagemaker.Endpoint("guarded", name="guarded", endpoint_config_name="a", deployment_config=setting["guard"])
aws.cloudwatch.LogGroup("kept-longer", name="/churn", retention_in_days=setting["days"])
aws.kms.Key("key", deletion_window_in_days=setting["window"])
aws.secretsmanager.Secret("token", name=pulumi.Output.secret(setting["token"]))
deployed("resized", setting["azure_instance_type"], False)
deployed("watched", "Standard_DS3_v2", setting["insights"])
"""
BEFORE: dict[str, Any] = {
    "instance_type": "ml.m5.large",
    "owner": "ml",
    "config_name": "a",
    "guard": None,
    "days": 30,
    "window": 30,
    "token": "prod/churn",
    "azure_instance_type": "Standard_DS3_v2",
    "insights": False,
}
AFTER = {
    "instance_type": "ml.m5.xlarge",
    "owner": "research",
    "config_name": "b",
    "guard": {
        "blue_green_update_policy": {
            "traffic_routing_configuration": {"type": "ALL_AT_ONCE", "wait_interval_in_seconds": 0}
        },
        "auto_rollback_configuration": {"alarms": [{"alarm_name": "churn-5xx"}]},
    },
    "days": 60,
    "window": 7,
    "token": "prod/churn-2",
    "azure_instance_type": "Standard_F4s_v2",
    "insights": True,
}
REPLACED = {"larger", "guarded", "token", "resized"}
UPDATED = {"retagged", "switched", "kept-longer", "key", "watched"}


@pytest.fixture(scope="module")
def project(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the program, applied once; its state is beside it."""
    folder = tmp_path_factory.mktemp("truth")
    (folder / "Pulumi.yaml").write_text("name: truth\nruntime: python\n", encoding="utf-8")
    (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    assert run(folder, BEFORE, up=True).error is None
    return folder


def run(folder: Path, settings: dict[str, Any], *, up: bool = False) -> RunRecord:
    overrides = (f"settings={json.dumps(settings)}",)
    return rehearse(folder, up=up, overrides=overrides, state=folder / "state", seconds=240)


def test_a_change_is_planned_as_the_cloud_would_take_it(project: Path) -> None:
    record = run(project, AFTER)
    assert record.error is None

    assert {step.name for step in record.steps if step.op is Op.REPLACE} == REPLACED
    assert {step.name for step in record.steps if step.op is Op.UPDATE} == UPDATED


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"instance_type": "ml.m5.xxlarge"}, "productionVariants[0].instanceType: found 'ml.m5.xxlarge'"),
        ({"token": "hunter 2"}, "name: found [secret], expected 1 to 512 letters"),
    ],
)
def test_a_refused_value_is_an_error_with_its_path(project: Path, settings: dict[str, Any], told: str) -> None:
    record = run(project, BEFORE | settings)
    assert record.error
    assert told in record.error.message
    assert "hunter" not in record.model_dump_json()
