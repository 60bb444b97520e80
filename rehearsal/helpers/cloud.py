"""A package without a cloud as a `Cloud`: a maker per type, a change replaces, nothing is shared between stacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.cloud import Call, CloudError, Draft, Naming
from rehearsal.inventory import Entry
from rehearsal.provider.check_failure import Refusal
from rehearsal.sdk.package import ResourceType

Maker = Callable[[Draft], dict[str, Any]]
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

    def refusals(self, kind: ResourceType, inputs: dict[str, Any]) -> list[Refusal]:
        return []

    def replaces(self, kind: ResourceType, path: str) -> bool:
        return not self.updates

    def deleted_first(self, kind: ResourceType) -> bool:
        return False

    def counters(self, kind: ResourceType, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, bool]:
        return {}

    def identity(self, draft: Draft) -> str:
        return str(self._made(draft).get("id") or draft.hex(20, "id"))

    def known(self, draft: Draft) -> dict[str, Any]:
        return {}

    def computed(self, draft: Draft, identity: str) -> dict[str, Any]:
        return {name: value for name, value in self._made(draft).items() if name != "id"}

    def nested(self, draft: Draft, identity: Any) -> dict[str, Any]:
        return {}

    def innate(self, kind: ResourceType, scope: str, identity: str) -> Entry | None:
        return None

    def told_by_id(self, kind: ResourceType, identity: str) -> dict[str, Any] | None:
        return None

    def invoke(self, call: Call) -> dict[str, Any]:
        function = self.functions.get(call.kind.token.rpartition(":")[2])
        if function is None:
            raise CloudError(f"the rehearsal does not know the function {call.kind.token}")
        return function(call.arguments)

    def _made(self, draft: Draft) -> dict[str, Any]:
        maker = self.makers.get(draft.kind.name)
        return maker(draft) if maker else {}
