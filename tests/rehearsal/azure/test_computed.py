"""What Azure computes about a resource."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rehearsal.azure.azure_cloud import Azure
from rehearsal.cloud import PlannedResource
from rehearsal.provider import resource_outputs
from rehearsal.sdk.package import Sdk
from rehearsal.values import UNKNOWN

SDK, CLOUD = Sdk("azure-native"), Azure()


@pytest.mark.parametrize(
    ("kind", "inputs", "output", "expected"),
    [
        ("databricks:Workspace", {}, "workspaceUrl", r"adb-\d{16}\.\d+\.azuredatabricks\.net"),
        (
            "eventgrid:Topic",
            {"topicName": "t"},
            "endpoint",
            r"https://t\.westeurope-1\.eventgrid\.azure\.net/api/events",
        ),
        ("web:WebAppSlot", {"name": "App", "slot": "Blue"}, "defaultHostName", r"app-blue\.azurewebsites\.net"),
        ("signalrservice:SignalR", {"resourceName": "s"}, "hostName", r"s\.service\.signalr\.net"),
        ("appconfiguration:ConfigurationStore", {"configStoreName": "c"}, "endpoint", r"https://c\.azconfig\.io"),
    ],
)
def test_services_of_azure_are_reached_at_their_own_domains(
    kind: str, inputs: dict[str, Any], output: str, expected: str
) -> None:
    given = {"location": "westeurope", "resourceGroupName": "rg", **inputs}
    planned = PlannedResource(SDK.resource(f"azure-native:{kind}"), "urn:x", "x", given, "sub").with_seed(0)
    assert re.fullmatch(expected, resource_outputs.apply(CLOUD, planned, CLOUD.identity(planned))[output])


def test_what_azure_lists_inside_has_its_own_path() -> None:
    subnets = [{"name": "a", "addressPrefix": "10.0.0.0/24"}, {"name": "b", "id": "/given"}]
    inputs = {"resourceGroupName": "rg", "virtualNetworkName": "v", "subnets": subnets}
    kind = SDK.resource("azure-native:network:VirtualNetwork")
    planned = PlannedResource(kind, "urn:x", "x", inputs, "sub").with_seed(0)
    found = resource_outputs.apply(CLOUD, planned, CLOUD.identity(planned))["subnets"]
    network = "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v"
    assert [subnet["id"] for subnet in found] == [f"{network}/subnets/a", "/given"]
    before = resource_outputs.preview(CLOUD, planned)["subnets"]
    assert (before[0]["id"], before[0]["name"], before[1]["id"]) == (UNKNOWN, "a", "/given")


def test_a_role_definition_without_a_name_is_named_by_a_guid() -> None:
    naming = CLOUD.naming(SDK.resource("azure-native:authorization:RoleDefinition"))

    assert naming is not None
    assert (naming.input, naming.as_uuid) == ("roleDefinitionId", True)
