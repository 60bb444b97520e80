"""Placeholders for outputs that no table lists, made from the property's name and type and the resource's digits.

A placeholder has the declared type at any depth, is the same in every rehearsal, and looks like a cloud's value. Values
that readers or other resources rely on (ARNs, addresses, ids) are in the clouds' own tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rehearsal.sdk.types import EnumOf, ListOf, MapOf, ObjectOf, OneOf, Scalar, Type

# The time in all outputs, because no output may depend on when the rehearsal runs.
MOMENT = "2025-01-01T00:00:00Z"
_DEPTH = 4

Digits = Callable[[int, str], str]


def make_placeholder(name: str, kind: Type, digits: Digits, depth: int = 0) -> Any:
    """Returns a placeholder for property `name` of type `kind`.

    `digits(n, purpose)` returns n hexadecimal digits. Lists and maps are empty, as for a new resource.
    """
    match kind:
        case Scalar("boolean"):
            return name in ("enabled", "isEnabled")
        case Scalar("string"):
            return text(name, digits)
        case Scalar():
            return 443 if name.lower().endswith("port") else 0
        case EnumOf(_, values):
            return values[0]
        case MapOf():
            return {}
        case ListOf():
            return []
        case ObjectOf() if depth < _DEPTH:
            return {
                inner: make_placeholder(inner, prop.type, digits, depth + 1)
                for inner, prop in kind.properties.items()
                if prop.required
            }
        case OneOf(options):
            return make_placeholder(name, options[0], digits, depth)
    return {}


def text(name: str, digits: Digits) -> str:
    """Returns a text that suits the property's name: a time, an address, a state, a version, or hexadecimal digits."""
    for pattern, answer in _TEXTS:
        if re.search(pattern, name):
            return answer(name, digits)
    return ""


def uuid(digits: Digits, purpose: str) -> str:
    d = digits(32, purpose)
    return f"{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:32]}"


# The prefixes of AWS ids.
_PREFIXES = {"vpcId": "vpc", "subnetId": "subnet", "securityGroupId": "sg", "networkInterfaceId": "eni"}


# A pattern matches whole words of a camelCase name: `createdAt` is a time, but `format` and `region` are not.
_TEXTS: tuple[tuple[str, Callable[[str, Digits], str]], ...] = (
    (r"(^ip|I[pP])([vV]4)?([aA]ddress)?$", lambda name, digits: "10.0.0.10"),
    (r"(^date|Date|^time|Time|[tT]imestamp|At|On)$", lambda name, digits: MOMENT),
    (r"[pP]rovisioningState$", lambda name, digits: "Succeeded"),
    (r"(?i)(state|status)$", lambda name, digits: "ACTIVE"),
    (r"(^ownerId|[oO]wnerAccountId|owningAccountId|[aA]wsAccountId)$", lambda name, digits: "123456789012"),
    (r"^(vpcId|subnetId|securityGroupId|networkInterfaceId)$", lambda n, digits: f"{_PREFIXES[n]}-{digits(17, n)}"),
    (r"(?i)(principalId|clientId|tenantId|objectId|guid|uuid)$", lambda name, digits: uuid(digits, name)),
    (r"(?i)(etag|fingerprint|hash|sha256|md5|checksum)$", lambda name, digits: digits(32, name)),
    # Optional features that the program did not request have no ARN.
    (r"^(outpost|signing|coreNetwork|wafWebAcl|identityCenter|invitation|presharedKey)\w*Arn$", lambda n, digits: ""),
    (r"(^arn|A[rR][nN])$", lambda name, digits: f"arn:aws:rehearsal:us-east-1:123456789012:{digits(12, name)}"),
    (r"(^ur[il]|U[rR][iIlL])$", lambda name, digits: f"https://{digits(12, name)}.example.com/"),
    (
        r"(?i)(endpoint|hostname|fqdn|dnsname|domainname|address)$",
        lambda name, digits: f"{digits(12, name)}.example.com",
    ),
    (r"(^version|Version)$", lambda name, digits: "1"),
    (r"(^id|I[dD]|[iI]dentifier)$", lambda name, digits: digits(17, name)),
    (r"(?i)(key|secret|password|token)$", lambda name, digits: digits(40, name)),
)
