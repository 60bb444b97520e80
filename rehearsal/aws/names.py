"""Which property of an AWS type the provider names, and how; read from pulumi-aws 7's `provider/resources.go`.

The rule: an optional text property `name` is named `<logical name>-<7 hex digits>`. `name` in `aws/types/` is an
exception: the fields of `Naming`, `change` being one of the functions here; false where only the program can name it.
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
    """How this type is named, or None when only the program can name it."""
    rule = type_facts.of(kind.token).name
    if isinstance(rule, Mapping):
        fields = {"input": "name", **rule}
        if "change" in rule:
            fields["change"] = CHANGES[rule["change"]]
        return Naming(**fields)
    name = kind.inputs.get("name")
    automatic = name is not None and not name.required and name.type == Scalar("string")
    return Naming("name") if automatic and rule else None
