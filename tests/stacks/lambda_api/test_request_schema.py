"""What the gateway's model of a request refuses is what the function would refuse, and nothing else.

A request that the gateway lets through costs a call; one that it refuses by mistake is a caller nobody can help.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from serving.contract import CONTENT_TYPE, HIGHEST, LOWEST, MAX_INSTANCES, PIXELS, BadRequest, parse_request

FILE = Path(__file__).resolve().parents[3] / "stacks" / "lambda_api" / "request.schema.json"
SCHEMA = json.loads(FILE.read_text(encoding="utf-8"))
ROW = [0] * PIXELS


def gateway_accepts(document: Any) -> bool:
    return Draft4Validator(SCHEMA).is_valid(document)


def function_accepts(document: Any) -> bool:
    try:
        parse_request(CONTENT_TYPE, json.dumps(document).encode())
    except BadRequest:
        return False
    return True


def test_the_schema_is_one() -> None:
    Draft4Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("document", "accepted"),
    [
        ({"instances": [ROW]}, True),
        ({"instances": [ROW] * MAX_INSTANCES}, True),
        ({"instances": [[LOWEST, HIGHEST] * (PIXELS // 2)]}, True),
        ({"instances": [[0.5] * PIXELS]}, True),
        ({"instances": [ROW] * (MAX_INSTANCES + 1)}, False),
        ({"instances": []}, False),
        ({"instances": [ROW[1:]]}, False),
        ({"instances": [[*ROW, 0]]}, False),
        ({"instances": [[HIGHEST + 1, *ROW[1:]]]}, False),
        ({"instances": [[LOWEST - 1, *ROW[1:]]]}, False),
        ({"instances": [["1", *ROW[1:]]]}, False),
        ({"instances": [[True, *ROW[1:]]]}, False),
        ({"instances": [[None, *ROW[1:]]]}, False),
        ({"instances": ROW}, False),
        ({"instances": [ROW], "more": 1}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
)
def test_gateway_and_function_agree(document: Any, accepted: bool) -> None:
    assert gateway_accepts(document) is accepted
    assert function_accepts(document) is accepted


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 25) | st.floats(-5, 25) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["instances", "x"]), inner, max_size=2),
    max_leaves=8,
)
ROWS = st.lists(
    st.lists(st.integers(-1, 17) | st.floats(-1, 17), min_size=PIXELS - 1, max_size=PIXELS + 1), min_size=0, max_size=2
)


@given(JSON | st.builds(lambda rows: {"instances": rows}, ROWS))
def test_they_agree_on_anything(document: Any) -> None:
    assert gateway_accepts(document) is function_accepts(document)
