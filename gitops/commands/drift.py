"""`gitops drift`: what the clouds hold that the state does not say, as the same report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gitops import reporting
from gitops.commands import common
from gitops.commands.common import COULD_NOT_RUN, FINDINGS, FINE, AsJson, Jobs, Names, Rehearse, Seconds
from gitops.deployed.drift import has_drifted, without_autoscaling
from gitops.records import Operation, Status
from gitops.report.text.words import listing
from gitops.run import perform


def command(
    names: Names = None,
    rehearse: Rehearse = False,
    out: Annotated[Path | None, typer.Option("--out", help="folder of the report (default: report/drift/)")] = None,
    as_json: AsJson = False,
    jobs: Jobs = common.CORES,
    seconds: Seconds = 600,
) -> None:
    """Compare the clouds with the state; nothing is changed. Exit 0 no drift, 1 drift, 2 could not compare."""
    targets = common.choose_targets(names)
    out = common.report_folder(out, "report/drift")
    with common.open_run(rehearse=rehearse, jobs=jobs, seconds=seconds) as run:
        compared = perform(run, targets, Operation.DRIFT, common.follow("compared", len(targets)))
        records = tuple(map(without_autoscaling, compared.values()))
        about = reporting.context(run.root, base="", rehearsal=rehearse)
    empty = [record.target for record in records if record.status is Status.SUCCEEDED and not record.steps]
    report = reporting.write(out, [record for record in records if record.target not in empty], about)
    if as_json:
        typer.echo("[" + ",\n".join(record.model_dump_json() for record in records) + "]")
    else:
        if report.records:
            common.show(report)
        if empty:
            common.output.print(f"Not deployed: {listing(empty, limit=20)}", markup=False)
        common.say_where(out)
        if has_drifted(records):
            common.output.print("To revert it: gitops deploy ENVIRONMENT --refresh", markup=False)
    if any(record.status is Status.FAILED for record in records):
        raise typer.Exit(COULD_NOT_RUN)
    raise typer.Exit(FINDINGS if has_drifted(records) else FINE)
