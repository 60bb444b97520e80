"""How many instances an update of a slot sends: those that autoscaling has made of it, not those it was made with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from gitops.files import write_text
from gitops.records import Operation
from tests.worlds import Life, of_type

SLOT = "azure-native:machinelearningservices:OnlineDeployment"
IMAGE = "inferenceimages.azurecr.io/azureml-serving@sha256:" + "6" * 64


def scale_out(clouds: Path, deployment: str, instances: int) -> None:
    """As Azure Monitor does: the deployment has other instances than anybody's state says."""
    files = clouds.rglob("*.json")
    (found,) = [path for path in files if json.loads(path.read_text())["id"].endswith(f"/{deployment}")]
    document = json.loads(found.read_text())
    for side in ("inputs", "outputs"):
        document[side]["sku"]["capacity"] = instances
    write_text(found, json.dumps(document))


def test_an_update_keeps_the_instances_that_autoscaling_made(rehearse: Callable[[str], Life]) -> None:
    """`ignore_changes` sends what the state knows; `refresh: always` in Pulumi.yaml lets it know."""
    life = rehearse("azureml_endpoint/dev")
    scale_out(life.sandbox.clouds, "contoso-digits-dev/deployments/green", 9)

    rolled = life.run(Operation.PREVIEW, {"rollout.standby.image": IMAGE})

    capacities = {step.name: step.inputs["sku"]["capacity"] for step in of_type(rolled, SLOT)}
    assert capacities == {"serving-blue-deployment": 3, "serving-green-deployment": 9}
