"""Answers to invocations: a fact of the account, a resource in the inventory, or a resource that every account has.

Missing values are added in the function's declared result type, because the SDK reads every property, and a missing or
wrongly typed one would hang the program. A function that no table knows is refused by name.
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

# Arguments that choose how to look and not what to find.
_MANNERS = frozenset({"region", "filters", "mostRecent", "withDecryption", "privateZone", "default", "expand", "state"})


def finish(call: Call, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer in the result's declared type: arguments repeated, what does not fit left out, the rest invented."""
    declared = call.kind.outputs
    if not declared:
        return dict(answer)  # a function of a single value has no result type
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
    """Hexadecimal digits derived from the call, so that the same call gets the same answer in every rehearsal."""
    seed = json.dumps([call.kind.token, call.arguments, call.scope, purpose], sort_keys=True, default=repr)
    return (hashlib.sha256(seed.encode()).hexdigest() * 4)[:count]


def resource_of(token: str) -> str:
    """The resource a lookup is about: `aws:s3/getBucket:getBucket` → `aws:s3/bucket:Bucket`; `get` and `list` go."""
    package, module, name = token.split(":")
    kind = name.removeprefix("get").removeprefix("lookup")
    folder, separator, _ = module.partition("/")
    return f"{package}:{folder}/{kind[:1].lower()}{kind[1:]}:{kind}" if separator else f"{package}:{module}:{kind}"


def find(call: Call, token: str, also: Mapping[str, str] | None = None) -> Iterator[Entry]:
    """The existing resources that match the call. `also` maps arguments to outputs of another name (`domain` →
    `domainName`)."""
    for entry in call.inventory.of_type(token):
        if entry.scope in (call.scope, "global") and _matches(call, entry, also or {}):
            yield entry


def _matches(call: Call, entry: Entry, also: Mapping[str, str]) -> bool:
    facts = {**entry.inputs, **entry.outputs, "id": entry.id}
    if call.arguments.get("default") and not facts.get("default"):
        return False  # what a program made is never the account's default, not even while it is the only one
    for name, asked in call.arguments.items():
        if name in _MANNERS or asked is None:
            continue
        recorded = facts.get(name if name in facts else also.get(name, name))
        if isinstance(asked, dict):
            if not isinstance(recorded, dict) or any(recorded.get(key) != value for key, value in asked.items()):
                return False
        elif isinstance(asked, str) and isinstance(recorded, str) and asked.rstrip(".") != recorded.rstrip("."):
            return False
    return all(passes(one, facts) for one in call.arguments.get("filters") or ())


def passes(one: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """An EC2 filter (`vpc-id`, `tag:Name`), whose values may have wildcards.

    A filter on a value that the rehearsal does not record matches everything.
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
