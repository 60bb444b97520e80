"""How one property changes, as lines to show: JSON inside strings is compared inside, long text line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from gitops.records import PropertyDiff
from gitops.report.text.words import shorten

CONTEXT = 2
"""Unchanged lines shown around a change inside a document."""
LONGEST_LINE = 300
"""Characters of a line; more is shortened in its middle."""
MOST_LINES = 120
"""Lines of one property; the rest is counted."""
MOST_COMPARED = 1_000_000
"""Line pairs compared at most, about 0.1 s; beyond, both sides are shown as they are."""


@dataclass(frozen=True)
class Line:
    """`mark` is `+`, `-`, a space for context, or `@` for the heading of a property and for what is left out."""

    mark: str
    text: str


def lines(diff: PropertyDiff) -> tuple[Line, ...]:
    """The lines of one property, its path first. At most `MOST_LINES` of them, none longer than `LONGEST_LINE`."""
    before, after = document(diff.before), document(diff.after)
    path = f"{diff.path} (forces replacement)" if diff.replaces else diff.path
    if len(before) > 1 or len(after) > 1:
        shown = [Line("@", path), *(compare_documents(before, after) if before != after else [say_unchanged(before)])]
    else:
        shown = [
            *(Line("-", f"{path}: {text}") for text in before if diff.kind != "add"),
            *(Line("+", f"{path}: {text}") for text in after if diff.kind != "delete"),
        ]
    return tuple(cap(shown))


def document(value: Any) -> list[str]:
    """A value as lines: one for a plain value, indented JSON for a structure or for text that holds one."""
    if isinstance(value, str):
        parsed = parse_json(value)
        if parsed is None:
            return value.splitlines() if "\n" in value.strip() else [value]
        value = parsed
    if value is None:
        return ["null"]
    if isinstance(value, dict | list) and value:
        return json.dumps(value, indent=2, ensure_ascii=False, default=str).splitlines()
    return [json.dumps(value, ensure_ascii=False, default=str)]


def parse_json(text: str) -> dict[str, Any] | list[Any] | None:
    """The object or list that `text` holds as JSON, if it does: policies, container definitions, dashboards."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def compare_documents(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """The difference of two documents with `CONTEXT` lines around each change."""
    head = count_common(before, after)
    tail = count_common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(old) * len(new) > MOST_COMPARED:
        yield from (Line("-", text) for text in old)
        yield from (Line("+", text) for text in new)
        return
    lead, trail = before[max(0, head - CONTEXT) : head], before[len(before) - tail :][:CONTEXT]
    yield from group_changes([*lead, *old, *trail], [*lead, *new, *trail], head - len(lead), tail - len(trail))


def group_changes(a: Sequence[str], b: Sequence[str], hidden_above: int, hidden_below: int) -> Iterator[Line]:
    """`a` and `b` are windows on their documents: so many lines above and below are the same in both."""
    matcher, end = SequenceMatcher(None, a, b, autojunk=False), -hidden_above
    for group in matcher.get_grouped_opcodes(CONTEXT):
        if group[0][1] > end:
            yield say_skipped(group[0][1] - end)
        for tag, i, j, k, m in group:
            if tag == "equal":
                yield from (Line(" ", text) for text in a[i:j])
                continue
            yield from (Line("-", text) for text in a[i:j])
            yield from (Line("+", text) for text in b[k:m])
        end = group[-1][2]
    if left := len(a) - end + hidden_below:
        yield say_skipped(left)


def count_common(before: Sequence[str], after: Sequence[str]) -> int:
    """How many lines both begin with."""
    for index, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return index
    return min(len(before), len(after))


def say_skipped(count: int) -> Line:
    return Line("@", f"… {count:,} unchanged line{'s' if count != 1 else ''}")


def say_unchanged(document: Sequence[str]) -> Line:
    """For text whose content is the same: the engine compares the text, a reader the JSON inside."""
    return Line("@", f"{say_skipped(len(document)).text}: only its spacing changes")


def cap(shown: list[Line]) -> Iterator[Line]:
    for line in shown[:MOST_LINES]:
        yield Line(line.mark, shorten(line.text, LONGEST_LINE))
    if len(shown) > MOST_LINES:
        yield Line("@", f"… {len(shown) - MOST_LINES:,} more lines of {shorten(shown[0].text, 60)}")
