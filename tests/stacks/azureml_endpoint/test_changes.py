"""What a change of azureml_endpoint's config changes: slots and traffic, never the address that callers hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gitops.records import Level, Op, Operation, RunRecord
from gitops.run import serve_clouds
from rehearsal.inventory import Entry, Inventory
from tests.stacks.configs import config
from tests.worlds import Life, diffs, list_changes, of_type

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
    "rollout.answers_within": 1,
}
HUB = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/hub/providers"
EXISTING = {
    "workspace.network_cidr": None,
    "workspace.subnet_id": f"{HUB}/Microsoft.Network/virtualNetworks/hub/subnets/links",
    "workspace.dns_zones": {
        "api": f"{HUB}/Microsoft.Network/privateDnsZones/privatelink.api.azureml.ms",
        "notebooks": f"{HUB}/Microsoft.Network/privateDnsZones/privatelink.notebooks.azure.net",
    },
    "workspace.log_workspace_id": f"{HUB}/Microsoft.OperationalInsights/workspaces/hub-logs",
}
REPLACED = (
    "network:VirtualNetwork",
    "network:Subnet",
    "privatedns:PrivateZone",
    "privatedns:VirtualNetworkLink",
    "operationalinsights:Workspace",
)
DONE = {**TO_GREEN, "rollout.traffic": {"blue": 0, "green": 100}}


def sends(record: RunRecord) -> dict[str, Any]:
    """The endpoint's properties, as the template sends them."""
    (split,) = of_type(record, SPLIT.split(" ")[0])
    properties: dict[str, Any] = split.inputs["properties"]
    return properties["template"]["resources"][0]["properties"]


def traffic(record: RunRecord) -> dict[str, int]:
    return sends(record)["traffic"]


def inventory(life: Life) -> list[Entry]:
    """The slots and the traffic of the target, as the cloud holds them."""
    kinds, mine = (SLOT, SPLIT.split(" ")[0]), f"urn:pulumi:{life.target.environment}::"
    held = Inventory(life.sandbox.clouds)
    return [entry for kind in kinds for entry in held.of_type(kind) if entry.urn.startswith(mine)]


def test_a_new_model_goes_to_the_idle_slot_and_traffic_follows(rehearse: Callable[[str], Life]) -> None:
    """Once the slot answers: where its model fails the update is red, and the shares are as they were."""
    life = rehearse("azureml_endpoint/prod")
    before = life.deployed
    assert traffic(before) == {"blue": 100, "green": 0}

    with serve_clouds(replace(life.base, providers="", fault="azure-slot-fails")) as faulty:
        refused = replace(life, base=faulty).attempt(Operation.UPDATE, CANARY)
    assert refused.error
    assert "the slot green gets no traffic, as it does not answer its request: answers 424" in refused.error.message
    held = {entry.urn.rpartition("::")[2]: entry.inputs["properties"] for entry in inventory(life)}
    endpoint = held["serving-traffic-split"]["template"]["resources"][0]
    assert endpoint["properties"]["traffic"] == {"blue": 100, "green": 0}
    assert held["serving-green-deployment"]["description"] == "model 1.1.0"

    begun = life.run(Operation.UPDATE, CANARY)
    found = list_changes(begun)
    assert found == {
        **{f"{ML}:{kind}Version assets-{kind.lower()}-1": Op.DELETE for kind in ("Model", "Code", "Environment")},
        SPLIT: Op.UPDATE,
    }
    assert traffic(begun) == {"blue": 90, "green": 10}

    done = life.run(Operation.UPDATE, DONE)
    assert list_changes(done) == {SPLIT: Op.UPDATE}
    assert traffic(done) == {"blue": 0, "green": 100}
    assert done.outputs["endpoint_url"] == before.outputs["endpoint_url"]
    assert before.outputs["endpoint_url"].endswith("/score")

    again = {**TO_GREEN, "rollout.traffic": {"blue": 100, "green": 0}, "rollout.mirror_percent": 20}
    back = life.run(Operation.UPDATE, again)
    assert list_changes(back) == {SPLIT: Op.UPDATE}
    assert traffic(back) == {"blue": 100, "green": 0}
    assert sends(back)["mirrorTraffic"] == {"green": 20}


def test_an_endpoint_is_never_sent_without_its_traffic(deployed: Callable[[str], Life]) -> None:
    """An update of the endpoint by the provider would carry no traffic, and Azure would take it away."""
    life = deployed("azureml_endpoint/dev")

    tagged = life.run(Operation.PREVIEW, {"tags.owner": "another-team"})
    found = list_changes(tagged)
    assert f"{ENDPOINT} serving-endpoint" not in found
    assert found[SPLIT] is Op.UPDATE
    assert traffic(tagged) == {"blue": 100, "green": 0}


