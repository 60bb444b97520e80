"""Reads defaults of inputs from the SDK's documentation.

The types of the SDKs do not state defaults, but the documentation of an argument says "Defaults to `300`." If a program
leaves the input out, the output then has the documented value, already at preview, instead of a placeholder.
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
    # A conditional default is not matched: "Defaults to `io1` if `iops` is given".
    r"(?:[Dd]efaults? (?:is|to|value is|value:)|[Dd]efault:)\s+[`\"']([^`\"'\n]+)[`\"'](?!\s+(?:if|when|for|unless)\b)"
)
# Words that mean "no value".
_WORDS = frozenset({"null", "nil", "none", "empty", "[]", "{}", '""'})


def read_descriptions(documentation: str) -> dict[str, str]:
    """Maps inputs to their descriptions in the docstring of a class."""
    return {camel_case(name): text for name, text in _ARGUMENT.findall(documentation)}


def read_documented_defaults(documentation: str, inputs: Mapping[str, Property]) -> dict[str, Any]:
    """Maps top-level inputs to their documented defaults. Only plain values of the declared type are returned."""
    descriptions = read_descriptions(documentation)
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
