"""`gitops status`: what runs where, on the terminal and as one page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gitops import reporting
from gitops.checkout import environments
from gitops.commands import common
from gitops.commands.common import FINE, AsJson, Jobs, Names, Rehearse
from gitops.deployed import status
from gitops.files import write_text
from gitops.report.formats import status_page
from gitops.report.model.status import StatusRow
from gitops.report.text.words import listing


def command(
    names: Names = None,
    rehearse: Rehearse = False,
    out: Annotated[Path | None, typer.Option("--out", help="folder of the page (default: report/status/)")] = None,
    drift: Annotated[
        Path | None, typer.Option("--drift", help="folder that `gitops drift` wrote (default: report/drift/)")
    ] = None,
    verified: Annotated[
        Path | None, typer.Option("--verified", help="folder that `gitops verify` wrote (default: report/verify/)")
    ] = None,
    kept: Annotated[
        Path | None,
        typer.Option("--kept", help="folder that keeps the rows of other environments"),
    ] = None,
    as_json: AsJson = False,
    jobs: Jobs = common.CORES,
) -> None:
    """Say what runs where: model, commit, when it was deployed and verified, what waits for promotion, what drifted."""
    targets = common.choose_targets(names)
    out = common.report_folder(out, "report/status")
    kept = common.require_folder(kept, "--kept") if kept else None
    if drift:
        common.require_report(drift, "gitops drift")
    looked = status.drift_of(reporting.read(common.choose_folder(drift, "report/drift")))
    verifications = status.read_verified(common.choose_folder(verified, "report/verify"))
    with common.open_run(rehearse=rehearse, jobs=jobs, seconds=60) as run:
        order = environments.names(run.root)
        rows = status.rows(run.root, status.read(run, targets), order, looked, verifications)
        rows = status.join(kept, rows, order) if kept else rows
        about = reporting.context(run.root, base="", rehearsal=rehearse)
    write_text(out / "index.html", status_page.render(rows, order, about))
    if as_json:
        typer.echo(json.dumps([as_plain(row) for row in rows], indent=1))
    else:
        show(rows)
        common.say_where(out)
    raise typer.Exit(FINE)


def as_plain(row: StatusRow) -> dict[str, object]:
    deployed = {**asdict(row.deployed), "when": row.deployed.when.isoformat()} if row.deployed else None
    facts = {"ahead": row.ahead, "waiting": row.waiting, "drift": row.drift, "verified": row.verification}
    return {"target": str(row.target), "deployed": deployed, **facts}


def show(rows: Sequence[StatusRow]) -> None:
    """A table of what is deployed, at most 80 columns wide with our names; below it notes on the targets."""
    if any(row.deployed for row in rows):
        common.output.print(table(rows))
    for row in (row for row in rows if row.deployed and row.notes):
        common.output.print(f"{row.target}: {', '.join(row.notes)}", markup=False)
    if never := [str(row.target) for row in rows if row.deployed is None]:
        common.output.print(f"never deployed: {listing(never, limit=6)}", markup=False, style="dim")


def table(rows: Iterable[StatusRow]) -> Table:
    grid = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("target", "model", "commit", "deployed (UTC)", "verified"):
        grid.add_column(column, no_wrap=True)
    for row in rows:
        if deployed := row.deployed:
            commit = deployed.commit[:7] + ("*" if deployed.edited else "")
            when = deployed.when.strftime("%Y-%m-%d %H:%M")
            mark = row.verification[-1:] or "no"
            grid.add_row(str(row.target), deployed.version or "–", commit or "–", when, mark)
    return grid
