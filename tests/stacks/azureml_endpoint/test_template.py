"""The template that sends traffic says of the endpoint what the endpoint was made with: it sends it whole."""

from __future__ import annotations

import pytest

from tests.stacks.inventory import values
from tests.worlds import find_deployment


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_template_takes_nothing_away(environment: str) -> None:
    found = values(find_deployment(f"azureml_endpoint/{environment}").steps)
    made = found["azure-native:machinelearningservices:OnlineEndpoint serving-endpoint"]["properties"]
    (sent,) = found["azure-native:resources:Deployment serving-traffic-split"]["properties"]["template"]["resources"]

    assert sent["properties"] == {**made, "traffic": sent["properties"]["traffic"]}
    assert sum(sent["properties"]["traffic"].values()) == 100
    assert {"location", "kind", "identity", "tags"} <= sent.keys()
    slots = {name.split("-")[-2] for name in found if "OnlineDeployment" in name}
    assert sent["properties"]["traffic"].keys() <= slots
