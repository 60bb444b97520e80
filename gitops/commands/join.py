"""`gitops join DIR`: one report from the records that the legs of a matrix left, with an error for each missing
record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gitops import baseline, reporting
from gitops.checkout.durations import join_durations, write_durations
from gitops.commands import common
from gitops.commands.preview import verdict
from gitops.records import Operation, RunError, RunRecord, Status
from gitops.report.model.context import Context

DURATIONS = "durations.json"
"""What a leg's targets took, beside its report; of all legs beside the joined one."""


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder with one report folder for each leg")],
    base: Annotated[str, typer.Option("--base", metavar="REF", help="the revision that the change was compared with")],
    expect: Annotated[str, typer.Option("--expect", help="the targets that must have a record, separated by spaces")],
    out: Annotated[Path | None, typer.Option("--out", help="folder of the report (default: report/)")] = None,
) -> None:
    """Write the joined report. Exit 0 fine, 1 findings, 2 a target could not be run or left no record."""
    out = common.report_folder(out, "report")
    legs = reporting.find_reports(folder)
    records = join((record for leg in legs for record in reporting.read(leg)), expect.split())
    about = join_contexts([reporting.read_context(leg) for leg in legs], common.checkout(), base)
    common.show(reporting.write(out, records, about))
    write_durations(out / DURATIONS, join_durations(leg / DURATIONS for leg in legs))
    raise typer.Exit(verdict(records, about.judge_changes))


def join(records: Iterable[RunRecord], expected: Iterable[str]) -> tuple[RunRecord, ...]:
    """The records, and a failed record for each target that left none."""
    by_target = {record.target: record for record in records}
    return (*by_target.values(), *(record_missing_run(target) for target in expected if target not in by_target))


def record_missing_run(target: str) -> RunRecord:
    stack, _, environment = target.partition("/")
    return RunRecord(
        stack=stack,
        environment=environment,
        operation=Operation.PREVIEW,
        rehearsal=True,
        status=Status.FAILED,
        error=RunError(
            kind="engine", message="its job left no record", hint="See the job's own log, and run it again."
        ),
    )


def join_contexts(contexts: Sequence[Context], root: Path, base: str) -> Context:
    """The context that all legs share, with each weakening of the policy pack listed once."""
    changes = tuple(dict.fromkeys(sentence for context in contexts for sentence in context.judge_changes))
    removed = tuple(map(str, baseline.find_removed(root, base)))
    return replace(reporting.context(root, base=base, rehearsal=True), judge_changes=changes, removed=removed)
