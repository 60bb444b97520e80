"""What counts as a change, where, and of which kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from rehearsal.provider.diff import diff
from rehearsal.values import UNKNOWN, Asset, Secret
from tests.rehearsal.test_values import objects


def list_changed(old: Any, new: Any) -> list[tuple[str, str]]:
    return [(change.path, change.kind) for change in diff(old, new, lambda path: False)]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"a": 1}, {"a": 2}, [("a", "update")]),
        ({"a": 1}, {}, [("a", "delete")]),
        ({}, {"a": 1}, [("a", "add")]),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, [("a.b.c", "update")]),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 1}]}, [("a[1]", "delete")]),
        ({"tags": {"x/y": "1"}}, {"tags": {"x/y": "2"}}, [('tags["x/y"]', "update")]),
        ({"a": 1}, {"a": UNKNOWN}, [("a", "update")]),
        ({"a": Secret("x")}, {"a": Secret("y")}, [("a", "update")]),
        ({"a": Asset(path="old", hash="1")}, {"a": Asset(path="new", hash="2")}, [("a", "update")]),
    ],
)
def test_a_change_has_the_path_of_its_innermost_property(old: Any, new: Any, found: list[tuple[str, str]]) -> None:
    assert list_changed(old, new) == found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": 80}, {"a": "80"}),
        ({"a": '{"x": 1, "y": 2}'}, {"a": '{"y":2,"x":1}'}),
        ({"a": "x"}, {"a": Secret("x")}),
        ({"a": Asset(path="here", hash="1")}, {"a": Asset(path="there", hash="1")}),
        ({"a": None}, {}),
        ({"__defaults": ["name"]}, {}),
    ],
)
def test_what_the_cloud_would_not_notice_is_no_change(old: Any, new: Any) -> None:
    assert list_changed(old, new) == []


@given(objects)
def test_nothing_differs_from_itself_but_the_unknown(value: dict[str, Any]) -> None:
    assert all("Unknown" in repr(value) or "UNKNOWN" in repr(value) for _ in list_changed(value, value))


def test_each_path_is_asked_for_its_replacement() -> None:
    changes = diff({"a": {"b": 1}, "c": 1}, {"a": {"b": 2}, "c": 2}, lambda path: path == "a.b")
    assert [(change.path, change.replaces) for change in changes] == [("a.b", True), ("c", False)]


def test_a_block_that_comes_or_goes_replaces_when_anything_inside_does() -> None:
    block = {"rules": [{"port": 80}]}

    def replaces(path: str) -> bool:
        return path == "block.rules[0].port"

    assert [(c.path, c.kind, c.replaces) for c in diff({"block": block}, {}, replaces)] == [("block", "delete", True)]
    assert [(c.path, c.kind, c.replaces) for c in diff({}, {"block": block}, replaces)] == [("block", "add", True)]
