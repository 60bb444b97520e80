"""Writes the golden reports again: `python -m tests.report.goldens`. The review is the diff.

One page shows all that a page can show (`mixed`), without its style sheet. A report that is cut to fit a comment is
hundreds of like lines: of each kind the first is kept, with how many there are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from gitops.records import RunRecord
from gitops.report.formats import github_annotations, html, terminal
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.report import Report, build
from tests.report.cases import CASES
from tests.report.factories import CONTEXT

FOLDER = Path(__file__).parent / "golden"


def page(report: Report) -> str:
    return re.sub(r"(?s)<style>.*</style>", "<style></style>", html.render(report))


def kinds(report: Report) -> str:
    """The Markdown's lines that differ in more than numbers, each with how often its kind occurs."""
    count: Counter[str] = Counter()
    first: dict[str, str] = {}
    for line in markdown.render(report).splitlines():
        kind = re.sub(r"[\d,]+", "0", line)
        count[kind] += 1
        first.setdefault(kind, line)
    return "".join(f"{count[kind]:5} x {line}".rstrip() + "\n" for kind, line in first.items())


FORMATS: dict[str, Callable[[Report], str]] = {
    "md": markdown.render,
    "html": page,
    "txt": terminal.render,
    "log": github_annotations.render,
}
PAGE = "mixed"
TOO_LONG = "too_long"


def goldens() -> Iterator[tuple[Path, Callable[[Report], str], Callable[[], tuple[RunRecord, ...]]]]:
    for name, records in CASES.items():
        if name == TOO_LONG:
            yield FOLDER / f"{name}.md", kinds, records
            continue
        for ending, render in FORMATS.items():
            if ending != "html" or name == PAGE:
                yield FOLDER / f"{name}.{ending}", render, records


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    wanted = {path: render(build(records(), CONTEXT)) for path, render, records in goldens()}
    for stale in set(FOLDER.iterdir()) - set(wanted):
        stale.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
