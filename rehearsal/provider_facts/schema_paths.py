"""Follows a Pulumi path in a CloudFormation schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.provider_facts import property_names, registry

_ALTERNATIVES = ("allOf", "anyOf", "oneOf")


def translate(cfn_type: str, names: tuple[str, ...], renamed: Mapping[str, str]) -> tuple[str, ...]:
    """Translates a Pulumi path to CloudFormation's names, up to the first name without a counterpart.

    >>> translate('AWS::SageMaker::Model', ('vpcConfig', 'subnets'), {})
    ('VpcConfig', 'Subnets')
    """
    root = registry.schema(cfn_type)
    node, path = root, []
    for name in names:
        inside = properties(node, root)
        resource = cfn_type.rpartition("::")[2] if node is root else ""
        match = property_names.match(name, inside, resource, renamed)
        if match is None:
            break
        path.append(match.name)
        node = inside[match.name]
    return tuple(path)


def properties(node: Any, root: dict[str, Any]) -> dict[str, Any]:
    """Returns the properties of an object or of a list's items, including those of its alternatives (`anyOf` etc.).

    Read-only properties of the top level are left out. For example, a state machine has the output `Name` and the input
    `StateMachineName`.
    """
    if node is root:
        return _inputs(root)
    node = item(node, root)
    known = dict(node.get("properties", {}))
    for keyword in _ALTERNATIVES:
        for alternative in node.get(keyword, ()):
            known = {**properties(alternative, root), **known}
    return known


def item(node: Any, root: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of an item for a list's schema, else the schema itself."""
    node = registry.resolve(node, root)
    while "items" in node:
        node = registry.resolve(node["items"], root)
    return node


def _inputs(root: dict[str, Any]) -> dict[str, Any]:
    outputs = {pointer.removeprefix("/properties/") for pointer in root.get("readOnlyProperties", ())}
    return {name: node for name, node in root.get("properties", {}).items() if name not in outputs}
