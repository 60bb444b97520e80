"""`gitops report DIR`: write the report again from the records in a folder, e.g. those of several CI jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gitops import reporting
from gitops.commands import common
from gitops.errors import UserError


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder whose records/ has one JSON file per target")],
) -> None:
    """Render every form of the report from its records."""
    records = reporting.read(folder)
    if not records:
        raise UserError("no records", where=str(folder / "records"), hint="Run `gitops preview --out DIR` first.")
    common.show(reporting.write(folder, records, reporting.read_context(folder)))
