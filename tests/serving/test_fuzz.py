"""Whatever a caller sends to a running server, it is answered: 200 or a 4xx that names a field, never a 5xx."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.description import DESCRIBED, Input
from serving.emulators.lambda_runtime import Function
from tests.serving.running import Server


def json_values(floats: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | st.integers() | floats | st.text(max_size=20),
        lambda children: st.lists(children, max_size=5) | st.dictionaries(st.text(max_size=10), children, max_size=5),
        max_leaves=30,
    )


JSON_VALUES = json_values(st.floats())  # with NaN and infinities, as careless clients write them
EVENT_VALUES = json_values(st.floats(allow_nan=False, allow_infinity=False))  # Lambda lets no others through


def tensors(shape: Sequence[int], right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of an input, or nearly: sizes may be two off, and anything may stand for a number."""
    if not shape:
        return right | JSON_VALUES
    inner = tensors(shape[1:], right)
    return st.lists(inner, min_size=max(0, shape[0] - 2), max_size=shape[0] + 2) | exactly(shape, right)


def exactly(shape: Sequence[int], number: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(exactly(shape[1:], number), min_size=shape[0], max_size=shape[0]) if shape else number


def numbers(of: Input) -> st.SearchStrategy[Any]:
    """Of the range that the input allows, and around it."""
    low, high = max(of.lowest, -1e6), min(of.highest, 1e6)
    edges = st.sampled_from([low, high, 1e308, -0.0, 5e-324])
    return st.integers(int(low) - 2, int(high) + 2) | st.floats(low - 1, high + 1) | edges


INPUTS = {tensor.name: tensors(tensor.shape, numbers(tensor)) for tensor in DESCRIBED.inputs}
INSTANCES = next(iter(INPUTS.values())) if len(INPUTS) == 1 else st.fixed_dictionaries(INPUTS) | JSON_VALUES
NEARLY_RIGHT = st.fixed_dictionaries({"instances": st.lists(INSTANCES, max_size=3)}, optional={"x": JSON_VALUES})
CONTENT_TYPES = st.sampled_from(["application/json"] * 5 + ["application/json; charset=utf-8"]) | st.text(
    st.characters(min_codepoint=32, max_codepoint=126), max_size=40
)
FUZZED = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType] (the class iterates over its members)
    derandomize=True,
)


def check(server: Server, body: bytes, content_type: str = "application/json") -> None:
    answer = server.send("POST", "/invocations", body, {"Content-Type": content_type})
    if answer.status == 200:
        assert len(answer.document["predictions"]) == len(json.loads(body)["instances"])
    else:
        assert answer.status in (400, 413, 415)
        assert answer.document["error"]["field"]


@FUZZED
@given(document=NEARLY_RIGHT, content_type=CONTENT_TYPES)
def test_nearly_right_documents(document: Any, content_type: str, app: Server) -> None:
    check(app, json.dumps(document).encode(), content_type)


@FUZZED
@given(document=JSON_VALUES)
def test_any_json(document: Any, app: Server) -> None:
    check(app, json.dumps(document).encode())


@FUZZED
@given(body=st.binary(max_size=2000))
def test_any_bytes(body: bytes, app: Server) -> None:
    check(app, body)


EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "httpMethod": st.sampled_from(["POST", "GET", "", None]) | EVENT_VALUES,
        "headers": st.dictionaries(st.sampled_from(["content-type", "Content-Type", "x-request-id"]), EVENT_VALUES)
        | st.just({"content-type": "application/json"})
        | EVENT_VALUES,
        "multiValueHeaders": EVENT_VALUES | st.just({"content-type": ["application/json"]}),
        "requestContext": EVENT_VALUES | st.just({"elb": {}}),
        "body": st.text(max_size=50) | EVENT_VALUES | NEARLY_RIGHT.map(json.dumps),
        "isBase64Encoded": st.booleans() | EVENT_VALUES,
    },
)


@FUZZED
@given(event=EVENT_VALUES | EVENTS)
def test_any_lambda_event(event: Any, lambda_function: Function) -> None:
    answer = lambda_function.invoke(event)
    assert answer["statusCode"] in (200, 400, 405, 415)
    assert json.loads(answer["body"]).keys() >= ({"predictions"} if answer["statusCode"] == 200 else {"error"})


def test_it_found_a_server_that_still_answers(app: Server) -> None:
    assert app.send("GET", "/ready").status == 200
