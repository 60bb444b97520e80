"""`gitops notice DIR`: the parts of a report that GitHub's deployment record, or a step that notifies somebody, can
use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from gitops import reporting
from gitops.commands import common
from gitops.report.model.report import Report, build

URL = re.compile(r"https?://[\w.:-]{1,253}(?:/[\w./~%+=&?-]{0,500})?")


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a report folder")],
) -> None:
    """Print `verdict` and `url` for $GITHUB_OUTPUT: the report's first line, and the first endpoint's address."""
    common.require_report(folder, "gitops preview")
    typer.echo(as_outputs(build(reporting.read(folder), reporting.read_context(folder))))


def as_outputs(report: Report) -> str:
    """One line each. A stack's output that is not a plain address is omitted, because each line of that file is a
    command."""
    addresses = (str(record.outputs.get("endpoint_url", "")) for record in report.records)
    url = next((address for address in addresses if URL.fullmatch(address)), "")
    return f"verdict={' '.join(report.verdict.text.split())}\nurl={url}"
