"""Writes the golden reports again: `python -m tests.report.goldens`. The review is the diff.

The page's style sheet is left out of its goldens: a change of colour should not touch every file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from gitops.records import RunRecord
from gitops.report import annotations, html, markdown, terminal
from gitops.report.model import Report, build
from tests.report.factories import CASES, CONTEXT

FOLDER = Path(__file__).parent / "golden"


def page(report: Report) -> str:
    return re.sub(r"(?s)<style>.*</style>", "<style></style>", html.render(report))


FORMATS: dict[str, Callable[[Report], str]] = {
    "md": markdown.render,
    "html": page,
    "txt": terminal.render,
    "log": annotations.render,
}
ONLY_MARKDOWN = ("too_long",)
"""Cases whose other formats would only be long."""


def goldens() -> Iterator[tuple[Path, Callable[[Report], str], Callable[[], tuple[RunRecord, ...]]]]:
    for name, records in CASES.items():
        for ending, render in FORMATS.items():
            if ending == "md" or name not in ONLY_MARKDOWN:
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
