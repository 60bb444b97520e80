"""What a change of azureml_endpoint's config changes: slots and traffic, never the address that callers hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gitops.records import Op, Operation, RunRecord
from tests.stacks.configs import config
from tests.worlds import Life, changed, diffs, of_type

ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint"
SLOT = "azure-native:machinelearningservices:OnlineDeployment"
ML = "azure-native:machinelearningservices"
AUTOSCALE = "azure-native:monitor:AutoscaleSetting"
SPLIT = "azure-native:resources:Deployment serving-traffic-split"
NEW = {
    "model_version": "1.1.0",
    "registered_version": 3,
    "artefact": "azureml://datastores/models/paths/digits/1.1.0/model.onnx",
}
DIGEST = "sha256:" + "5" * 64
RELEASE = config("azureml_endpoint/prod")["azureml_endpoint:release"]
BLUE = {key: value for key, value in RELEASE.items() if key != "strategy"}
TO_GREEN = {
    "release.model_version": NEW["model_version"],
    "release.registered_version": NEW["registered_version"],
    "release.artefact": NEW["artefact"],
    "release.artefact_digest": DIGEST,
    "rollout.slot": "green",
    "rollout.standby": BLUE,
}
CANARY = {
    **TO_GREEN,
    "release.strategy": "canary",
    "release.steps": {"percent": 10},
    "rollout.traffic": {"blue": 90, "green": 10},
}
DONE = {**TO_GREEN, "rollout.traffic": {"blue": 0, "green": 100}}


def traffic(record: RunRecord) -> dict[str, int]:
    """As the template sends it."""
    (split,) = of_type(record, SPLIT.split(" ")[0])
    properties: dict[str, Any] = split.inputs["properties"]
    return properties["template"]["resources"][0]["properties"]["traffic"]


def test_a_new_model_goes_to_the_idle_slot_and_traffic_follows(rehearse: Callable[[str], Life]) -> None:
    life = rehearse("azureml_endpoint/prod")
    before = life.deployed
    assert traffic(before) == {"blue": 100, "green": 0}

    begun = life.run(Operation.UPDATE, CANARY)
    found = changed(begun)
    assert found == {
        **{f"{ML}:{kind}Version assets-{kind.lower()}-3": Op.CREATE for kind in ("Model", "Code", "Environment")},
        **{f"{ML}:{kind}Version assets-{kind.lower()}-1": Op.DELETE for kind in ("Model", "Code", "Environment")},
        f"{SLOT} serving-green-deployment": Op.UPDATE,
        SPLIT: Op.UPDATE,
    }
    assert traffic(begun) == {"blue": 90, "green": 10}

    done = life.run(Operation.UPDATE, DONE)
    assert changed(done) == {SPLIT: Op.UPDATE}
    assert traffic(done) == {"blue": 0, "green": 100}
    assert done.outputs["endpoint_url"] == before.outputs["endpoint_url"]
    assert before.outputs["endpoint_url"].endswith("/score")

    back = life.run(Operation.UPDATE, {**TO_GREEN, "rollout.traffic": {"blue": 100, "green": 0}})
    assert changed(back) == {SPLIT: Op.UPDATE}
    assert traffic(back) == {"blue": 100, "green": 0}


def test_an_endpoint_is_never_sent_without_its_traffic(deployed: Callable[[str], Life]) -> None:
    """An update of the endpoint by the provider would carry no traffic, and Azure would take it away."""
    life = deployed("azureml_endpoint/dev")

    tagged = life.run(Operation.PREVIEW, {"tags.owner": "another-team"})
    found = changed(tagged)
    assert f"{ENDPOINT} serving-endpoint" not in found
    assert found[SPLIT] is Op.UPDATE
    assert traffic(tagged) == {"blue": 100, "green": 0}


def test_what_a_slot_is_made_of_changes_in_that_slot_alone(deployed: Callable[[str], Life]) -> None:
    """A release that rolled the slot that serves would take the way back with it."""
    life = deployed("azureml_endpoint/dev")

    image = "inferenceimages.azurecr.io/azureml-serving@sha256:" + "6" * 64
    idle = {"rollout.standby.image": image, "rollout.standby.concurrency": 1, "rollout.standby.code_digest": DIGEST}
    rolled = changed(life.run(Operation.PREVIEW, idle))
    assert f"{SLOT} serving-green-deployment" in rolled
    assert f"{SLOT} serving-blue-deployment" not in rolled

    moved = changed(life.run(Operation.PREVIEW, {"rollout.standby.instance_type": "Standard_F8s_v2"}))
    assert {name for name, op in moved.items() if op is Op.REPLACE} >= {f"{SLOT} serving-green-deployment"}
    assert f"{SLOT} serving-blue-deployment" not in moved
    assert f"{ENDPOINT} serving-endpoint" not in moved


def test_other_changes_touch_what_they_name(deployed: Callable[[str], Life]) -> None:
    life = deployed("azureml_endpoint/staging")

    scaled = life.run(Operation.PREVIEW, {"scaling.max": 5})
    settings = {f"{AUTOSCALE} scaling-{slot}": Op.UPDATE for slot in ("blue", "green")}
    alerts = {f"azure-native:monitor:MetricAlert watch-{slot}-full": Op.UPDATE for slot in ("blue", "green")}
    assert changed(scaled) == settings | alerts
    assert diffs(scaled, AUTOSCALE) == {f"profiles[{index}].capacity.maximum": ("6", "5") for index in range(3)}
    assert scaled.scaling_before is not None
    assert scaled.scaling_after is not None
    assert (scaled.scaling_before["max"], scaled.scaling_after["max"]) == (6, 5)

    alone = life.run(Operation.PREVIEW, {"rollout.standby": None, "rollout.traffic": {"blue": 100}})
    gone = {name for name, op in changed(alone).items() if op is Op.DELETE}
    assert {f"{SLOT} serving-green-deployment", f"{AUTOSCALE} scaling-green"} <= gone
    assert traffic(alone) == {"blue": 100}


def test_zones_are_those_of_what_is_stored(deployed: Callable[[str], Life]) -> None:
    life = deployed("azureml_endpoint/dev")

    zoned = life.run(Operation.PREVIEW, {"availability.zones": 3, "availability.protected": False})
    assert not any(step.protect for step in zoned.steps)
    assert zoned.outputs["zones"] == ["1", "2", "3"]
    found = changed(zoned)
    assert found["azure-native:storage:StorageAccount mlstore"] is not Op.SAME
    assert f"{ENDPOINT} serving-endpoint" not in found
    assert not [name for name in found if name.startswith(SLOT)]
