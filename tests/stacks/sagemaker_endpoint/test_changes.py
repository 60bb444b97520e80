"""What a change of sagemaker_endpoint's config changes in the clouds, and above all what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gitops.records import Level, Op, Operation
from rehearsal.inventory import Inventory
from tests.worlds import Life, diffs, list_changes, of_type

DIGEST = "sha256:" + "5" * 64
NEW_MODEL = {
    "release.model_version": "1.1.0",
    "release.artefact": "s3://inference-artefacts-123456789012/digits/1.1.0/sagemaker-model.tar.gz",
    "release.artefact_digest": DIGEST,
}
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
TARGET = "aws:appautoscaling/target:Target"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"
SUBNET = "aws:ec2/subnet:Subnet"


SHADOW: dict[str, Any] = {
    **{key.removeprefix("release."): value for key, value in NEW_MODEL.items()},
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/inference-serving@sha256:" + "7" * 64,
    "instance_type": "ml.c7i.large",
    "instances": 1,
    "percent": 25,
    "environment": {"MODEL_SHA256": "55"},
}
CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"


def only(found: dict[str, Op], op: Op) -> set[str]:
    return {name.split(" ")[0] for name, kind in found.items() if kind is op}


def test_changes_touch_what_they_name(deployed: Callable[[str], Life]) -> None:
    life = deployed("sagemaker_endpoint/dev")

    model = life.run(Operation.PREVIEW, NEW_MODEL)
    assert list_changes(model) == {
        "aws:s3/objectCopy:ObjectCopy artefact-model": Op.REPLACE,
        "aws:sagemaker/model:Model served-model": Op.REPLACE,
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration served-config": Op.REPLACE,
        f"{ENDPOINT} endpoint-endpoint": Op.UPDATE,
    }
    assert set(diffs(model, ENDPOINT)) == {"endpointConfigName"}
    assert all(step.retained for step in model.steps if step.op is Op.REPLACE)  # the way back needs the former ones

    # an endpoint that is scaled refuses another type, so there is a second one, and all that names it follows
    kind = {"endpoint.instance_type": "ml.c7i.xlarge", "availability.protected": False}
    free = life.run(Operation.PREVIEW, kind)
    assert not any(step.protect for step in free.steps)
    moved = list_changes(free)
    assert moved[f"{ENDPOINT} endpoint-endpoint"] is Op.REPLACE
    assert moved[f"{TARGET} scaling-target"] is Op.REPLACE
    assert moved["aws:ssm/parameter:Parameter caller-endpoint-name"] is Op.UPDATE
    replaced = only(moved, Op.REPLACE)
    assert replaced == {
        ENDPOINT,
        TARGET,
        "aws:appautoscaling/policy:Policy",
        SCHEDULED,
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    }

    scaled = life.run(Operation.PREVIEW, {"scaling.max": 5})
    # the morning's schedule has no maximum of its own, so it must not set the old one the next day
    assert list_changes(scaled) == {f"{TARGET} scaling-target": Op.UPDATE, f"{SCHEDULED} scaling-morning": Op.UPDATE}
    assert diffs(scaled, TARGET) == {"maxCapacity": (3, 5)}
    assert diffs(scaled, SCHEDULED) == {"scalableTargetAction.maxCapacity": (3, 5)}
    assert scaled.scaling_before is not None
    assert scaled.scaling_after is not None
    assert (scaled.scaling_before["max"], scaled.scaling_after["max"]) == (3, 5)

    zone = list_changes(life.run(Operation.PREVIEW, {"availability.zones": 3}))
    assert zone[f"{SUBNET} network-private-us-east-1c"] is Op.CREATE
    assert zone[f"{ENDPOINT} endpoint-endpoint"] is Op.UPDATE
    assert only(zone, Op.REPLACE) == {
        "aws:sagemaker/model:Model",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    }


def test_a_shadow_stands_beside_what_answers(deployed: Callable[[str], Life]) -> None:
    """With a model, an artefact, a role and instances of its own: the released model stays as it is."""
    begun = deployed("sagemaker_endpoint/dev").run(Operation.PREVIEW, {"endpoint.shadow": SHADOW}, judged=True)
    assert not [finding for finding in begun.findings if finding.level is Level.MANDATORY]
    moved = list_changes(begun)
    assert moved["aws:sagemaker/model:Model served-shadow-model"] is Op.CREATE
    assert moved[f"{CONFIGURATION} served-config"] is Op.REPLACE
    assert moved[f"{ENDPOINT} endpoint-endpoint"] is Op.UPDATE
    assert {"aws:sagemaker/model:Model served-model", f"{TARGET} scaling-target"}.isdisjoint(moved)
    (config,) = [step for step in of_type(begun, CONFIGURATION) if "shadowProductionVariants" in step.inputs]
    (live,), (shadow,) = config.inputs["productionVariants"], config.inputs["shadowProductionVariants"]
    assert shadow["initialVariantWeight"] / live["initialVariantWeight"] == 0.25
    assert (shadow["initialInstanceCount"], shadow["instanceType"]) == (1, "ml.c7i.large")
    (model,) = [step for step in of_type(begun, "aws:sagemaker/model:Model") if step.name == "served-shadow-model"]
    assert model.inputs["primaryContainer"]["image"] == SHADOW["image"]
    assert model.inputs["primaryContainer"]["environment"] == {"MODEL_SHA256": "55", "MODEL_VERSION": "1.1.0"}
    (copied,) = [step for step in of_type(begun, "aws:s3/objectCopy:ObjectCopy") if step.op is Op.CREATE]
    assert copied.inputs["source"] == SHADOW["artefact"].removeprefix("s3://")


@pytest.mark.soak
def test_a_shadow_lives_and_dies(rehearse: Callable[[str], Life]) -> None:
    life, changes = rehearse("sagemaker_endpoint/dev"), {"endpoint.shadow": SHADOW}
    (config,) = [
        step for step in of_type(life.run(Operation.UPDATE, changes), CONFIGURATION) if step.op is not Op.DELETE
    ]
    (live,), (shadow,) = config.inputs["productionVariants"], config.inputs["shadowProductionVariants"]
    assert shadow["modelName"] != live["modelName"]

    assert list_changes(life.run(Operation.PREVIEW, changes)) == {}
    life.destroy()
    held = Inventory(life.sandbox.clouds).of_type(ENDPOINT)
    assert not [entry for entry in held if entry.urn.startswith("urn:pulumi:dev::")]
