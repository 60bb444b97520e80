"""One property's change as lines: short, and inside documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitops.records import PropertyDiff
from gitops.report.model.diffs import LONGEST_LINE, MOST_LINES, lines
from tests.report.cases import POLICY_AFTER, POLICY_BEFORE, mixed
from tests.report.factories import diff


def told(change: PropertyDiff) -> list[str]:
    return [f"{line.mark} {line.text}" for line in lines(change)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (2, 1, ["- min: 2", "+ min: 1"]),
        (None, 300, ["+ min: 300"]),
        (True, None, ["- min: true"]),
        ("a", "b", ["- min: a", "+ min: b"]),
    ],
)
def test_plain_values(before: Any, after: Any, expected: list[str]) -> None:
    assert told(diff("min", before, after)) == expected


def test_the_property_that_forces_replacement_says_so() -> None:
    assert told(diff("name", "a", "b", replaces=True))[0] == "- name (forces replacement): a"


def test_json_text_is_compared_inside() -> None:
    shown = told(diff("policy", json.dumps(POLICY_BEFORE), json.dumps(POLICY_AFTER)))

    assert shown[0] == "@ policy"
    assert '-       "Resource": "*"' in shown
    assert '+       "Resource": "arn:aws:s3:::artifacts-1a2b/models/*"' in shown
    assert not any("Version" in line for line in shown), "unchanged lines far away are left out"


def test_json_that_only_changed_its_spacing_shows_no_change() -> None:
    shown = told(diff("policy", json.dumps(POLICY_BEFORE), json.dumps(POLICY_BEFORE, indent=4)))

    assert not [line for line in shown if line[0] in "+-"]


def test_text_that_is_nearly_json_is_text() -> None:
    assert told(diff("note", "{not json", "{nor this")) == ["- note: {not json", "+ note: {nor this"]


def test_long_text_is_compared_line_by_line() -> None:
    before = "\n".join(f"line {n}" for n in range(50))
    after = before.replace("line 25", "line twenty-five")

    shown = told(diff("script", before, after))

    assert "- line 25" in shown
    assert "+ line twenty-five" in shown
    assert "@ … 23 unchanged lines" in shown
    assert len(shown) < 12


def test_very_long_values_are_shortened_and_counted() -> None:
    many = {f"key{n}": "v" * 5_000 for n in range(500)}
    shown = lines(diff("tags", None, many))

    assert len(shown) == MOST_LINES + 1
    assert max(len(line.text) for line in shown) <= LONGEST_LINE
    assert "more lines" in shown[-1].text


def test_documents_too_big_to_compare_are_still_shown() -> None:
    before, after = ({"a": [f"{side}{n}" for n in range(3_000)]} for side in "xy")

    marks = {line.mark for line in lines(diff("document", before, after))}

    assert "-" in marks


DOCUMENTS = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=2, max_size=60).map("\n".join)


@given(before=DOCUMENTS, after=DOCUMENTS)
@example(before="b\na\na", after="b\nb\na\na")  # the same lines as context on either side of the insertion
def test_every_line_of_both_sides_is_shown_or_counted(before: str, after: str) -> None:
    """What is removed plus what stays is the old text, what is added plus what stays the new one."""
    shown = lines(PropertyDiff(path="p", kind="update", before=before, after=after))
    counts = {mark: sum(line.mark == mark for line in shown) for mark in "+- "}
    skipped = sum(int(line.text.split()[1]) for line in shown if line.mark == "@" and "unchanged" in line.text)
    kept = counts[" "] + skipped

    assert counts["-"] + kept == len(before.splitlines())
    assert counts["+"] + kept == len(after.splitlines())


def test_every_policy_document_of_the_factories_is_json() -> None:
    """The cases would prove nothing about diffs inside JSON if their text were none."""
    texts: list[Any] = [
        diff.before for record in mixed() for step in record.steps for diff in step.diffs if diff.path == "policy"
    ]

    assert texts
    assert all(json.loads(text) for text in texts)
