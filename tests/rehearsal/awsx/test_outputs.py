from __future__ import annotations

from rehearsal.awsx.output_values import apply, dependencies, field, merge, spread, to_wire
from rehearsal.values import UNKNOWN, Output, ResourceReference, Secret

FROM_A = Output("a", False, ("urn:a",))
FROM_B = Output("b", True, ("urn:b",))
LATER = Output(UNKNOWN, False, ("urn:later",))


def test_a_result_depends_on_every_argument() -> None:
    joined = apply(lambda one, two: one + two["x"], FROM_A, {"x": FROM_B})
    assert joined == Output("ab", True, ("urn:a", "urn:b"))


def test_nothing_is_computed_from_an_unknown() -> None:
    never = apply(lambda *bare: 1 / 0, FROM_A, [LATER])
    assert never == Output(UNKNOWN, False, ("urn:a", "urn:later"))


def test_outputs_in_a_result_fold_in() -> None:
    assert apply(lambda _: [FROM_B], FROM_A) == Output(["b"], True, ("urn:a", "urn:b"))


def test_a_reference_is_known_and_a_dependency() -> None:
    reference = ResourceReference("urn:tg", UNKNOWN)
    assert apply(lambda bare: bare is not None, reference) == Output(True, False, ("urn:tg",))


def test_a_field_of_an_output_is_an_output() -> None:
    assert field(Output({"x": FROM_B}, False, ("urn:a",)), "x") == Output("b", True, ("urn:a", "urn:b"))
    assert field(LATER, "x") == LATER
    assert field(None, "x") is None


def test_merging_lays_objects_over_each_other_but_an_output_takes_their_place() -> None:
    assert merge({"a": 1, "b": FROM_A}, None, {"a": 2}) == {"a": 2, "b": FROM_A}
    tags = Output({"c": 3}, False, ("urn:a",))
    assert merge({"a": 1}, tags, {"b": 2}) == tags
    assert merge(tags, LATER, {"b": 2}) == LATER


def test_the_wire_keeps_secrets_and_drops_what_is_not_given() -> None:
    wire = to_wire({"a": FROM_A, "b": [FROM_B], "c": None, "d": Output(None), "e": Secret(FROM_A)})
    assert wire == {"a": "a", "b": [Secret("b")], "e": Secret("a")}


def test_spreading_lets_the_shape_be_read() -> None:
    given = spread(Output({"a": [1], "b": Output(2, True, ("urn:x",))}, False, ("urn:o",)))
    assert given == {"a": [Output(1, False, ("urn:o",))], "b": Output(2, True, ("urn:o", "urn:x"))}
    assert dependencies(given) == ("urn:o", "urn:x")
    assert spread({"tags": Output({"a": 1})}) == {"tags": Output({"a": 1})}
