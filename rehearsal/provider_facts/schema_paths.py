"""Walking a CloudFormation schema along a Pulumi path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.provider_facts import property_names, registry

_ALTERNATIVES = ("allOf", "anyOf", "oneOf")


def translate(cfn_type: str, names: tuple[str, ...], renamed: Mapping[str, str]) -> tuple[str, ...]:
    """A Pulumi path in CloudFormation's names, as far as CloudFormation has the same shape.

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
    """The properties of an object, or of a list's items, those of its alternatives included.

    At the top level without the read-only ones: a state machine's `Name` is an output, its input `StateMachineName`.
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
    """The schema of one item where the schema is a list's, else the schema itself."""
    node = registry.resolve(node, root)
    while "items" in node:
        node = registry.resolve(node["items"], root)
    return node


def _inputs(root: dict[str, Any]) -> dict[str, Any]:
    outputs = {pointer.removeprefix("/properties/") for pointer in root.get("readOnlyProperties", ())}
    return {name: node for name, node in root.get("properties", {}).items() if name not in outputs}
