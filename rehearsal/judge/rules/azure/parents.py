"""Parents and resource groups that a program names by text, so that nothing makes it wait for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.tables import read_table

_PARENTS: Mapping[str, Mapping[str, str]] = read_table(Path(__file__).with_name("parents.toml"))
_GROUP = "resourceGroupName"


@rule(
    "azure-native:*", source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found"
)
def parents_come_first(it: Resource, program: Program) -> Found:
    module = it.type.split(":")[1]
    for name, kind in {**_PARENTS["*"], **_PARENTS.get(module, {})}.items():
        given, token = it.text(name), f"azure-native:{kind}"
        for parent in program.of(token) if given and token != it.type and it.new else ():
            same = parent.text(name).lower() == given.lower() and parent.provider == it.provider
            if same and parent.new and _share_a_group(it, parent) and not program.waits_for(it, parent):
                code = (
                    "ResourceGroupNotFound: Resource group" if name == _GROUP else "ParentResourceNotFound: the parent"
                )
                yield name, f"{code} '{given}' could not be found yet: depend on {parent.name!r}"


def _share_a_group(it: Resource, parent: Resource) -> bool:
    mine, theirs = ((one.text(_GROUP).lower(), one.sources.get(_GROUP, ())) for one in (it, parent))
    return parent.type.endswith(":ResourceGroup") or mine == theirs
