"""Helpers for answers to invocations: completing a result, and finding resources in the inventory.

The SDK reads every property of the declared result type, and a missing or wrongly typed one would hang the program. So
missing values are filled in. A function that no table lists is refused by name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from rehearsal.cloud import Call, CloudError
from rehearsal.inventory import Entry
from rehearsal.provider.check import check
from rehearsal.provider.conform import conform_all
from rehearsal.provider.placeholder import make_placeholder
from rehearsal.provider.resource_outputs import complete

Answer = Callable[[Call], dict[str, Any]]

# Arguments that control a lookup and describe no property of the resource.
_MANNERS = frozenset({"region", "filters", "mostRecent", "withDecryption", "privateZone", "default", "expand", "state"})


def finish(call: Call, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Completes an answer to the function's declared result type.

    Arguments are copied to results of the same name, wrongly typed values are dropped, and missing values become
    placeholders.
    """
    declared = call.kind.outputs
    if not declared:
        return dict(answer)  # a function that returns a single value declares no result type
    answered = {**{name: value for name, value in call.arguments.items() if name in declared}, **answer}
    fitting = {
        name: value
        for name, value in conform_all(answered, declared).items()
        if name in declared and value is not None and not _misfits(name, value, declared)
    }
    return complete(fitting, declared, lambda name, kind: make_placeholder(name, kind, lambda n, p: digits(call, n, p)))


def _misfits(name: str, value: Any, declared: Mapping[str, Any]) -> bool:
    only = {name: declared[name]}
    return any(failure.found != "nothing" for failure in check({name: value}, only))


def digits(call: Call, count: int, purpose: str = "") -> str:
    """Returns `count` hexadecimal digits derived from the call, the same in every rehearsal."""
    seed = json.dumps([call.kind.token, call.arguments, call.scope, purpose], sort_keys=True, default=repr)
    return (hashlib.sha256(seed.encode()).hexdigest() * 4)[:count]


def resource_of(token: str) -> str:
    """Returns the type token that a lookup is named after: `aws:s3/getBucket:getBucket` → `aws:s3/bucket:Bucket`."""
    package, module, name = token.split(":")
    kind = name.removeprefix("get").removeprefix("lookup")
    folder, separator, _ = module.partition("/")
    return f"{package}:{folder}/{kind[:1].lower()}{kind[1:]}:{kind}" if separator else f"{package}:{module}:{kind}"


def find(call: Call, token: str, also: Mapping[str, str] | None = None) -> Iterator[Entry]:
    """Yields the existing resources of type `token` that match the call's arguments.

    `also` maps arguments to outputs with another name (`domain` → `domainName`).
    """
    for entry in call.inventory.of_type(token):
        if entry.scope in (call.scope, "global") and _matches(call, entry, also or {}):
            yield entry


def _matches(call: Call, entry: Entry, also: Mapping[str, str]) -> bool:
    facts = {**entry.inputs, **entry.outputs, "id": entry.id}
    if call.arguments.get("default") and not facts.get("default"):
        return False  # a resource that a program created is never the account's default, even if it is the only one
    for name, asked in call.arguments.items():
        if name in _MANNERS or asked is None:
            continue
        recorded = facts.get(name if name in facts else also.get(name, name))
        if isinstance(asked, dict):
            if not isinstance(recorded, dict) or any(recorded.get(key) != value for key, value in asked.items()):
                return False
        elif isinstance(asked, str) and isinstance(recorded, str) and asked.rstrip(".") != recorded.rstrip("."):
            return False
    return all(passes(criterion, facts) for criterion in call.arguments.get("filters") or ())


def passes(one: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether a resource with the properties `facts` matches an EC2 filter (`vpc-id`, `tag:Name`).

    The filter's values may contain wildcards. A filter on a property that the rehearsal does not record always matches.
    """
    name, values = str(one.get("name", "")), [str(value) for value in one.get("values") or ()]
    if name.startswith("tag:"):
        recorded = (facts.get("tags") or {}).get(name[4:], "")
    else:
        head, *rest = name.split("-")
        recorded = facts.get(head + "".join(part.capitalize() for part in rest))
        recorded = str(recorded).lower() if isinstance(recorded, bool) else recorded
        if not isinstance(recorded, str):
            return True
    return any(fnmatchcase(recorded, value) for value in values)


def refuse_unknown(call: Call, known: Collection[str]) -> CloudError:
    near = get_close_matches(call.kind.token, sorted(known), n=1)
    hint = f" (the nearest it knows is {near[0]})" if near else ""
    return CloudError(
        f"the rehearsal clouds cannot answer {call.kind.token}{hint}; "
        "give the value as configuration, or add an answer to rehearsal"
    )
