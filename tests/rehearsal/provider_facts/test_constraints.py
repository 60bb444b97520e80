from __future__ import annotations

from typing import Any

import pytest

from rehearsal.provider_facts.constraints import broken, broken_count


def describe_expected(value: Any, schema: dict[str, Any]) -> str | None:
    found = broken(value, schema)
    return found.expected if found else None


@pytest.mark.parametrize(
    ("value", "schema", "told"),
    [
        ("ab", {"minLength": 3, "maxLength": 5}, "3 to 5 characters"),
        ("abcdef", {"maxLength": 5}, "at most 5 characters"),
        ("ab", {"minLength": 3, "maxLength": 3}, "exactly 3 characters"),
        (3, {"minimum": 7, "maximum": 30}, "a number 7 to 30"),
        (-1, {"minimum": 0}, "a number at least 0"),
        (11, {"minimum": 0, "maximum": 10}, "a number at most 10"),
        (1.5, {"maximum": 1}, "a number at most 1"),
        (90, {"multipleOf": 60}, "a multiple of 60"),
        ("31", {"type": "integer", "maximum": 30}, "a number at most 30"),
        ("c", {"enum": ["a", "b"]}, "one of a, b"),
        ("x", {"enum": [str(n) for n in range(20)]}, "a known value (one of 20)"),
        ("a_b", {"pattern": "^[a-z]+$"}, "text that matches ^[a-z]+$"),
        ("a_b", {"pattern": "^[a-z]+$", "describes": "letters"}, "letters"),
        ("c", {"anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, "one of a"),
        ("c", {"allOf": [{"maxLength": 5}, {"enum": ["a"]}]}, "one of a"),
        (
            "10.0.0.1/16",
            {"format": "ipv4-network"},
            "a network in CIDR notation, like 10.0.0.0/16, with no host bits set",
        ),
    ],
)
def test_says_what_was_expected(value: Any, schema: dict[str, Any], told: str) -> None:
    assert describe_expected(value, schema) == told


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("", {"minLength": 3, "pattern": "^x"}),
        (True, {"enum": ["a"]}),
        ("ten", {"type": "integer", "maximum": 5}),
        ("10", {"type": "string", "maximum": 5}),
        (30.0, {"enum": [10, 30]}),
        ("B", {"enum": ["a", "b"]}),
        ("Require", {"pattern": "REQUIRE|OPTIONAL"}),
        ("anything", {"pattern": r"^[\p{L}]+$"}),
        (70.1, {"multipleOf": 0.5, "maximum": 70.2, "type": "string"}),
        (25.0, {"multipleOf": 0.1}),
        ("b", {"anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]}),
        ("b", {"oneOf": [{"enum": ["a"]}, {}]}),
        ("10.0.0.1/16", {"format": "ipv4-interface"}),
        ("2001:db8::/32", {"format": "ipv6-network"}),
        ("arn:aws:iam::1:role/x", {"format": "AWS::IAM::Role.Arn"}),
        ("anything", {}),
    ],
)
def test_passes_what_holds_and_what_it_cannot_judge(value: Any, schema: dict[str, Any]) -> None:
    assert describe_expected(value, schema) is None


def test_options_are_told_for_the_nearest_one() -> None:
    found = broken("c", {"enum": [1, "b"]})
    assert found is not None
    assert list(found.options) == ["1", "b"]


@pytest.mark.parametrize(("count", "told"), [(0, None), (1, "2 to 3 items"), (2, None), (4, "2 to 3 items")])
def test_lists_are_counted_unless_empty(count: int, told: str | None) -> None:
    found = broken_count(count, {"minItems": 2, "maxItems": 3})
    assert (found.expected if found else None) == told
