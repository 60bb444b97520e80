"""Outputs that Azure adds to parts listed in a resource, such as a network's subnets or a load balancer's pools.

Each part is a resource itself. Its id consists of the containing resource's id, the list's name and the part's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.sdk.types import ListOf, ObjectOf, Property
from rehearsal.values import UNKNOWN


def children(given: Mapping[str, Any], declared: Mapping[str, Property], identity: Any) -> dict[str, Any]:
    """Returns, for each list of named parts that the program sets, the outputs that Azure adds to each part.

    `identity` is the id of the resource that contains the lists, or `UNKNOWN`.
    """
    completed = {}
    for name, prop in declared.items():
        parts = given.get(name)
        if isinstance(prop.type, ListOf) and isinstance(prop.type.item, ObjectOf) and isinstance(parts, list):
            inner = prop.type.item.properties
            if "id" in inner and "name" in inner:
                completed[name] = [
                    _add_identity(part, position, inner, name, identity) for position, part in enumerate(parts)
                ]
    return completed


def _add_identity(
    part: Any, position: int, declared: Mapping[str, Property], name: str, identity: Any
) -> dict[str, Any]:
    if not isinstance(part, Mapping):
        return {}
    own = part.get("name")
    known = identity is not UNKNOWN and isinstance(own, str)
    added: dict[str, Any] = {} if part.get("id") else {"id": f"{identity}/{name}/{own}" if known else UNKNOWN}
    if "privateIPAddress" in declared and not part.get("privateIPAddress"):
        # Azure reserves the first four addresses of a subnet.
        added["privateIPAddress"] = f"10.0.0.{position + 4}" if known else UNKNOWN
    return added
