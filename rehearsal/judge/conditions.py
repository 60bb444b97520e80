"""Conditions on a resource's properties, written as text in `rehearsal/{aws,azure}/types/*.toml`.

docs/teach-a-type.md#relations explains each form of a condition.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rehearsal.judge.program import Program, Resource, as_number
from rehearsal.values import UNKNOWN

_TEXT = re.compile(
    r"(?P<sign>[!#]?)(?P<path>[/\w.*<>:@\[\]-]+?)(?P<absent>\??)(?: (?P<op><=|>=|!=|in|[=<>~]) (?P<value>.+))?"
)
_INSIDE = re.compile(r"\$\{([^}]+)\}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DURATION = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_WORDS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "~": "text that matches"}


@dataclass(frozen=True)
class Place:
    """An object inside a resource to which a relation applies.

    `path` is the object's path in `resource`, and `it` is the object. `program` is None if only the resource is known.
    """

    path: str
    it: Resource
    resource: Resource
    program: Program | None = None

    def get(self, path: str, off: bool | None = None) -> Any:
        """Returns the value at a condition's path.

        Returns `UNKNOWN` for a value that is not known yet, None for a missing one, and `off` for `false`.
        """
        here, _, there = path.partition("->")
        if here.startswith("@"):
            return _find_fact(self.resource, here) or off
        if not there:
            inputs, inside = (self.resource.inputs, here[1:]) if here.startswith("/") else (self.it.inputs, here)
            return find(inputs, inside, off)
        there, _, back = (there, "", "") if "->" in there else there.partition("<-")
        kind, _, inside = there.partition(".")
        package = self.resource.type.partition(":")[0]
        full = here[1:] if here.startswith("/") else f"{self.path}.{here}".lstrip(".")
        types = _with_older_name(f"{package}:{kind}")
        other = self.program.refer(self.resource, full, *types) if self.program else None
        if other is None or self.program is None:
            return UNKNOWN
        if back:
            kind, _, theirs = back.partition(".")
            theirs, _, inside = theirs.rstrip("]").partition("[")
            referring = list(self.program.referring(other, theirs, *_with_older_name(f"{package}:{kind}")))
            return (find([one.inputs for one in referring], inside) if inside else referring) or None
        return Place("", other, other, self.program).get(inside, off) if inside else other


@dataclass(frozen=True)
class Condition:
    """One condition. Its members raise ValueError if the text is not a condition."""

    text: str

    @cached_property
    def _parts(self) -> Mapping[str, str]:
        match = _TEXT.fullmatch(self.text)
        if match is None:
            raise ValueError(f"found {self.text!r}, expected a condition like 'path', '!path' or 'path = a|b'")
        return match.groupdict(default="")

    @property
    def path(self) -> str:
        return self._parts["path"]

    @property
    def follows(self) -> bool:
        return any(word in text for text in (self.path, self._parts["value"]) for word in ("->", "@new", "@region"))

    def holds(self, place: Place) -> bool | None:
        """Whether the condition holds; None if the answer is not known yet."""
        off = False if self._parts["value"] == "false" else None
        value, sign, op = place.get(self.path, off), self._parts["sign"], self._parts["op"]
        if not op:
            # An unknown value counts as present, but a value inside an unknown object or reference may be missing.
            hidden = value in (UNKNOWN, [UNKNOWN]) and _has_unknown(place.get(self._above))
            return None if hidden else (value is not None) is not (sign == "!")
        if value is None and sign != "#":
            return op == "!=" or bool(self._parts["absent"])
        return _compares(len(value or ()) if sign == "#" and value is not UNKNOWN else value, op, self._wanted(place))

    def describe(self, place: Place) -> str:
        """Returns the text "found …, expected …" for the value at the path."""
        value, op = place.get(self.path), self._parts["op"]
        count = self._parts["sign"] == "#"
        found = "nothing" if value is None else f"{len(value)} items" if count else quote(value)
        if not op:
            wanted = "nothing" if self._parts["sign"] == "!" else "a value"
        else:
            values = " or ".join(map(str, self._wanted(place))) or "nothing"
            wanted = f"anything but {values}" if op == "!=" else f"{_WORDS.get(op, '')} {values}".strip()
        return f"found {found}, expected {wanted}"

    @cached_property
    def _above(self) -> str:
        """The path of the enclosing object: `a.b` for `a.b.c`, the reference itself for a reference, else empty."""
        before, arrow, inside = self.path.rpartition("->")
        upper, dot, _ = inside.rpartition(".")
        return f"{before}{arrow}{upper}" if dot else self.path if arrow else ""

    def _wanted(self, place: Place) -> list[Any]:
        text = self._parts["value"]
        if self._parts["op"] == "~":
            known = all(isinstance(place.get(path), str | int) for path in _INSIDE.findall(text))
            return [_INSIDE.sub(lambda found: re.escape(str(place.get(found[1]))), text) if known else UNKNOWN]
        values = [place.get(part[1:]) if part.startswith("$") else part for part in text.split("|")]
        return [
            item for value in values for item in (value if isinstance(value, list) else [value]) if item is not None
        ]


def find(value: Any, path: str, off: bool | None = None) -> Any:
    """Returns the value at a path, or a list of values if the path leads through lists.

    Returns None for a missing or empty value, and `off` for `false`, which Terraform treats as not set.
    """
    for name in path.split("."):
        value = read_json(value) if isinstance(value, str) else value
        if name == "*":
            value = list(value.values()) if isinstance(value, Mapping) else value
        elif isinstance(value, list):
            inside = [find(item, name, off) for item in value]
            value = [item for one in inside for item in (one if isinstance(one, list) else [one]) if item is not None]
        elif value is not UNKNOWN:
            value = value.get(name) if isinstance(value, Mapping) else None
    return off if value is False else None if value in ("", [], {}) else value


def read_json(text: str) -> Any:
    """Returns the value of a JSON text; None if the text is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _with_older_name(token: str) -> tuple[str, ...]:
    """A type, and its former name if it has one: `aws:alb/listener:Listener`, `aws:s3/bucketV2:BucketV2`."""
    older = re.sub(r"^aws:s3/(\w+):(\w+)$", r"aws:s3/\1V2:\2V2", token.replace(":lb/", ":alb/"))
    return (token,) if older == token else (token, older)


