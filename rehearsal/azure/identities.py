"""Derives an Azure resource's path in Azure Resource Manager from the SDK's input names.

The SDK has the parameters of a path but not its text. The parents are the required `…Name` inputs, the resource's own
name is the optional one, and a segment is the plural of the named type. The exceptions are in `azure/types/`.
Paths: https://learn.microsoft.com/en-us/azure/templates/
"""

from __future__ import annotations

import re
from typing import Any

from rehearsal.provider_facts import type_facts
from rehearsal.sdk.package import ResourceType
from rehearsal.sdk.types import Scalar

# The order of the parents in a path. Other parents follow in alphabetical order.
_OUTER = ("scope", "workspace", "account", "server", "registry", "virtualNetwork", "vault", "namespace", "profile")


def own_name(kind: ResourceType) -> str | None:
    """Returns the input that names the resource itself; None if it has no name."""
    texts = [n for n, prop in kind.inputs.items() if prop.type == Scalar("string") and not prop.required]
    named = [n for n in texts if n.endswith("Name") and n not in kind.outputs]
    own = kind.name[0].lower() + kind.name[1:]
    if not named:
        # A version of an asset is named by its number (…/models/digits/versions/1.0.0), a role definition by its GUID.
        candidates = ["name", f"{own}Id", *(["version"] if kind.name.endswith("Version") else [])]
        return next((candidate for candidate in candidates if candidate in texts), None)
    return min(named, key=lambda n: (n != f"{own}Name", not own.lower().endswith(stem(n).lower()), n))


def parents(kind: ResourceType) -> list[str]:
    """Returns the inputs that name the resource's parents, outermost first."""
    names = [
        name
        for name, prop in kind.inputs.items()
        if prop.required and prop.type == Scalar("string") and name != "resourceGroupName"
        if (name.endswith("Name") and name not in kind.outputs) or name == "name"
    ]
    return sorted(names, key=lambda n: (_OUTER.index(stem(n)) if stem(n) in _OUTER else len(_OUTER), n))


def namespace(kind: ResourceType) -> str:
    return f"Microsoft.{type_facts.service_of(kind.token).namespace or kind.module[:1].upper() + kind.module[1:]}"


def type_path(kind: ResourceType) -> list[str]:
    """Returns the segments of the resource's type: `["workspaces", "onlineEndpoints", "deployments"]`."""
    segments = type_facts.service_of(kind.token).segments
    outer = [segments.get(stem(name), plural(_thing(kind, name))) for name in parents(kind)]
    name = kind.name[0].lower() + kind.name[1:]
    return [*outer, type_facts.of(kind.token).segment or plural(name)]


def _thing(kind: ResourceType, parent: str) -> str:
    """The type that a parameter names: `endpoint` for `endpointName`, `model` for the `name` of a ModelVersion."""
    versioned = parent == "name" and kind.name.endswith("Version")
    return kind.name.removesuffix("Version").lower() if versioned else stem(parent)


def stem(name: str) -> str:
    return re.sub(r"Name$", "", name)


def plural(name: str) -> str:
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    if name.endswith("ss"):
        return f"{name}es"
    return name if name.endswith("s") else f"{name}s"


def names_in(kind: ResourceType, identity: str) -> dict[str, Any]:
    """Returns the inputs that a path contains: the resource group, the parents' names and the resource's name."""
    segments = identity.strip("/").split("/")
    group = re.search(r"/resourcegroups/([^/]+)", identity, re.IGNORECASE)
    named_inputs = {"resourceGroupName": group.group(1)} if group and "resourceGroupName" in kind.inputs else {}
    own = own_name(kind)
    named = [*parents(kind), *([own] if own else [])]
    return {**named_inputs, **dict(zip(reversed(named), segments[::-2], strict=False))}
