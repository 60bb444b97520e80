"""Requests that a caller gets wrong: what is sent, which status it must get and which field the answer must name."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from serving.contract import MAX_BODY_BYTES
from serving.description import DESCRIBED, FLOAT32, Input

JSON = "application/json"
GOOD: Any = DESCRIBED.canary.instance
"""An instance of whatever model this fork describes: what is bad about the others is one thing each."""
MOST = DESCRIBED.most_instances
Where = tuple[str | int, ...]


def leaves(value: Any, where: Where = ()) -> Iterator[Where]:
    """Where the numbers of an instance are."""
    if isinstance(value, (list, dict)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*where, key))
    else:
        yield where


LEAVES = list(leaves(GOOD))
FIRST, MIDDLE, LAST = LEAVES[0], LEAVES[len(LEAVES) // 2], LEAVES[-1]


def field_of(where: Where) -> str:
    return "instances[0]" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)


def input_at(where: Where) -> Input:
    single = len(DESCRIBED.inputs) == 1
    return next(tensor for tensor in DESCRIBED.inputs if single or tensor.name == where[0])


@dataclass(frozen=True)
class BadInput:
    name: str
    body: bytes
    field: str
    status: int = 400
    content_type: str | None = JSON


def _document(document: Any) -> bytes:
    return json.dumps(document).encode()


def _with_value(text: str, where: Where = MIDDLE) -> bytes:
    """A request whose first instance has the raw JSON `text` in the place of one number."""
    marker, instance = "@", copy.deepcopy(GOOD)
    if not where:
        instance = marker
    else:
        place = instance
        for part in where[:-1]:
            place = place[part]
        place[where[-1]] = marker
    return json.dumps({"instances": [instance]}).replace(f'"{marker}"', text).encode()


def _bad_value(name: str, text: str, where: Where = MIDDLE) -> BadInput:
    return BadInput(name, _with_value(text, where), field_of(where))


_GOOD = _document({"instances": [GOOD]})

_NOT_JSON = [
    BadInput("empty body", b"", "body"),
    BadInput("spaces only", b"   \n", "body"),
    BadInput("plain text", b"hello", "body"),
    BadInput("form", b"instances=1&x=2", "body"),
    BadInput("html", b"<html></html>", "body"),
    BadInput("cut short", _GOOD[:-3], "body"),
    BadInput("trailing comma", b'{"instances":[[1,]]}', "body"),
    BadInput("trailing text", _GOOD + b"x", "body"),
    BadInput("two documents", _GOOD + _GOOD, "body"),
    BadInput("single quotes", b"{'instances':[]}", "body"),
    BadInput("unquoted key", b"{instances:[]}", "body"),
    BadInput("comment", b'{"instances":[] /* none */}', "body"),
    BadInput("byte order mark", b"\xef\xbb\xbf" + _GOOD, "body"),
    BadInput("utf-16", _GOOD.decode().encode("utf-16"), "body"),
    BadInput("latin-1", '{"instancés":[]}'.encode("latin-1"), "body"),
    BadInput("invalid utf-8", b'{"instances":"\xff\xfe"}', "body"),
    BadInput("overlong utf-8", b'{"instances":"\xc0\xaf"}', "body"),
    BadInput("null bytes", b"\x00" * 64, "body"),
    BadInput("gzip", gzip.compress(_GOOD), "body"),
    BadInput("pickle", b"\x80\x04\x95\x0b\x00\x00\x00", "body"),
    BadInput("control character in text", b'{"instances":"\x01"}', "body"),
    BadInput("bad escape", b'{"instances":"\\x"}', "body"),
    BadInput("number with leading zero", _with_value("007"), "body"),
    BadInput("number with plus", _with_value("+1"), "body"),
    BadInput("hexadecimal number", _with_value("0x10"), "body"),
    BadInput("number without digits after the point", _with_value("1."), "body"),
]

_WRONG_SHAPE = [
    BadInput("null", b"null", "body"),
    BadInput("true", b"true", "body"),
    BadInput("number", b"5", "body"),
    BadInput("text", b'"instances"', "body"),
    BadInput("list", _document([GOOD]), "body"),
    BadInput("no field", b"{}", "instances"),
    BadInput("other field", _document({"inputs": [GOOD]}), '"inputs"'),
    BadInput("extra field", _document({"instances": [GOOD], "model": "x"}), '"model"'),
    BadInput("field in capitals", _document({"Instances": [GOOD]}), '"Instances"'),
    BadInput("empty field name", _document({"": 1}), '""'),
    BadInput("field given twice", b'{"instances":[],"instances":[]}', '"instances"'),
    BadInput("instances null", _document({"instances": None}), "instances"),
    BadInput("instances true", _document({"instances": True}), "instances"),
    BadInput("instances number", _document({"instances": 1}), "instances"),
    BadInput("instances text", _document({"instances": "0,0"}), "instances"),
    BadInput("instances object", _document({"instances": {"0": GOOD}}), "instances"),
    BadInput("no instances", _document({"instances": []}), "instances"),
    BadInput("too many instances", _document({"instances": [0] * (MOST + 1)}), "instances"),
    BadInput("row is null", _document({"instances": [GOOD, None]}), "instances[1]"),
    BadInput("row is text", _document({"instances": ["0" * 64]}), "instances[0]"),
    BadInput("row empty", _document({"instances": [[]]}), "instances[0]"),
]

if isinstance(GOOD, list):
    _WRONG_SHAPE += [
        BadInput("row is a number", _document({"instances": [1]}), "instances[0]"),
        BadInput("row is an object", _document({"instances": [{DESCRIBED.inputs[0].name: GOOD}]}), "instances[0]"),
        BadInput("row too short", _document({"instances": [GOOD[:-1]]}), "instances[0]"),
        BadInput("row too long", _document({"instances": [GOOD, [*GOOD, GOOD[0]]]}), "instances[1]"),
        BadInput("row in a list of its own", _document({"instances": [[GOOD] * (len(GOOD) + 1)]}), "instances[0]"),
    ]

_WRONG_VALUES = [
    BadInput("NaN", _with_value("NaN"), "body"),
    BadInput("Infinity", _with_value("Infinity"), "body"),
    BadInput("minus Infinity", _with_value("-Infinity"), "body"),
    _bad_value("null value", "null"),
    _bad_value("true value", "true", FIRST),
    _bad_value("text value", '"7"', LAST),
    _bad_value("long text value", f'"{"x" * 5000}"'),
    _bad_value("lone surrogate", r'"\ud800"'),
    _bad_value("markup", '"<script>alert(1)</script>"'),
    _bad_value("list value", "[1]"),
    _bad_value("object value", "{}"),
    _bad_value("float overflow", "1e999"),
    _bad_value("minus float overflow", "-1e999"),
    _bad_value("300 digits", "9" * 300),
    BadInput("5,000 digits", _with_value("9" * 5000), "body"),
]


def _out_of_range(of: Input) -> Iterator[BadInput]:
    if of.lowest > -FLOAT32:
        yield _bad_value("below the range", f"{of.lowest - 1}")
        yield _bad_value("just below the range", f"{of.lowest - 0.0001}")
    if of.highest < FLOAT32:
        yield _bad_value("above the range", f"{of.highest + 1}")
        yield _bad_value("just above the range", f"{of.highest + 0.000001}")


_WRONG_VALUES += _out_of_range(input_at(MIDDLE))

_WRONG_SIZE = [
    BadInput("one byte too many", _GOOD + b" " * (MAX_BODY_BYTES + 1 - len(_GOOD)), "body", 413),
    BadInput("two megabytes", b"[" + b"0," * (1024 * 1024) + b"0]", "body", 413),
    BadInput("nested 100,000 deep", b"[" * 100_000 + b"]" * 100_000, "body"),
    BadInput("nested 100,000 deep in objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "body"),
    BadInput("nested inside instances", b'{"instances":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "body"),
]

_WRONG_TYPE = [
    BadInput("no content type", _GOOD, "Content-Type", 415, None),
    BadInput("text/plain", _GOOD, "Content-Type", 415, "text/plain"),
    BadInput("text/csv", b"0,0,0", "Content-Type", 415, "text/csv"),
    BadInput("form type", _GOOD, "Content-Type", 415, "application/x-www-form-urlencoded"),
    BadInput("binary", _GOOD, "Content-Type", 415, "application/octet-stream"),
    BadInput("numpy", b"\x93NUMPY", "Content-Type", 415, "application/x-npy"),
    BadInput("json lines", _GOOD, "Content-Type", 415, "application/jsonlines"),
    BadInput("other charset", _GOOD, "Content-Type", 415, "application/json; charset=utf-16"),
    BadInput("garbage", _GOOD, "Content-Type", 415, ";;;"),
    BadInput("almost json", _GOOD, "Content-Type", 415, "application/jsonx"),
]

BAD_INPUTS = [*_NOT_JSON, *_WRONG_SHAPE, *_WRONG_VALUES, *_WRONG_SIZE, *_WRONG_TYPE]
