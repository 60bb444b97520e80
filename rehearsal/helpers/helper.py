"""A package without a cloud as a `Cloud`. Each type has a maker, and stacks share no resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.cloud import Call, Cloud, CloudError, PlannedResource
from rehearsal.sdk.package import ResourceType

Maker = Callable[[PlannedResource], dict[str, Any]]
"""A function that returns the outputs of a resource. `id`, if present, is its identity."""


@dataclass(frozen=True)
class Helper(Cloud):
    """A package. `makers` and `functions` are by name (`RandomId`). Changes replace a resource unless `updates`."""

    makers: Mapping[str, Maker]
    functions: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    updates: bool = False

    def scope(self, kind: ResourceType, urn: str, inputs: Mapping[str, Any], config: Mapping[str, Any]) -> str:
        return urn

    def scope_of_call(self, arguments: Mapping[str, Any], config: Mapping[str, Any]) -> str:
        return ""

    def replaces(self, kind: ResourceType, path: str) -> bool:
        return not self.updates

    def identity(self, planned: PlannedResource) -> str:
        return str(self._make(planned).get("id") or planned.hex(20, "id"))

    def compute_outputs(self, planned: PlannedResource, identity: str) -> dict[str, Any]:
        return {name: value for name, value in self._make(planned).items() if name != "id"}

    def invoke(self, call: Call) -> dict[str, Any]:
        function = self.functions.get(call.kind.token.rpartition(":")[2])
        if function is None:
            raise CloudError(f"the rehearsal does not know the function {call.kind.token}")
        return function(call.arguments)

    def _make(self, planned: PlannedResource) -> dict[str, Any]:
        maker = self.makers.get(planned.kind.name)
        return maker(planned) if maker else {}
