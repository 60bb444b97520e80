"""The comment stays under GitHub's limit whatever its size, whole items or none, and says what it leaves out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gitops.report.formats.markdown.page import COMMENT_LIMIT, MARKER, render, summary
from gitops.report.model.context import Context
from gitops.report.model.report import build
from gitops.report.text.budget import Item, Page, Section, name_left_out
from tests.report import cases, factories
from tests.report.hostile import report as hostile

GITHUB_LIMIT = 65_536


def item(text: str, name: str = "", rank: int = 0) -> Item:
    return Item(text.__str__, name, (rank,))


def test_items_that_fit_are_kept_in_order_and_the_rest_is_named() -> None:
    page = Page(limit=10)
    page.add(Section("things", [item("aaaa", "a", 2), item("bbbb", "b", 1), item("cccc", "c", 0)]))

    assert page.text() == "bbbbcccc"
    assert name_left_out(page.left_out) == ["1 things (a)"]


def test_a_section_without_room_for_one_item_leaves_no_empty_frame() -> None:
    page = Page(limit=10)
    page.add(Section("things", [item("too long for it", "x")], "<details>", "</details>"))

    assert page.text() == ""
    assert page.left_out == [("things", ["x"])]


def test_a_section_takes_no_more_than_its_share() -> None:
    page = Page(limit=100)
    page.add(Section("things", [item("x" * 10) for _ in range(20)], share=0.35))

    assert len(page.text()) == 30


def test_room_is_counted_in_bytes() -> None:
    page = Page(limit=10)
    page.add(Section("things", [item("€€€"), item("€")]))

    assert page.text() == "€€€"


def whole(markdown: str) -> bool:
    """No fence, fold or table is cut."""
    fences = re.findall(r"^(`{3,})", markdown, re.MULTILINE)
    tables = re.findall(r"(?:^\|.*\n)+", markdown, re.MULTILINE)
    same_columns = all(len({len(re.findall(r"(?<!\\)\|", line)) for line in t.splitlines()}) == 1 for t in tables)
    folds = markdown.count("<details>") == markdown.count("</details>")
    return len(fences) % 2 == 0 and folds and same_columns and all(len(t.splitlines()) > 2 for t in tables)


@settings(max_examples=25, deadline=None)
@given(
    targets=st.integers(1, 60),
    changes=st.integers(0, 300),
    text=st.text(max_size=400) | st.just("`" * 50) | st.just("|" * 200),
    limit=st.integers(12_000, GITHUB_LIMIT),
)
def test_limit_holds_and_nothing_is_cut(targets: int, changes: int, text: str, limit: int) -> None:
    markdown = render(build(cases.huge(targets, changes, text), Context()), limit)

    assert len(markdown.encode("utf-8")) <= limit
    assert whole(markdown)
    assert markdown.endswith(f"{MARKER}\n")


def shown_and_left_out(markdown: str) -> int:
    shown = len(re.findall(r"^\*\*[~±] (?:update|replace)\*\* ", markdown, re.MULTILINE))
    left_out = re.search(r"([\d,]+) changes \(", markdown)
    return shown + (int(left_out.group(1).replace(",", "")) if left_out else 0)


@pytest.mark.parametrize(("targets", "changes"), [(3, 30), (60, 1_200), (10, 2_000)])
def test_every_change_is_shown_or_counted(targets: int, changes: int) -> None:
    markdown = render(build(cases.huge(targets, changes), Context()))

    assert shown_and_left_out(markdown) == changes


@pytest.mark.soak
def test_500_targets_with_100_000_changes_fit() -> None:
    """One test, so that the records are made once: the comment, then the summary with its larger room."""
    report = build(cases.huge(500, 100_000), factories.CONTEXT)
    comment = render(report)

    assert len(comment) <= COMMENT_LIMIT < GITHUB_LIMIT
    assert whole(comment)
    assert "10,000 services replaced in prod" in comment.splitlines()[0]
    assert re.search(r"\*\*Left out for length:\*\* \d+ targets \(stack_\d", comment)
    assert shown_and_left_out(comment) == 100_000

    longer = summary(report)

    assert COMMENT_LIMIT < len(longer.encode("utf-8")) <= 1_048_576
    assert whole(longer)
    assert shown_and_left_out(longer) == 100_000


def test_findings_survive_when_changes_do_not() -> None:
    many = cases.huge(60, 3_000)
    markdown = render(build([*many, *cases.mandatory()], Context()))

    assert "#### Production keeps at least two instances" in markdown
    assert "**sagemaker_endpoint in prod**" in markdown


def test_targets_that_need_a_reader_keep_their_row() -> None:
    markdown = render(build([*cases.huge(500, 1_000), cases.too_small("prod")], Context()))

    assert "| **sagemaker_endpoint/prod** |" in markdown


def test_very_long_tokens_keep_the_limit_and_the_tables() -> None:
    markdown = render(hostile("x" * 100_000))

    assert len(markdown.encode("utf-8")) <= COMMENT_LIMIT
    assert whole(markdown)


def test_first_line_is_the_verdict() -> None:
    first = render(build(cases.mandatory(), Context())).splitlines()[0]

    assert first == "## Cannot merge: 1 mandatory finding in prod"


def test_a_comment_without_context_has_no_links() -> None:
    tokens = MarkdownIt().parse(render(build(cases.replaced(), Context())))

    assert not [child for token in tokens for child in token.children or () if child.type == "link_open"]
