"""The template that sends traffic says of the endpoint what the endpoint was made with: it sends it whole."""

from __future__ import annotations

import pytest
import yaml

from tests.stacks.golden import golden_path


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_template_takes_nothing_away(environment: str) -> None:
    values = yaml.safe_load(golden_path(f"azureml_endpoint/{environment}").read_text(encoding="utf-8"))["values"]
    made = values["azure-native:machinelearningservices:OnlineEndpoint serving-endpoint"]["properties"]
    (sent,) = values["azure-native:resources:Deployment serving-traffic-split"]["properties"]["template"]["resources"]

    assert sent["properties"] == {**made, "traffic": sent["properties"]["traffic"]}
    assert sum(sent["properties"]["traffic"].values()) == 100
    assert {"location", "kind", "identity", "tags"} <= sent.keys()
    slots = {name.split("-")[-2] for name in values if "OnlineDeployment" in name}
    assert sent["properties"]["traffic"].keys() <= slots
