"""A package without a cloud as a `Cloud`: a maker per type, a change replaces, nothing is shared between stacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.cloud import Call, CloudError, Naming, PlannedResource
from rehearsal.inventory import Entry, Inventory
from rehearsal.provider.check_failure import CheckFailure
from rehearsal.sdk.package import ResourceType

Maker = Callable[[PlannedResource], dict[str, Any]]
"""The outputs of a resource; `id`, if there, is its identity."""


@dataclass(frozen=True)
class Helper:
    """`makers` by type name (`RandomId`); `updates` are the types whose changes replace nothing."""

    makers: Mapping[str, Maker]
    functions: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    updates: bool = False

    def scope(self, kind: ResourceType, urn: str, inputs: Mapping[str, Any], config: Mapping[str, Any]) -> str:
        return urn

    def scope_of_call(self, arguments: Mapping[str, Any], config: Mapping[str, Any]) -> str:
        return ""

    def naming(self, kind: ResourceType) -> Naming | None:
        return None

    def defaults(self, kind: ResourceType, inputs: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def check(self, kind: ResourceType, inputs: dict[str, Any]) -> list[CheckFailure]:
        return []

    def replaces(self, kind: ResourceType, path: str) -> bool:
        return not self.updates

    def deletes_before_replace(self, kind: ResourceType) -> bool:
        return False

    def counters(self, kind: ResourceType, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, bool]:
        return {}

    def identity(self, planned: PlannedResource) -> str:
        return str(self._make(planned).get("id") or planned.hex(20, "id"))

    def known_outputs(self, planned: PlannedResource) -> dict[str, Any]:
        return {}

    def compute_outputs(self, planned: PlannedResource, identity: str) -> dict[str, Any]:
        return {name: value for name, value in self._make(planned).items() if name != "id"}

    def compute_nested(self, planned: PlannedResource, identity: Any) -> dict[str, Any]:
        return {}

    def default_resource(self, kind: ResourceType, scope: str, identity: str) -> Entry | None:
        return None

    def act_alone(self, inventory: Inventory, before: Entry | None, after: Entry) -> None:
        """Nothing that another resource's Read would show."""

    def inputs_from_id(self, kind: ResourceType, identity: str) -> dict[str, Any] | None:
        return None

    def invoke(self, call: Call) -> dict[str, Any]:
        function = self.functions.get(call.kind.token.rpartition(":")[2])
        if function is None:
            raise CloudError(f"the rehearsal does not know the function {call.kind.token}")
        return function(call.arguments)

    def _make(self, planned: PlannedResource) -> dict[str, Any]:
        maker = self.makers.get(planned.kind.name)
        return maker(planned) if maker else {}
