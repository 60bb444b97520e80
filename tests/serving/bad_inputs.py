"""Requests that a caller gets wrong: what is sent, which status it must get and which field the answer must name."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
GOOD_ROW = [0.0] * 64


@dataclass(frozen=True)
class BadInput:
    name: str
    body: bytes
    field: str
    status: int = 400
    content_type: str | None = JSON


def _document(document: Any) -> bytes:
    return json.dumps(document).encode()


def _with_value(text: str, position: int = 5) -> bytes:
    """A request whose first image has the raw JSON `text` at one position."""
    row = ["0"] * 64
    row[position] = text
    return f'{{"instances":[[{",".join(row)}]]}}'.encode()


_GOOD = _document({"instances": [GOOD_ROW]})

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
    BadInput("list", _document([GOOD_ROW]), "body"),
    BadInput("no field", b"{}", "instances"),
    BadInput("other field", _document({"inputs": [GOOD_ROW]}), '"inputs"'),
    BadInput("extra field", _document({"instances": [GOOD_ROW], "model": "x"}), '"model"'),
    BadInput("field in capitals", _document({"Instances": [GOOD_ROW]}), '"Instances"'),
    BadInput("empty field name", _document({"": 1}), '""'),
    BadInput("field given twice", b'{"instances":[],"instances":[]}', '"instances"'),
    BadInput("instances null", _document({"instances": None}), "instances"),
    BadInput("instances true", _document({"instances": True}), "instances"),
    BadInput("instances number", _document({"instances": 1}), "instances"),
    BadInput("instances text", _document({"instances": "0,0"}), "instances"),
    BadInput("instances object", _document({"instances": {"0": GOOD_ROW}}), "instances"),
    BadInput("no instances", _document({"instances": []}), "instances"),
    BadInput("too many instances", _document({"instances": [GOOD_ROW] * 257}), "instances"),
    BadInput("row is a number", _document({"instances": [1]}), "instances[0]"),
    BadInput("row is null", _document({"instances": [GOOD_ROW, None]}), "instances[1]"),
    BadInput("row is text", _document({"instances": ["0" * 64]}), "instances[0]"),
    BadInput("row is an object", _document({"instances": [{"pixels": GOOD_ROW}]}), "instances[0]"),
    BadInput("row empty", _document({"instances": [[]]}), "instances[0]"),
    BadInput("row too short", _document({"instances": [GOOD_ROW[:63]]}), "instances[0]"),
    BadInput("row too long", _document({"instances": [GOOD_ROW, [*GOOD_ROW, 1]]}), "instances[1]"),
    BadInput("8 x 8 image", _document({"instances": [[[0] * 8] * 8]}), "instances[0]"),
    BadInput("one row not in a list", _document({"instances": GOOD_ROW}), "instances[0]"),
]

_WRONG_VALUES = [
    BadInput("NaN", _with_value("NaN"), "body"),
    BadInput("Infinity", _with_value("Infinity"), "body"),
    BadInput("minus Infinity", _with_value("-Infinity"), "body"),
    BadInput("null value", _with_value("null"), "instances[0][5]"),
    BadInput("true value", _with_value("true", 0), "instances[0][0]"),
    BadInput("text value", _with_value('"7"', 63), "instances[0][63]"),
    BadInput("long text value", _with_value(f'"{"x" * 5000}"'), "instances[0][5]"),
    BadInput("lone surrogate", _with_value(r'"\ud800"'), "instances[0][5]"),
    BadInput("markup", _with_value('"<script>alert(1)</script>"'), "instances[0][5]"),
    BadInput("list value", _with_value("[1]"), "instances[0][5]"),
    BadInput("object value", _with_value("{}"), "instances[0][5]"),
    BadInput("below the range", _with_value("-1"), "instances[0][5]"),
    BadInput("just below the range", _with_value("-0.0001"), "instances[0][5]"),
    BadInput("above the range", _with_value("17"), "instances[0][5]"),
    BadInput("just above the range", _with_value("16.000001"), "instances[0][5]"),
    BadInput("float overflow", _with_value("1e999"), "instances[0][5]"),
    BadInput("minus float overflow", _with_value("-1e999"), "instances[0][5]"),
    BadInput("300 digits", _with_value("9" * 300), "instances[0][5]"),
    BadInput("5,000 digits", _with_value("9" * 5000), "body"),
]

_WRONG_SIZE = [
    BadInput("one byte too many", _GOOD + b" " * (1024 * 1024 + 1 - len(_GOOD)), "body", 413),
    BadInput("two megabytes", b"[" + b"0," * (1024 * 1024) + b"0]", "body", 413),
    BadInput("nested 100,000 deep", b"[" * 100_000 + b"]" * 100_000, "body"),
    BadInput("nested 100,000 deep in objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "body"),
    BadInput("nested inside instances", b'{"instances":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "body"),
]

_WRONG_TYPE = [
    BadInput("no content type", _GOOD, "Content-Type", 415, None),
    BadInput("text/plain", _GOOD, "Content-Type", 415, "text/plain"),
    BadInput("text/csv", b"0," * 63 + b"0", "Content-Type", 415, "text/csv"),
    BadInput("form type", _GOOD, "Content-Type", 415, "application/x-www-form-urlencoded"),
    BadInput("binary", _GOOD, "Content-Type", 415, "application/octet-stream"),
    BadInput("numpy", b"\x93NUMPY", "Content-Type", 415, "application/x-npy"),
    BadInput("json lines", _GOOD, "Content-Type", 415, "application/jsonlines"),
    BadInput("other charset", _GOOD, "Content-Type", 415, "application/json; charset=utf-16"),
    BadInput("garbage", _GOOD, "Content-Type", 415, ";;;"),
    BadInput("almost json", _GOOD, "Content-Type", 415, "application/jsonx"),
]

BAD_INPUTS = [*_NOT_JSON, *_WRONG_SHAPE, *_WRONG_VALUES, *_WRONG_SIZE, *_WRONG_TYPE]
