"""The interface through which the generic provider asks a particular cloud.

The provider does the protocol, the checks, the diffs and the inventory. A `Cloud` says where a resource lives, what it
is called, what its identity is and what the cloud answers about it. Everything a cloud decides, it decides from the
`PlannedResource` alone, so that the same input gives the same bytes.
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
    """The cloud refuses an operation; the message is what the reader sees."""


@dataclass(frozen=True)
class Naming:
    """How a type is named if the program does not name it: `<logical name><separator><hex digits>`.

    `ending`, if any, is a boolean input and what a name ends with when it is true. No digits: the logical name itself.
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
        """The input with which a program leaves the rest of the name to the cloud."""
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
    """A resource about to exist. `inputs` are checked and without secrets' wrapping; ids are unique in `scope`."""

    kind: ResourceType
    urn: str
    name: str
    inputs: Mapping[str, Any]
    scope: str
    config: Mapping[str, Any] = field(default_factory=dict)
    seed: str = ""
    generation: int = 0

    def with_seed(self, generation: int) -> PlannedResource:
        """The new resource with digits of its own, which are the same in every rehearsal of the same input.

        `generation` tells apart resources of one URN and one input that exist at the same time.
        """
        identifying = json.dumps([self.urn, generation, to_json(dict(self.inputs))], sort_keys=True)
        return replace(self, seed=hashlib.sha256(identifying.encode()).hexdigest(), generation=generation)

    def hex(self, digits: int, purpose: str = "") -> str:
        """Hexadecimal digits of the seed, other ones for each purpose; an update keeps the seed and so the digits."""
        return (hashlib.sha256(f"{self.seed}\n{purpose}".encode()).hexdigest() * 4)[:digits]


@dataclass(frozen=True)
class Call:
    """An invocation: `arguments` are plain, `scope` is the region or subscription it is asked in.

    `resource_type` describes a type by its token, for an answer about a resource; None where the SDK has none such.
    """

    kind: FunctionType
    arguments: Mapping[str, Any]
    scope: str
    config: Mapping[str, Any]
    inventory: Inventory
    resource_type: Callable[[str], ResourceType | None] = lambda token: None


class Cloud(ABC):
    """What the provider asks of a cloud. The methods with a body are defaults for clouds without that feature."""

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
        """Outputs that the cloud computes, beyond the placeholders made from names and types."""

    @abstractmethod
    def invoke(self, call: Call) -> dict[str, Any]:
        """Raises CloudError for a call it does not know or cannot answer."""

    def naming(self, kind: ResourceType) -> Naming | None:
        return None

    def defaults(self, kind: ResourceType, inputs: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs that Check adds (Azure's location and subscription)."""
        return {}

    def check(self, kind: ResourceType, inputs: dict[str, Any]) -> Sequence[CheckFailure | Refusal]:
        return ()

    def deletes_before_replace(self, kind: ResourceType) -> bool:
        """Whether a replacement of this type always deletes before it creates."""
        return False

    def counters(self, kind: ResourceType, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, bool]:
        """Outputs that count updates (a launch template's latest version), and whether they count this one."""
        return {}

    def known_outputs(self, planned: PlannedResource) -> dict[str, Any]:
        """Outputs that are known before the resource exists."""
        return {}

    def compute_nested(self, planned: PlannedResource, identity: Any) -> dict[str, Any]:
        """Outputs that the cloud adds inside objects which the program sets, such as the ids of a network's subnets.

        During a preview `identity` and all computed values are `UNKNOWN`.
        """
        return {}

    def default_resource(self, kind: ResourceType, scope: str, identity: str) -> Entry | None:
        """The inventory's entry for a resource that every account has (the default VPC), or None."""
        return None

    def refuse(self, inventory: Inventory, planned: PlannedResource) -> str:
        """Why the cloud would refuse to create or change the resource beside the existing ones; empty if it would
        not."""
        return ""

    def act_alone(self, inventory: Inventory, before: Entry | None, after: Entry) -> None:  # noqa: B027 (most do nothing)
        """Changes other resources as the cloud does by itself after a resource was created (`before` is None) or
        updated."""

    def inputs_from_id(self, kind: ResourceType, identity: str) -> dict[str, Any] | None:
        """The inputs that can be read from the id of an external resource, which no rehearsal made (its name).

        None for a type that has no external resources: nobody else can have made a random value.
        """
        return None