def test_what_a_slot_is_made_of_changes_in_that_slot_alone(deployed: Callable[[str], Life]) -> None:
    """A release that rolled the slot that serves would take the way back with it."""
    life = deployed("azureml_endpoint/dev")

    image = "inferenceimages.azurecr.io/azureml-serving@sha256:" + "6" * 64
    idle = {"rollout.standby.image": image, "rollout.standby.concurrency": 1, "rollout.standby.code_digest": DIGEST}
    rolled = list_changes(life.run(Operation.PREVIEW, idle))
    assert f"{SLOT} serving-green-deployment" in rolled
    assert f"{SLOT} serving-blue-deployment" not in rolled

    moved = list_changes(life.run(Operation.PREVIEW, {"rollout.standby.instance_type": "Standard_F8s_v2"}))
    assert {name for name, op in moved.items() if op is Op.REPLACE} >= {f"{SLOT} serving-green-deployment"}
    assert f"{SLOT} serving-blue-deployment" not in moved
    assert f"{ENDPOINT} serving-endpoint" not in moved


def test_other_changes_touch_what_they_name(deployed: Callable[[str], Life]) -> None:
    life = deployed("azureml_endpoint/staging")

    scaled = life.run(Operation.PREVIEW, {"scaling.max": 5})
    settings = {f"{AUTOSCALE} scaling-{slot}": Op.UPDATE for slot in ("blue", "green")}
    alerts = {f"azure-native:monitor:MetricAlert watch-{slot}-full": Op.UPDATE for slot in ("blue", "green")}
    assert list_changes(scaled) == settings | alerts
    assert diffs(scaled, AUTOSCALE) == {f"profiles[{index}].capacity.maximum": ("6", "5") for index in range(3)}
    assert scaled.scaling_before is not None
    assert scaled.scaling_after is not None
    assert (scaled.scaling_before["max"], scaled.scaling_after["max"]) == (6, 5)

    alone = life.run(Operation.PREVIEW, {"rollout.standby": None, "rollout.traffic": {"blue": 100}})
    gone = {name for name, op in list_changes(alone).items() if op is Op.DELETE}
    assert {f"{SLOT} serving-green-deployment", f"{AUTOSCALE} scaling-green"} <= gone
    assert traffic(alone) == {"blue": 100}


def test_zones_are_those_of_what_is_stored(deployed: Callable[[str], Life]) -> None:
    life = deployed("azureml_endpoint/dev")

    zoned = life.run(Operation.PREVIEW, {"availability.zones": 3, "availability.protected": False})
    assert not any(step.protect for step in zoned.steps)
    assert zoned.outputs["zones"] == ["1", "2", "3"]
    found = list_changes(zoned)
    assert found["azure-native:storage:StorageAccount mlstore"] is not Op.SAME
    assert f"{ENDPOINT} serving-endpoint" not in found
    assert not [name for name in found if name.startswith(SLOT)]


def test_what_exists_is_used_and_not_made(deployed: Callable[[str], Life]) -> None:
    life = deployed("azureml_endpoint/dev")

    moved = life.run(Operation.PREVIEW, EXISTING, judged=True)
    assert not [finding for finding in moved.findings if finding.level is Level.MANDATORY]
    gone = {name.split(" ")[0] for name, op in list_changes(moved).items() if op is Op.DELETE}
    assert gone == {f"azure-native:{kind}" for kind in REPLACED}
    (link,) = of_type(moved, "azure-native:network:PrivateEndpoint")
    assert link.inputs["subnet"] == {"id": EXISTING["workspace.subnet_id"]}
    (names,) = of_type(moved, "azure-native:network:PrivateDnsZoneGroup")
    zones = {each["name"]: each["privateDnsZoneId"] for each in names.inputs["privateDnsZoneConfigs"]}
    assert zones == EXISTING["workspace.dns_zones"]
    (query,) = of_type(moved, "azure-native:monitor:ScheduledQueryRule")
    assert query.inputs["scopes"] == [EXISTING["workspace.log_workspace_id"]]


@pytest.mark.soak
def test_a_stack_in_an_existing_network_lives_and_dies(rehearse: Callable[[str], Life]) -> None:
    life = rehearse("azureml_endpoint/prod")
    life.run(Operation.UPDATE, EXISTING)

    assert list_changes(life.run(Operation.PREVIEW, EXISTING)) == {}
    life.destroy()
    held = Inventory(life.sandbox.clouds).of_type(ENDPOINT)
    assert not [entry for entry in held if entry.urn.startswith("urn:pulumi:prod::")]
