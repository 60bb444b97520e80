"""Private endpoints: the group ids of their connections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.tables import read_table

_GROUPS: Mapping[str, Sequence[str]] = read_table(Path(__file__).with_name("private_links.toml"))


@rule(
    "azure-native:network:PrivateEndpoint",
    source="https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource",
)
def groups_of_a_private_endpoint(it: Resource, program: Program) -> Found:
    connections = (it.blocks(name) for name in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections"))
    for path, connection in (item for listed in connections for item in listed):
        target = program.refer(it, f"{path}.privateLinkServiceId", *_GROUPS)
        offered = _GROUPS[target.type] if target else ()
        known = {group.lower() for group in offered}
        for group in (group for group in connection.list("groupIds") if target and isinstance(group, str)):
            if target and group.lower() not in known and not group.startswith("sites-"):
                called = target.type.partition(":")[2]
                message = f"PrivateEndpointInvalidGroupId: Call to {called} failed. The group id '{group}' is invalid"
                yield f"{path}.groupIds", f"{message}, expected one of {', '.join(sorted(offered))}"
