"""Lookups that return lists: the ids, ARNs or names of all resources of one type that this rehearsal created."""

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
    """Returns the type that a function lists, from its service's file or its plural name.

    Returns "" if only AWS creates the listed resources, and None if the function returns no list. A plural that is
    itself a resource type (`getDataLakeSettings`) does not count as a list.
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
    """Returns all lists of the result in the inventory's order. They include the default parts of every VPC."""
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
    """The value of an entry for a list. For example, `arns` and `functionArns` of a function contain its `arn`."""
    facts = {**entry.outputs, "id": entry.id}
    singular = name.removesuffix("s")
    inner = singular[len(own) :] if singular.lower().startswith(own.lower()) else singular
    return facts.get(singular, facts.get(inner[:1].lower() + inner[1:]))


def _begins(call: Call, entry: Entry) -> bool:
    """Whether the entry matches `nameRegex` and the prefixes of its name or path in the arguments."""
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
