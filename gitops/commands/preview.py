"""`gitops preview`: what would change, judged, in one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gitops import base, reporting, weakening
from gitops.commands import common
from gitops.commands.common import COULD_NOT_RUN, FINDINGS, FINE, AsJson, Jobs, Names, Refresh, Rehearse, Seconds
from gitops.preview import Place, Run, preview
from gitops.records import Diagnostic, Level, RunRecord, Status
from gitops.targets import Target, discover, select


def command(
    names: Names = None,
    rehearse: Rehearse = False,
    against: Annotated[
        str, typer.Option("--base", metavar="REF", help="rehearse against this revision, deployed")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="folder the report is written to", show_default="report")
    ] = None,
    place: Annotated[
        Path | None,
        typer.Option("--place", help="folder of the rehearsal's state and clouds", show_default=".rehearsal"),
    ] = None,
    cached: Annotated[bool, typer.Option(help="reuse the records of unchanged targets")] = True,
    refresh: Refresh = False,
    as_json: AsJson = False,
    jobs: Jobs = common.CORES,
    seconds: Seconds = 300,
) -> None:
    """Preview targets, judge them, and write the report. Exit 0 fine, 1 findings, 2 a target could not be run."""
    targets = select(discover(common.checkout()), names or ())
    out = common.report_folder(out, "report")
    where = Place(place.resolve()) if place else None
    with common.a_run(
        rehearse=rehearse or bool(against), jobs=jobs, seconds=seconds, place=where, refresh=refresh
    ) as run:
        run, broken = on_base(run, against, targets) if run.place and against else (run, {})
        cache = run.place.folder / "records" if run.place and cached else None
        records = preview(run, targets, cache=cache, on_done=common.counting(len(targets), "previewed"))
        records = tuple(noted(record, broken.get(record.target)) for record in records)
        progress = common.noting("judged by the base's pack")
        weaker = weakening.told(run, against, targets, records, progress) if against else ()
        about = reporting.context(run.root, base=against, rehearsal=run.place is not None)
        gone = tuple(map(str, base.removed(run.root, against))) if against and not names else ()
        about = replace(about, judge_changes=weaker, removed=gone)
        report = reporting.write(out, records, about)
    if as_json:
        typer.echo("[" + ",\n".join(record.model_dump_json() for record in records) + "]")
    else:
        common.show(report)
        for sentence in weaker:
            common.output.print(f"The judge is weaker: {sentence}", markup=False)
        common.say_where(out)
    raise typer.Exit(verdict(records))


def on_base(run: Run, revision: str, targets: Sequence[Target]) -> tuple[Run, dict[str, RunRecord]]:
    """The run against the deployed revision, and the records of targets that the revision could not deploy."""
    assert run.place
    bases = run.place.folder / "bases"
    place, failed = base.deployed(run, revision, targets, bases, common.noting("deployed the base of"))
    return replace(run, place=place), {record.target: record for record in failed}


def noted(record: RunRecord, broken: RunRecord | None) -> RunRecord:
    """The record with a warning where its base could not be deployed: its creates may be updates."""
    if broken is None:
        return record
    reason = broken.error.message if broken.error else "no reason given"
    warning = Diagnostic(severity="warning", message=f"the base could not be deployed to compare with: {reason}")
    return record.model_copy(update={"diagnostics": (*record.diagnostics, warning)})


def verdict(records: tuple[RunRecord, ...]) -> int:
    if any(record.status is Status.FAILED for record in records):
        return COULD_NOT_RUN
    mandatory = any(finding.level is Level.MANDATORY for record in records for finding in record.findings)
    return FINDINGS if mandatory else FINE
