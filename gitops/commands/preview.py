"""`gitops preview`: what would change, judged, in one report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gitops import base
from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE, AsJson, Jobs, Names, Rehearse, Seconds
from gitops.preview import Run, preview
from gitops.records import Level, RunRecord, Status
from gitops.report.files import write_report
from gitops.targets import discover, select


def command(
    names: Names = None,
    rehearse: Rehearse = False,
    against: Annotated[str, typer.Option("--base", metavar="REF", help="rehearse against this revision, deployed")] = "",
    out: Annotated[Path, typer.Option("--out", help="folder the report is written to")] = Path("report"),
    cached: Annotated[bool, typer.Option(help="reuse the records of unchanged targets")] = True,
    as_json: AsJson = False,
    jobs: Jobs = common.default_jobs(),
    seconds: Seconds = 300,
) -> None:
    """Preview targets, judge them, and write the report. Exit 0 fine, 1 findings or failed targets, 2 could not run."""
    targets = select(discover(common.checkout()), names or ())
    with common.a_run(rehearse=rehearse or bool(against), jobs=jobs, seconds=seconds) as run:
        run, notes = on_base(run, against) if against else (run, ())
        cache = common.rehearsal_folder(run.root) / "records" if cached else None
        records = preview(run, targets, cache=cache, on_done=common.counting(len(targets), "previewed"))
    report = write_report(out, records, root=run.root, base=against, rehearsal=run.place is not None, base_failures=notes)
    if as_json:
        typer.echo("[" + ",\n".join(record.model_dump_json() for record in records) + "]")
    else:
        common.output.print(report)
    raise typer.Exit(verdict(records))


def on_base(run: Run, revision: str) -> tuple[Run, tuple[RunRecord, ...]]:
    from dataclasses import replace

    folder = common.rehearsal_folder(run.root) / "bases"
    place, failed = base.deployed(run, revision, folder, common.counting(0, "deployed the base of"))
    return replace(run, place=place), failed


def verdict(records: tuple[RunRecord, ...]) -> int:
    failed = any(record.status is Status.FAILED for record in records)
    mandatory = any(finding.level is Level.MANDATORY for record in records for finding in record.findings)
    return FINDINGS if failed or mandatory else FINE
