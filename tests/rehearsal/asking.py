"""What programs ask the clouds, asked without an engine."""

from __future__ import annotations

from typing import Any

from rehearsal.aws.aws_cloud import Aws
from rehearsal.azure.azure_cloud import Azure
from rehearsal.cloud import Call
from rehearsal.inventory import Inventory
from rehearsal.provider.check import check
from rehearsal.sdk.package import Sdk

AWS, AZURE = Sdk("aws"), Sdk("azure-native")
AWS_CLOUD, AZURE_CLOUD = Aws(), Azure()


def ask(inventory: Inventory, token: str, region: str = "us-east-1", /, **arguments: Any) -> dict[str, Any]:
    """The answer, after a look at its completeness: every property of the result type is there, in its type."""
    sdk, cloud = (AWS, AWS_CLOUD) if token.startswith("aws:") else (AZURE, AZURE_CLOUD)
    call = Call(sdk.function(token), arguments, region, {}, inventory, sdk.find_resource)
    given = cloud.invoke(call)
    assert not call.kind.outputs or check(given, call.kind.outputs) == []
    assert given == cloud.invoke(call)
    return given
