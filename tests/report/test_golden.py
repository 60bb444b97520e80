"""Every case in every format, byte for byte what was reviewed. Renew: `python -m tests.report.goldens`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gitops.records import RunRecord
from gitops.report.model.report import Report, build
from tests.report.factories import CONTEXT
from tests.report.goldens import FOLDER, goldens

ALL = list(goldens())


@pytest.mark.parametrize(("path", "render", "records"), ALL, ids=[path.name for path, _, _ in ALL])
def test_report_is_the_reviewed_one(
    path: Path, render: Callable[[Report], str], records: Callable[[], tuple[RunRecord, ...]]
) -> None:
    expected = path.read_text(encoding="utf-8")

    assert render(build(records(), CONTEXT)) == expected


def test_no_golden_is_left_over() -> None:
    assert sorted(FOLDER.iterdir()) == sorted(path for path, _, _ in ALL)


def test_order_of_the_records_does_not_matter() -> None:
    for path, render, records in ALL:
        shuffled = tuple(reversed(records()))

        assert render(build(shuffled, CONTEXT)) == path.read_text(encoding="utf-8")
