"""`gitops drift-issues DIR`: one GitHub issue for each target that drifts, from the reports of `gitops drift`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from gitops import reporting
from gitops.checkout.targets import discover
from gitops.commands import common
from gitops.commands.comment import AUTHOR
from gitops.commands.common import COULD_NOT_RUN, FINE
from gitops.errors import UserError
from gitops.github.client import from_environment
from gitops.github.issues import keep_up


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder that `gitops drift` wrote, or of several")],
    author: Annotated[str, typer.Option("--author", help="login the token writes as")] = AUTHOR,
) -> None:
    """Open, update and close issues. Reads GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN."""
    client, targets = from_environment(os.environ), {str(target) for target in discover(common.checkout())}
    done, failed = 0, False
    for report in reporting.find_reports(folder):
        try:
            actions = keep_up(client, reporting.read(report), reporting.read_context(report), author, targets)
        except UserError as error:  # one environment's failure silences no other
            common.errors.print(f"[red]error:[/] {escape(error.located)}")
            failed = True
            continue
        done += len(actions)
        for action in actions:
            common.output.print(f"{action.kind} {action.target}", markup=False)
    common.output.print(f"{done} issues touched", style="dim", markup=False)
    raise typer.Exit(COULD_NOT_RUN if failed else FINE)
