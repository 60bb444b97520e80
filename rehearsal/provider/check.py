"""Checks inputs against their declared types at any depth: unknown, missing or wrongly typed properties, and enums.

The check accepts what the real providers accept: a number or boolean given as text and the reverse (the bridge converts
both), an object in place of JSON text, any asset, and every value that is not known yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from rehearsal.provider.check_failure import CheckFailure
from rehearsal.provider_facts.paths import join
from rehearsal.sdk.types import AnyValue, EnumOf, ListOf, MapOf, ObjectOf, OneOf, Property, Scalar, Type
from rehearsal.values import Archive, Asset, ResourceReference, Secret, Unknown

# Enums that the clouds extend every month. The SDK's list is out of date, so values are not checked against it.
_GROWING = re.compile(
    r"(InstanceType|NodeType|Runtime|ManagedPolicy|EngineType|EngineMode|Region|StorageType|SizeTypes|Version|Location)$"
    # azure-native 3.29 lists another API's operators (eq, gt, …) for log alerts; Azure accepts GreaterThan etc.
    # AWS also accepts the number of a protocol: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    r"|^(ConditionOperator|ProtocolType)$"
    # a data collection rule also has streams of its own, Custom-…: https://github.com/Azure/azure-cli-extensions/issues/7399
    r"|^Known\w+Streams$"
)
# Enum members that the cloud accepts and the SDK lacks. For example, `aws.ec2.Tenancy` lacks dedicated hosts.
_MORE_MEMBERS: Mapping[str, frozenset[str]] = {
    "Kind": frozenset({"containerapps", "functionapp"}),
    "IpAddressType": frozenset({"dualstack-without-public-ipv4"}),
    "LoadBalancerType": frozenset({"gateway"}),
    "PlacementStrategy": frozenset({"partition"}),
    "RecordType": frozenset({"ds", "https", "sshfp", "svcb", "tlsa"}),
    "Tenancy": frozenset({"host"}),
}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def check(inputs: Mapping[str, Any], declared: Mapping[str, Property]) -> list[CheckFailure]:
    """Returns all failures in the order of the inputs. Keys like `__…` belong to the engine and are ignored."""
    return list(_object(inputs, declared, ""))


def describe(value: Any) -> str:
    """Returns a short description of a value for an error message. It never contains a secret."""
    match value:
        case Secret():
            return "a secret"
        case Unknown():
            return "a value known after the apply"
        case dict():
            return f"an object with {', '.join(map(repr, value))}" if value else "an empty object"
        case list():
            return f"a list of {len(value)}"
        case Asset() | Archive() | ResourceReference():
            return f"a {type(value).__name__.lower()}"
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def name_of(kind: Type) -> str:
    """Returns a type's name for an error message."""
    match kind:
        case Scalar(name):
            return f"a {name}" if name != "integer" else "an integer"
        case ListOf(item):
            return f"a list ({name_of(item)} each)"
        case MapOf(item):
            return f"a map ({name_of(item)} each)"
        case EnumOf(_, values):
            return f"one of {', '.join(map(str, values))}"
        case ObjectOf():
            return f"an object with {', '.join(sorted(kind.properties))}"
        case OneOf(options):
            return " or ".join(name_of(option) for option in options)
    return "anything"


def _object(value: Mapping[str, Any], declared: Mapping[str, Property], path: str) -> Iterator[CheckFailure]:
    for key, item in value.items():
        if key.startswith("__"):
            continue
        where = f"{path}.{key}" if path else key
        if key in declared:
            yield from _value(item, declared[key].type, where)
        elif item is not None:
            nearest = get_close_matches(key, declared, n=1)
            expected = f"one of {', '.join(sorted(declared))}" if declared else "no properties"
            yield CheckFailure(where, "a property this type does not have", expected, nearest[0] if nearest else None)
    for key, prop in declared.items():
        if prop.required and value.get(key) is None:
            yield CheckFailure(f"{path}.{key}" if path else key, "nothing", name_of(prop.type))


def _value(value: Any, kind: Type, path: str) -> Iterator[CheckFailure]:
    if value is None or isinstance(value, Unknown):
        return
    if isinstance(value, Secret):
        yield from (replace(r, found="a secret", nearest=None) for r in _value(value.value, kind, path))
        return
    match kind:
        case ListOf(item) if isinstance(value, list):
            for position, element in enumerate(value):
                yield from _value(element, item, f"{path}[{position}]")
        case MapOf(item) if isinstance(value, dict):
            for key, element in value.items():
                yield from _value(element, item, join(path, key))
        case ObjectOf() if isinstance(value, dict):
            yield from _object(_reference(value, kind.properties), kind.properties, path)
        case EnumOf() | Scalar():
            yield from _scalar(value, kind, path)
        case OneOf(options):
            yield from _any_of(value, options, path)
        case AnyValue():
            pass
        case _:
            yield CheckFailure(path, describe(value), name_of(kind))


def _reference(value: dict[str, Any], declared: Mapping[str, Property]) -> dict[str, Any]:
    """Reduces an object to its `id` where the type is a mere reference, because the provider reads only the id.

    Programs often give `network.SubnetArgs(id=…)` for a firewall's subnet. That class fills in more than the id.
    """
    return {"id": value["id"]} if set(declared) == {"id"} and value.get("id") is not None else value


def _any_of(value: Any, options: tuple[Type, ...], path: str) -> Iterator[CheckFailure]:
    """Yields the failures of the best matching option. A union of an enum and text accepts the enum's members only."""
    enums = [option for option in options if isinstance(option, EnumOf)]
    if enums and isinstance(value, str):
        options = tuple(option for option in options if not isinstance(option, Scalar)) or options
    refused = [list(_value(value, option, path)) for option in options]
    yield from min(refused, key=lambda each: (len(each), -max((len(r.path) for r in each), default=0)))


def _scalar(value: Any, kind: EnumOf | Scalar, path: str) -> Iterator[CheckFailure]:
    if isinstance(kind, EnumOf):
        yield from _member(value, kind, path)
    elif not _fits(value, kind.name):
        yield CheckFailure(path, describe(value), name_of(kind))


def _fits(value: Any, name: str) -> bool:
    match name:
        case "string":
            # A policy or definition may be an object, which becomes JSON text.
            return isinstance(value, str | int | float | bool | dict | list | Asset)
        case "boolean":
            return isinstance(value, bool) or value in ("true", "false")
        case "integer":
            whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            return (whole and not isinstance(value, bool)) or (isinstance(value, str) and _is_number(value, whole=True))
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number or (isinstance(value, str) and _is_number(value))


def _is_number(text: str, *, whole: bool = False) -> bool:
    return bool(_NUMBER.fullmatch(text)) and not (whole and "." in text)


def _member(value: Any, kind: EnumOf, path: str) -> Iterator[CheckFailure]:
    """Compares enum members without regard to case: Azure ignores case, and `provider_facts` checks AWS's values.

    An empty text is "not set": Terraform's provider drops it, and Azure's modules send it (`principalType: ''`).
    """
    if value == "" or (_GROWING.search(kind.name) and isinstance(value, str)):
        return
    known = {str(member).lower() for member in kind.values} | _MORE_MEMBERS.get(kind.name, frozenset())
    if str(value).lower() not in known:
        nearest = get_close_matches(str(value), [str(member) for member in kind.values], n=1)
        yield CheckFailure(path, describe(value), name_of(kind), nearest[0] if nearest else None)
