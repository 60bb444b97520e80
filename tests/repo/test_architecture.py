"""The page about the rooms: its picture is today's, and every row of "I want to … → open this file" leads there."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.repo import ROOT
from tests.repo.architecture import PAGE, count_imports, draw, insert

ROW = re.compile(r"^\| (?P<task>[^|]+) \| `(?P<file>[^`]+)` \| `(?P<symbol>[^`]+)` \|$", re.MULTILINE)
ROWS = [(row["task"], row["file"], row["symbol"]) for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("file", "symbol"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_file_holds_what_the_row_says(file: str, symbol: str) -> None:
    assert symbol in (ROOT / file).read_text(encoding="utf-8"), f"found no {symbol!r} in {file}, which the page names"


def test_the_page_answers_at_least_fifteen_questions() -> None:
    assert len(ROWS) >= 15


def test_the_picture_is_of_todays_imports() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == insert(page, draw(count_imports())), "the picture is old: run `make docs`"


def test_an_arrow_is_an_import() -> None:
    drawing = draw(Counter({("gitops/report", "gitops"): 3}))

    assert "  gitops_report --> gitops" in drawing.splitlines()
    assert "  gitops --> gitops_report" not in drawing.splitlines()


def test_a_page_without_its_marks_is_named() -> None:
    with pytest.raises(ValueError, match="found no"):
        insert("a page", "a drawing")
