"""Automatic names of AWS types, according to pulumi-aws 7's `provider/resources.go`.

By default, the provider sets an optional text property `name` to `<logical name>-<7 hex digits>`. Exceptions are `name`
entries in `aws/types/`. An entry holds the fields of `Naming`, where `change` is one of the functions here. It is false
if only the program can name the type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rehearsal.cloud import Naming
from rehearsal.provider_facts import type_facts
from rehearsal.sdk.package import ResourceType
from rehearsal.sdk.types import Scalar


def begin_with_alias(name: str) -> str:
    return name if name.startswith("alias/") else f"alias/{name}"


CHANGES: Mapping[str, Callable[[str], str]] = {"begin_with_alias": begin_with_alias, "lower": str.lower}


def naming(kind: ResourceType) -> Naming | None:
    """Returns the pattern of this type's automatic names; None if only the program can name it."""
    rule = type_facts.of(kind.token).name
    if isinstance(rule, Mapping):
        fields = {"input": "name", **rule}
        if "change" in rule:
            fields["change"] = CHANGES[rule["change"]]
        return Naming(**fields)
    name = kind.inputs.get("name")
    automatic = name is not None and not name.required and name.type == Scalar("string")
    return Naming("name") if automatic and rule else None
