"""What programs ask Azure: typed completely, the same each time."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.inventory import Entry, Inventory
from tests.rehearsal.asking import ask


def test_keys_of_azure_are_given_and_differ(inventory: Inventory) -> None:
    names = {"resourceGroupName": "rg", "accountName": "a"}
    keys = ask(inventory, "azure-native:storage:listStorageAccountKeys", **names)["keys"]
    assert [key["keyName"] for key in keys] == ["key1", "key2"]
    assert keys[0]["value"] != keys[1]["value"]
    endpoint = {"resourceGroupName": "rg", "workspaceName": "w", "endpointName": "e"}
    given = ask(inventory, "azure-native:machinelearningservices:listOnlineEndpointKeys", **endpoint)
    assert given["primaryKey"] != given["secondaryKey"]


def test_azure_assumes_a_resource_group_and_finds_a_made_one(inventory: Inventory) -> None:
    token = "azure-native:resources:getResourceGroup"
    assert ask(inventory, token, "sub", resourceGroupName="rg")["id"] == "/subscriptions/sub/resourceGroups/rg"
    made = {"name": "rg", "location": "northeurope"}
    kind = "azure-native:resources:ResourceGroup"
    inventory.create(Entry(kind, "sub", "/made", "urn:g", "", {"resourceGroupName": "rg"}, made))
    assert ask(inventory, token, "sub", resourceGroupName="rg")["location"] == "northeurope"


@pytest.mark.parametrize(
    ("token", "names", "path"),
    [
        ("network:getSubnet", {"virtualNetworkName": "v", "subnetName": "s"}, "virtualNetworks/v/subnets/s"),
        ("network:getPublicIPAddress", {"publicIpAddressName": "ip"}, "publicIPAddresses/ip"),
        ("sql:getDatabase", {"serverName": "s", "databaseName": "d"}, "servers/s/databases/d"),
        ("web:getWebApp", {"name": "w"}, "sites/w"),
    ],
)
def test_what_others_made_on_azure_has_its_path(
    inventory: Inventory, token: str, names: dict[str, Any], path: str
) -> None:
    given = ask(inventory, f"azure-native:{token}", "sub", resourceGroupName="rg", **names)
    assert given["id"].endswith(f"/{path}")
    assert given["id"].startswith("/subscriptions/sub/resourceGroups/rg/providers/Microsoft.")
    assert given["name"] == path.rpartition("/")[2]


def test_what_others_made_on_azure_has_addresses(inventory: Inventory) -> None:
    registry = ask(inventory, "azure-native:containerregistry:getRegistry", resourceGroupName="rg", registryName="Acr")
    vault = ask(inventory, "azure-native:keyvault:getVault", resourceGroupName="rg", vaultName="v")
    account = ask(inventory, "azure-native:storage:getStorageAccount", resourceGroupName="rg", accountName="a")
    assert registry["loginServer"] == "acr.azurecr.io"
    assert vault["properties"]["vaultUri"] == "https://v.vault.azure.net/"
    assert account["primaryEndpoints"]["blob"] == "https://a.blob.core.windows.net/"


@pytest.mark.parametrize(
    ("token", "arguments", "expected"),
    [
        ("dbforpostgresql:getPrivateDnsZoneSuffix", {}, {"value": "private.postgres.database.azure.com"}),
        (
            "dbformysql:getGetPrivateDnsZoneSuffixExecute",
            {},
            {"privateDnsZoneSuffix": "private.mysql.database.azure.com"},
        ),
        ("quantum:getWorkspace", {"resourceGroupName": "rg", "workspaceName": "q"}, {"name": "q"}),
        ("machinelearningservices:listComputeNodes", {"computeName": "c"}, {"nodes": []}),
    ],
)
def test_azure_answers_what_anybody_could_ask(
    inventory: Inventory, token: str, arguments: dict[str, Any], expected: dict[str, Any]
) -> None:
    given = ask(inventory, f"azure-native:{token}", "sub", **arguments)
    assert {name: given[name] for name in expected} == expected


def test_addresses_to_call_back_are_urls(inventory: Inventory) -> None:
    workflow = {"resourceGroupName": "rg", "workflowName": "w"}
    assert ask(inventory, "azure-native:logic:listWorkflowCallbackUrl", **workflow)["value"].startswith("https://prod-")
    topic = {"resourceGroupName": "rg", "topicName": "t", "eventSubscriptionName": "s"}
    given = ask(inventory, "azure-native:eventgrid:getTopicEventSubscriptionFullUrl", **topic)
    assert given["endpointUrl"].startswith("https://")


def test_only_what_is_secret_beside_a_token_looks_so(inventory: Inventory) -> None:
    asked = {"resourceGroupName": "rg", "containerAppName": "a"}
    given = ask(inventory, "azure-native:app:getContainerAppAuthToken", **asked)
    assert (given["expires"], len(given["token"])) == ("", 88)
