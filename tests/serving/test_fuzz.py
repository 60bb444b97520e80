"""Whatever a caller sends to a running server, it is answered: 200 or a 4xx that names a field, never a 5xx."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.serving.running import Server

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=5) | st.dictionaries(st.text(max_size=10), children, max_size=5),
    max_leaves=30,
)
NUMBERS = st.integers(-2, 18) | st.floats(-1, 17) | st.sampled_from([0, 16, 1e308, -0.0, 5e-324])
ROWS = st.lists(NUMBERS | JSON_VALUES, min_size=62, max_size=66) | st.lists(NUMBERS, min_size=64, max_size=64)
NEARLY_RIGHT = st.fixed_dictionaries({"instances": st.lists(ROWS, max_size=3)}, optional={"x": JSON_VALUES})
CONTENT_TYPES = st.sampled_from(["application/json"] * 5 + ["application/json; charset=utf-8"]) | st.text(
    st.characters(min_codepoint=32, max_codepoint=126), max_size=40
)
FUZZED = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


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


def test_it_found_a_server_that_still_answers(app: Server) -> None:
    assert app.send("GET", "/ready").status == 200
