"""What programs ask the clouds is refused by name when unknown, and reaches them through the engine."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import automation as auto
from pulumi_azure_native import resources, storage

from rehearsal.cloud import CloudError
from rehearsal.inventory import Inventory
from tests.rehearsal.asking import ask
from tests.rehearsal.stack import Stack


@pytest.mark.parametrize("token", ["aws:outposts/getOutpost:getOutpost", "azure-native:network:getActiveSessions"])
def test_what_is_not_known_is_refused_by_name(inventory: Inventory, token: str) -> None:
    with pytest.raises(CloudError, match=token):
        ask(inventory, token)


def test_the_engine_gets_answers_typed_and_refusals_named(stack: Stack) -> None:
    def program() -> None:
        pulumi.export("account", aws.get_caller_identity().account_id)
        pulumi.export("zones", aws.get_availability_zones(state="available").names[:2])
        group = resources.ResourceGroup("rg", location="westeurope")
        keys = storage.list_storage_account_keys_output("acc", resource_group_name=group.name)
        pulumi.export("key", keys.keys[0].key_name)

    outputs = stack.up(program).outputs
    assert (outputs["account"], outputs["zones"], outputs["key"]) == (
        "123456789012",
        ["us-east-1a", "us-east-1b"],
        "key1",
    )
    with pytest.raises(auto.CommandError, match=r"aws:kms/getPublicKey:getPublicKey"):
        stack.preview(lambda: aws.kms.get_public_key(key_id="k") and None)
