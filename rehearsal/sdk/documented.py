"""Defaults that the SDK's documentation states, for properties a program leaves out.

Neither SDK has them in its types; the documentation of an argument says "Defaults to `300`." A cloud's answer is then
the documented one, known already at preview, instead of an invented one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.provider.conform import conform
from rehearsal.sdk.case import camel_case
from rehearsal.sdk.types import EnumOf, OneOf, Property, Scalar

_ARGUMENT = re.compile(r"^\s*:param [^:]*?\b(\w+): (.*(?:\n(?!\s*:param ).*)*)", re.MULTILINE)
_DEFAULT = re.compile(
    # Not a default that depends on something: "Defaults to `io1` if `iops` is given".
    r"(?:[Dd]efaults? (?:is|to|value is|value:)|[Dd]efault:)\s+[`\"']([^`\"'\n]+)[`\"'](?!\s+(?:if|when|for|unless)\b)"
)
# Words that stand for a value and are none.
_WORDS = frozenset({"null", "nil", "none", "empty", "[]", "{}", '""'})


def read_documented_defaults(documentation: str, inputs: Mapping[str, Property]) -> dict[str, Any]:
    """Top-level inputs and their documented defaults; only plain values of the declared type are believed."""
    descriptions = {camel_case(name): text for name, text in _ARGUMENT.findall(documentation)}
    believed = {}
    for name, prop in inputs.items():
        stated = _DEFAULT.search(descriptions.get(name, ""))
        if stated and stated.group(1).lower() not in _WORDS and isinstance(prop.type, Scalar | EnumOf | OneOf):
            value = conform(stated.group(1), prop.type)
            if _is_plain(value, prop.type):
                believed[name] = value
    return believed


def _is_plain(value: Any, kind: Any) -> bool:
    match kind:
        case Scalar("boolean"):
            return isinstance(value, bool)
        case Scalar("integer"):
            return isinstance(value, int) and not isinstance(value, bool)
        case Scalar("number"):
            return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) and re.fullmatch(r"[\w.:/-]+", value) is not None
