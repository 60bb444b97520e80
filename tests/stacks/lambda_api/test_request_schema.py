"""What the gateway's model of a request refuses is what the function would refuse, and nothing else.

A request that the gateway lets through costs a call; one that it refuses by mistake is a caller nobody can help.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from serving.contract import CONTENT_TYPE, BadRequest, parse_request
from serving.description import Canary, Description, Input, Output
from shared.request_schema import request_schema

PIXELS, LOWEST, HIGHEST, MAX_INSTANCES = 64, 0, 16, 128
PIXELS_INPUT: dict[str, Any] = {"name": "pixels", "shape": [PIXELS], "lowest": LOWEST, "highest": HIGHEST}
SCHEMA = json.loads(request_schema({"inputs": [PIXELS_INPUT], "most_instances": MAX_INSTANCES}))
DESCRIBED = Description(
    "tests",
    "1",
    inputs=(Input(**PIXELS_INPUT),),
    outputs=(Output("label"),),
    canary=Canary([0] * PIXELS, {}),
    most_instances=MAX_INSTANCES,
)
ROW = [0] * PIXELS


def gateway_accepts(document: Any) -> bool:
    return Draft4Validator(SCHEMA).is_valid(document)


def function_accepts(document: Any, described: Description = DESCRIBED) -> bool:
    try:
        parse_request(CONTENT_TYPE, json.dumps(document).encode(), described)
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


def test_several_inputs_are_an_object_of_them() -> None:
    inputs: list[dict[str, Any]] = [{"name": "age", "integer": True, "lowest": 0}, {"name": "image", "shape": [2, 3]}]
    schema = json.loads(request_schema({"inputs": inputs}))
    described = Description("t", "1", tuple(Input(**tensor) for tensor in inputs), (Output("y"),), Canary({}, {}))
    good = {"age": 7, "image": [[0, 1, 2], [3, 4, 5.5]]}
    bad = [
        {"age": 7},
        {**good, "more": 1},
        {**good, "age": 7.5},
        {**good, "age": -1},
        {**good, "image": [[0, 1, 2]]},
        [],
    ]

    for instance, accepted in [(good, True), *((each, False) for each in bad)]:
        document = {"instances": [instance]}
        assert Draft4Validator(schema).is_valid(document) is accepted, instance
        assert function_accepts(document, described) is accepted, instance


@given(JSON | st.builds(lambda rows: {"instances": rows}, ROWS))
def test_they_agree_on_anything(document: Any) -> None:
    assert gateway_accepts(document) is function_accepts(document)
