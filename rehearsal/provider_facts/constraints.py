r"""Checks one plain value against a JSON schema, and describes what the schema expects.

Only certain refusals count. A pattern that Python cannot read (`\p{L}`), an empty string (Terraform's "not set") and a
value of another type than the schema's all pass.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network
from typing import Any

Scalar = str | int | float

_Network = type[IPv4Network] | type[IPv6Network] | type[IPv4Interface] | type[IPv6Interface]
# A `network` must not have host bits; in an `interface` the cloud clears them.
_NETWORKS: dict[str, _Network] = {
    "ipv4-network": IPv4Network,
    "ipv6-network": IPv6Network,
    "ipv4-interface": IPv4Interface,
    "ipv6-interface": IPv6Interface,
}
_SHOWN_OPTIONS = 12


@dataclass(frozen=True)
class Broken:
    """An expectation that a value breaks. `options` holds the accepted values if the schema lists them."""

    expected: str
    options: Collection[str] = ()


def broken(value: Scalar, schema: dict[str, Any]) -> Broken | None:
    """Returns the first expectation of the schema that the value breaks; None if there is none or it is unclear."""
    if value == "" or isinstance(value, bool):
        return None
    return next(_all_broken(value, schema), None)


def broken_count(count: int, schema: dict[str, Any]) -> Broken | None:
    """Checks the number of items in a list. An empty list passes, because it is Terraform's "not set"."""
    least, most = schema.get("minItems"), schema.get("maxItems")
    if count and _outside(count, least, most):
        return Broken(f"{_range(least, most)} items")
    return None


def _all_broken(value: Scalar, schema: dict[str, Any]) -> Iterator[Broken]:
    options = schema.get("enum")
    if options is not None and not _among(_as_text(value), options):
        yield Broken(_one_of(options, schema.get("describes")), [str(option) for option in options])
    if isinstance(value, str):
        yield from _broken_text(value, schema)
    number = _number(value)
    if number is not None and _wants(schema, "integer", "number"):
        yield from _broken_number(number, schema)
    yield from _broken_alternatives(value, schema)


def _broken_text(text: str, schema: dict[str, Any]) -> Iterator[Broken]:
    least, most = schema.get("minLength"), schema.get("maxLength")
    if _outside(len(text), least, most):
        yield Broken(f"{_range(least, most)} characters")
    expression = _compile(schema.get("pattern", ""))
    if expression is not None and not expression.search(text):
        yield Broken(schema.get("describes") or f"text that matches {schema['pattern']}")
    network = _NETWORKS.get(str(schema.get("format")))
    if network is not None and not _is_network(text, network):
        yield Broken("a network in CIDR notation, like 10.0.0.0/16, with no host bits set")


def _broken_number(number: float, schema: dict[str, Any]) -> Iterator[Broken]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if _outside(number, least, most):
        yield Broken(f"a number {_range(least, most)}")
    step = schema.get("multipleOf")
    if step and not (number / step).is_integer():
        yield Broken(f"a multiple of {step}")


def _broken_alternatives(value: Scalar, schema: dict[str, Any]) -> Iterator[Broken]:
    for part in schema.get("allOf", ()):
        yield from _all_broken(value, part)
    for keyword in ("anyOf", "oneOf"):
        verdicts = [broken(value, part) for part in schema.get(keyword, ())]
        if verdicts and all(verdicts):
            yield from filter(None, verdicts)


def _outside(measure: float, least: float | None, most: float | None) -> bool:
    return (least is not None and measure < least) or (most is not None and measure > most)


def _range(least: float | None, most: float | None) -> str:
    if most is None:
        return f"at least {least}"
    if least is None or (least == 0 and most > 0):
        return f"at most {most}"
    return f"exactly {most}" if least == most else f"{least} to {most}"


def _among(text: str, options: Collection[Any]) -> bool:
    # For many enums, Terraform accepts any case and sends the API's.
    return text in options or text.lower() in {str(option).lower() for option in options}


def _as_text(value: Scalar) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _one_of(options: Collection[Any], description: str | None) -> str:
    if description or len(options) > _SHOWN_OPTIONS:
        return f"{description or 'a known value'} (one of {len(options)})"
    return "one of " + ", ".join(map(str, options))


def _number(value: Scalar) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _wants(schema: dict[str, Any], *kinds: str) -> bool:
    kind = schema.get("type", kinds[0])
    return bool(set(kinds).intersection([kind] if isinstance(kind, str) else kind))


def _is_network(text: str, network: _Network) -> bool:
    try:
        network(text)
    except ValueError:
        return False
    return "/" in text


@cache
def _compile(pattern: str) -> re.Pattern[str] | None:
    if not pattern:
        return None
    # A pattern such as `REQUIRE|OPTIONAL` is an enum, for which Terraform may use another case.
    flags = re.IGNORECASE if re.fullmatch(r"[\w|]+", pattern) else re.NOFLAG
    try:
        return re.compile(pattern, flags)
    except re.error:
        return None
