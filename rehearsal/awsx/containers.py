"""Converts a component's containers to the JSON for ECS.

The order of the keys matters, because the name of the task family contains a hash of the JSON. The real provider reads
arguments with sorted keys, replaces `name` and `portMappings` in place and appends derived keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.awsx.output_values import strip
from rehearsal.values import map_inside


def containers_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the containers by name. Raises ValueError unless exactly one of `container` and `containers` is given."""
    one, many = arguments.get("container"), arguments.get("containers")
    if (one is None) == (many is None):
        found = "both" if one is not None else "neither"
        raise ValueError(f"found {found} of container and containers, expected exactly one of them")
    if many is not None:
        return {name: many[name] for name in sorted(many, key=_script_order)}
    assert one is not None
    return {strip(one.get("name")) or "container": one}


def definition(
    name: str,
    container: Mapping[str, Any],
    log_group: Mapping[str, str] | None,
    target_port: Callable[[Any], int | None],
) -> dict[str, Any]:
    """Returns a container definition with its keys in awsx's order. `target_port` returns a target group's port."""
    ordered = sort_keys({key: value for key, value in container.items() if key != "portMappings"})
    mappings = container.get("portMappings")
    if mappings is not None:
        ordered["portMappings"] = [
            port_mapping(mapping, target_port(mapping.get("targetGroup"))) for mapping in mappings
        ]
        ordered = {key: ordered[key] for key in sorted(ordered, key=_script_order)}
    ordered["name"] = name
    if ordered.get("logConfiguration") is None and log_group is not None:
        ordered["logConfiguration"] = {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": log_group["name"],
                "awslogs-region": log_group["region"],
                "awslogs-stream-prefix": name,
            },
        }
    return ordered


def port_mapping(mapping: Mapping[str, Any], target_port: int | None) -> dict[str, Any]:
    """Returns a port mapping with its keys in awsx's order.

    A missing port is taken from the other port or from the target group.
    """
    container_port, host_port = mapping.get("containerPort"), mapping.get("hostPort")
    resolved = {
        **{key: mapping.get(key) for key in ("name", "containerPortRange", "appProtocol")},
        "containerPort": _first(container_port, host_port, target_port),
        "hostPort": _first(host_port, target_port, container_port),
        "protocol": mapping.get("protocol"),
    }
    return {key: value for key, value in resolved.items() if value is not None}


def to_json(value: Any) -> str:
    """Returns JSON as JavaScript writes it: no spaces, no Unicode escapes, and no fraction in whole numbers."""
    return json.dumps(_whole(value), separators=(",", ":"), ensure_ascii=False)


def sort_keys(value: Any) -> Any:
    """Sorts the keys of objects, at any depth, in JavaScript's order for arguments."""
    if isinstance(value, dict):
        return {key: sort_keys(value[key]) for key in sorted(value, key=_script_order)}
    return [sort_keys(item) for item in value] if isinstance(value, list) else value


def _script_order(key: str) -> tuple[bool, int, str]:
    """A sort key: array indices come first, by number, and then all other keys by their text."""
    index = key.isdecimal() and str(int(key)) == key
    return (not index, int(key) if index else 0, key)


def _first(*candidates: Any) -> Any:
    return next((candidate for candidate in candidates if candidate is not None), None)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else map_inside(value, _whole)
