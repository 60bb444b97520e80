"""Lookups that list: ids, ARNs or names of every resource of one type that this rehearsal made."""

from __future__ import annotations

import re
from typing import Any

from rehearsal.aws import vpc_parts
from rehearsal.cloud import Call
from rehearsal.inventory import Entry
from rehearsal.provider.answers import find, resource_of
from rehearsal.provider_facts import type_facts
from rehearsal.sdk.types import ListOf, Scalar


def kind_of(call: Call) -> str | None:
    """The type that a function lists, by its service's file or by its plural name.

    "" if only AWS creates the listed things; None if the function is not a list. A plural that is itself a resource
    (`getDataLakeSettings`) is not a list.
    """
    token = call.kind.token
    if known := type_facts.service_of(token).lookups.get(token.rpartition(":")[2], {}).get("lists"):
        return known
    plural = resource_of(token)
    if not token.endswith("s") or call.resource_type(plural):
        return None
    singulars = (re.sub(f"{ending}(:[A-Z]|$)", rf"{single}\1", plural) for ending, single in (("ies", "y"), ("s", "")))
    return next((singular for singular in singulars if singular != plural and call.resource_type(singular)), "")


def list_entries(call: Call, sought: str) -> dict[str, Any]:
    """Every list in the result, in the inventory's order, including the parts that every VPC has from the start."""
    entries = [entry for entry in find(call, sought) if _begins(call, entry)] if sought else []
    own = sought.rpartition(":")[2]
    answer: dict[str, Any] = {"id": call.scope}
    for name, prop in call.kind.outputs.items():
        if prop.type == ListOf(Scalar("string")) and name not in call.arguments:
            values = [_value_of(name, own, entry) for entry in entries]
            answer[name] = [value for value in values if isinstance(value, str)]
    if "ids" in answer:
        answer["ids"] += vpc_parts.find_default_ids(call, sought, answer["ids"])
    return answer


def _value_of(name: str, own: str, entry: Entry) -> Any:
    """`arns` and `functionArns` of a function are its `arn`."""
    facts = {**entry.outputs, "id": entry.id}
    singular = name.removesuffix("s")
    inner = singular[len(own) :] if singular.lower().startswith(own.lower()) else singular
    return facts.get(singular, facts.get(inner[:1].lower() + inner[1:]))


def _begins(call: Call, entry: Entry) -> bool:
    """Whether the name matches the arguments: `nameRegex`, and prefixes of the name or of the path."""
    name = str(entry.outputs.get("name") or entry.outputs.get("bucket") or "")
    for argument, wanted in call.arguments.items():
        if not isinstance(wanted, str):
            continue
        if argument == "nameRegex" and not re.search(wanted, name):
            return False
        if argument.lower().endswith("prefix"):
            text = str(entry.outputs.get("path") or "/") if argument == "pathPrefix" else name
            if not text.startswith(wanted):
                return False
    return True