def _has_unknown(value: Any) -> bool:
    return value is UNKNOWN or (isinstance(value, list) and UNKNOWN in value)


def _find_fact(resource: Resource, word: str) -> Any:
    if word == "@new":
        return resource.new or None
    return (resource.region if word == "@region" else resource.text("location").replace(" ", "").lower()) or UNKNOWN


def _compares(value: Any, op: str, wanted: list[Any]) -> bool | None:
    if isinstance(value, list):
        every, op = op in ("in", "!=", "~"), "=" if op == "in" else op
        results = [_compares(item, op, wanted) for item in value]
        sure = not every
        return sure if sure in results else None if None in results else not sure
    several = (value, *wanted)
    if not all(isinstance(item, str | int | float) for item in several):
        return None
    if op == "~":
        return re.search(wanted[0], str(value)) is not None
    if op in ("=", "in", "!="):
        return any(_same(value, one) for one in wanted) is (op != "!=")
    numbers = [number for number in map(_measure, several) if number is not None]
    if wanted and len(numbers) == len(several):
        return all(_COMPARISONS[op](numbers[0], other) for other in numbers[1:])
    times = wanted and all(_TIME.fullmatch(str(item)) for item in several)
    return all(_COMPARISONS[op](value, other) for other in wanted) if times else None


def _measure(value: Any) -> float | None:
    """The value as a number, or the seconds of an ISO 8601 duration; None if it is neither."""
    match = _DURATION.fullmatch(str(value))
    if match is None:
        return as_number(value)
    return sum(float(part or 0) * unit for part, unit in zip(match.groups(), (86_400, 3600, 60, 1), strict=True))


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool):
        return str(value).lower() == str(wanted)
    number = as_number(value)
    return str(value) == str(wanted) or (number is not None and number == as_number(wanted))


def quote(value: Any) -> str:
    if isinstance(value, Resource):
        return repr(value.name)
    if isinstance(value, list) and any(isinstance(item, Resource) for item in value):
        return ", ".join(map(quote, value))
    text = repr(value)
    return "a value" if value is UNKNOWN or isinstance(value, Mapping) else text if len(text) < 80 else f"{text[:60]}…"
