"""External resources: resources that a program reads by id (`.get`) or imports and that no rehearsal created.

Such a resource is assumed to exist. Its inputs are derived from its id. For an import they are the program's inputs, so
that an import never shows a difference. From then on the resource is in the inventory, and can be updated and deleted
like every other resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.cloud import Cloud, PlannedResource
from rehearsal.inventory import Entry
from rehearsal.provider import resource_outputs as answers
from rehearsal.sdk.package import ResourceType

# Marks the inputs of an external resource in the inventory and the state. The engine ignores keys that begin with "__".
_EXTERNAL = "__external"


def describe_external(
    cloud: Cloud, kind: ResourceType, urn: str, scope: str, config: Mapping[str, Any], identity: str
) -> Entry | None:
    """Returns an inventory entry for an external resource; None for a type that cannot be external (a random value)."""
    inputs = cloud.inputs_from_id(kind, identity)
    if inputs is None:
        return None
    planned = PlannedResource(kind, urn, urn.rsplit("::", 1)[-1], inputs, scope, config).with_seed(0)
    outputs = answers.apply(cloud, planned, identity)
    return Entry(kind.token, scope, identity, urn, planned.seed, {**inputs, _EXTERNAL: True}, outputs)


def is_external(inputs: Mapping[str, Any]) -> bool:
    """Whether the inputs are those of an external resource that no program has updated."""
    return inputs.get(_EXTERNAL) is True
