"""A report must never be what one waits for: 15 stacks with 1,000 changes in 100 ms of processor time per format."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from gitops.report.formats import github_annotations, html, junit, sarif, terminal
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.report import Report, build
from tests.report import cases, factories

RECORDS = cases.huge(15, 1_000)


@pytest.mark.parametrize("module", [github_annotations, html, junit, markdown, sarif, terminal])
def test_15_stacks_with_1_000_changes_in_100_ms(module: Callable[[Report], str]) -> None:
    render: Callable[[Report], str] = module.render  # pyright: ignore[reportFunctionMemberAccess]
    times = []
    for _ in range(5):
        start = time.process_time()
        render(build(RECORDS, factories.CONTEXT))
        times.append(time.process_time() - start)

    assert min(times) <= 0.1
