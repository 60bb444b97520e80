"""The interface between the generic provider and a particular cloud.

The provider handles the protocol, the checks, the diffs and the inventory. A `Cloud` decides a resource's scope, name,
identity and outputs. These decisions depend on the `PlannedResource` alone, so that the same input always gives the
same bytes.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rehearsal.inventory import Entry, Inventory
from rehearsal.judge.refusal import Refusal
from rehearsal.provider.check_failure import CheckFailure
from rehearsal.sdk.package import FunctionType, ResourceType
from rehearsal.values import to_json


class CloudError(Exception):
    """The cloud refuses an operation. The user sees the message."""


@dataclass(frozen=True)
class Naming:
    """The pattern of automatic names for a type: `<logical name><separator><hex digits>`.

    With zero `digits`, the name is the logical name. `ending` is empty, or holds a boolean input and the suffix of the
    name if that input is true.
    """

    input: str
    digits: int = 7
    separator: str = "-"
    longest: int = 255
    change: Callable[[str], str] = str
    ending: Sequence[str] = ()
    as_uuid: bool = False

    @property
    def prefix(self) -> str:
        """The input that sets a prefix, for which the cloud generates the rest of the name."""
        return f"{self.input}Prefix"

    def make(self, stem: str, digits: str, inputs: Mapping[str, Any]) -> str:
        if self.as_uuid:
            return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"
        ending = self.ending[1] if self.ending and inputs.get(self.ending[0]) is True else ""
        return self.change(f"{stem}{digits[: self.digits]}") + ending

    def stem(self, logical: str) -> str:
        if self.as_uuid:
            return ""
        return f"{logical}{self.separator}" if self.digits else logical


@dataclass(frozen=True)
class PlannedResource:
    """A resource to be created or updated. `inputs` are checked, with secrets unwrapped. Ids are unique in `scope`."""

    kind: ResourceType
    urn: str
    name: str
    inputs: Mapping[str, Any]
    scope: str
    config: Mapping[str, Any] = field(default_factory=dict)
    seed: str = ""
    generation: int = 0

    def with_seed(self, generation: int) -> PlannedResource:
        """Returns the resource with a seed for its digits, the same in every rehearsal of the same input.

        `generation` distinguishes resources with the same URN and inputs that exist at the same time.
        """
        identifying = json.dumps([self.urn, generation, to_json(dict(self.inputs))], sort_keys=True)
        return replace(self, seed=hashlib.sha256(identifying.encode()).hexdigest(), generation=generation)

    def hex(self, digits: int, purpose: str = "") -> str:
        """Returns hexadecimal digits of the seed, which differ by `purpose`. An update keeps the seed."""
        return (hashlib.sha256(f"{self.seed}\n{purpose}".encode()).hexdigest() * 4)[:digits]


@dataclass(frozen=True)
class Call:
    """A function call. `arguments` are plain values, and `scope` is the region or subscription of the call.

    `resource_type` returns the SDK's description of a type token, or None if the SDK does not have the type.
    """

    kind: FunctionType
    arguments: Mapping[str, Any]
    scope: str
    config: Mapping[str, Any]
    inventory: Inventory
    resource_type: Callable[[str], ResourceType | None] = lambda token: None


class Cloud(ABC):
    """A cloud behind the generic provider. Methods with a body are defaults for clouds without that feature."""

    @abstractmethod
    def scope(self, kind: ResourceType, urn: str, inputs: Mapping[str, Any], config: Mapping[str, Any]) -> str: ...

    @abstractmethod
    def scope_of_call(self, arguments: Mapping[str, Any], config: Mapping[str, Any]) -> str: ...

    @abstractmethod
    def replaces(self, kind: ResourceType, path: str) -> bool: ...

    @abstractmethod
    def identity(self, planned: PlannedResource) -> str: ...

    @abstractmethod
    def compute_outputs(self, planned: PlannedResource, identity: str) -> dict[str, Any]:
        """Returns the outputs that the cloud computes. Placeholders fill in the rest."""

    @abstractmethod
    def invoke(self, call: Call) -> dict[str, Any]:
        """Returns the function's result. Raises CloudError for a call that it does not know or cannot answer."""

    def naming(self, kind: ResourceType) -> Naming | None:
        return None

    def defaults(self, kind: ResourceType, inputs: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
        """Returns inputs that Check adds (Azure's location and subscription)."""
        return {}

    def check(self, kind: ResourceType, inputs: dict[str, Any]) -> Sequence[CheckFailure | Refusal]:
        return ()

    def deletes_before_replace(self, kind: ResourceType) -> bool:
        """Whether a replacement of this type always deletes before it creates."""
        return False

    def counters(self, kind: ResourceType, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, bool]:
        """Maps outputs that count updates (a launch template's latest version) to whether they count this update."""
        return {}

    def known_outputs(self, planned: PlannedResource) -> dict[str, Any]:
        """Returns the outputs that are known before the resource exists."""
        return {}

    def compute_nested(self, planned: PlannedResource, identity: Any) -> dict[str, Any]:
        """Returns outputs that the cloud adds inside objects of the program, such as the ids of a network's subnets.

        During a preview `identity` and all computed values are `UNKNOWN`.
        """
        return {}

    def default_resource(self, kind: ResourceType, scope: str, identity: str) -> Entry | None:
        """Returns an inventory entry for a resource that every account has (the default VPC), or None."""
        return None

    def refuse(self, inventory: Inventory, planned: PlannedResource) -> str:
        """Returns the cloud's reason to refuse the creation or update in view of the existing resources, or ""."""
        return ""

    def act_alone(self, inventory: Inventory, before: Entry | None, after: Entry) -> None:  # noqa: B027 (most do nothing)
        """Changes other resources, as the cloud does by itself after a creation (`before` is None) or an update."""

    def inputs_from_id(self, kind: ResourceType, identity: str) -> dict[str, Any] | None:
        """Returns the inputs that the id of an external resource contains, such as its name.

        Returns None for a type without external resources, such as a random value, which only a program can create.
        """
        return None
