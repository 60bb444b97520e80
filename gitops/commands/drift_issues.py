"""`gitops drift-issues DIR`: one GitHub issue for each target that drifts, from the report of `gitops drift`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from gitops import reporting
from gitops.commands import common
from gitops.commands.comment import AUTHOR
from gitops.errors import UserError
from gitops.github.client import from_environment
from gitops.github.issues import keep_up


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder that `gitops drift` wrote")],
    author: Annotated[str, typer.Option("--author", help="login the token writes as")] = AUTHOR,
) -> None:
    """Open, update and close issues. Reads GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN."""
    records = reporting.read(folder)
    if not records:
        raise UserError("no records", where=str(folder), hint="Run `gitops drift --out DIR` first.")
    done = keep_up(from_environment(os.environ), records, reporting.read_context(folder), author)
    for action in done:
        common.output.print(f"{action.kind} {action.target}", markup=False)
    common.output.print(f"{len(done)} issues touched", style="dim", markup=False)
