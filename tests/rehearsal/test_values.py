"""Wire values survive the way to the engine and back, whatever is inside them."""

from __future__ import annotations

import pytest
from google.protobuf.struct_pb2 import Struct, Value
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.values import (
    OUTPUT_SIGNATURE,
    SIGNATURE,
    UNKNOWN,
    UNKNOWN_SENTINELS,
    Archive,
    Asset,
    Output,
    ResourceReference,
    Secret,
    Unknown,
    contains,
    from_json,
    from_struct,
    to_json,
    to_struct,
    unwrap,
)

texts = st.text(max_size=20).filter(lambda text: text not in UNKNOWN_SENTINELS)
plain = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts
)
special = st.just(UNKNOWN) | st.builds(Asset, text=texts) | st.builds(ResourceReference, texts, texts, texts)
values = st.recursive(
    plain | special,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(texts.filter(lambda key: key != SIGNATURE), inner, max_size=4)
        | st.builds(Secret, inner)
        | st.builds(Archive, st.dictionaries(texts, st.builds(Asset, text=texts), max_size=3))
    ),
    max_leaves=12,
)
objects = st.dictionaries(texts.filter(lambda key: key != SIGNATURE), values, max_size=4)


@given(objects)
def test_every_value_survives_the_wire(value: dict[str, object]) -> None:
    assert from_struct(to_struct(value)) == value


@given(objects)
def test_every_value_survives_the_inventory(value: dict[str, object]) -> None:
    assert from_json(to_json(value)) == value


@given(objects)
def test_unwrapping_leaves_no_secret(value: dict[str, object]) -> None:
    assert not contains(unwrap(value), Secret)


@pytest.mark.parametrize("sentinel", sorted(UNKNOWN_SENTINELS))
def test_every_sentinel_of_the_engine_is_the_unknown(sentinel: str) -> None:
    assert from_struct(Struct(fields={"a": Value(string_value=sentinel)})) == {"a": UNKNOWN}


def test_outputs_fold_unless_asked_for() -> None:
    wire = to_struct({"known": Output(7, True, ("urn:a",)), "open": Output()})
    assert from_struct(wire) == {"known": Secret(7), "open": UNKNOWN}
    assert from_struct(wire, outputs=True)["known"] == Output(7, True, ("urn:a",))


def test_whole_numbers_stay_whole() -> None:
    read = from_struct(to_struct({"a": 3, "b": 3.5}))
    assert (read, type(read["a"])) == ({"a": 3, "b": 3.5}, int)


def test_an_unknown_signature_is_an_error() -> None:
    with pytest.raises(TypeError, match="unknown signature"):
        from_struct(to_struct({"a": {SIGNATURE: "0" * 32}}))


def test_an_object_of_the_program_is_no_output() -> None:
    assert from_struct(to_struct({"a": {"value": 1, "secret": OUTPUT_SIGNATURE}})) == {
        "a": {"value": 1, "secret": OUTPUT_SIGNATURE}
    }


def test_what_has_no_wire_form_is_named() -> None:
    with pytest.raises(TypeError, match="set has no wire form"):
        to_struct({"a": {1, 2}})
    assert contains({"a": [Secret(UNKNOWN)]}, Unknown)
