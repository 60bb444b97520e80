"""`gitops preview`: what would change and what the policies say of it, in one report."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from gitops import baseline, reporting
from gitops.checkout.durations import write_durations
from gitops.checkout.targets import Target
from gitops.commands import common
from gitops.commands.common import COULD_NOT_RUN, FINDINGS, FINE, AsJson, Jobs, Names, Refresh, Rehearse, Seconds
from gitops.deployed.drift import look_for_drift
from gitops.engine.environment import KEY_VARIABLE
from gitops.errors import UserError
from gitops.files import write_text
from gitops.preview import preview
from gitops.records import Diagnostic, Level, RunRecord, Status
from gitops.report.model.context import Context
from gitops.report.model.report import build
from gitops.report.text.words import listing
from gitops.retire import find_taken_out, keep, retiring, still_there
from gitops.review import regressions
from gitops.review.accepted import is_weaker, mark_accepted, read_accepted
from gitops.review.circumstances import state_circumstances
from gitops.review.envelope import FILE
from gitops.review.envelope import bind as bind_records
from gitops.run import Run, Sandbox
from gitops.watch import edits, watch


def command(
    names: Names = None,
    rehearse: Rehearse = False,
    against: Annotated[
        str, typer.Option("--base", metavar="REF", help="rehearse against this revision, deployed")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="folder of the report (default: report/)")] = None,
    sandbox: Annotated[
        Path | None,
        typer.Option("--sandbox", help="folder of the rehearsal's state and clouds (default: .rehearsal/)"),
    ] = None,
    cached: Annotated[bool, typer.Option(help="reuse the records of unchanged targets")] = True,
    refresh: Refresh = False,
    bind: Annotated[bool, typer.Option("--bind", help="seal the report for `gitops deploy --reviewed`")] = False,
    watching: Annotated[
        bool, typer.Option("--watch", help="after each save, preview what it affects, until Ctrl-C")
    ] = False,
    durations: Annotated[
        Path | None,
        typer.Option("--durations", metavar="FILE", help="write each target's duration, for `gitops impact`"),
    ] = None,
    as_json: AsJson = False,
    jobs: Jobs = common.CORES,
    seconds: Seconds = 300,
) -> None:
    """Preview targets, check policies, and write the report. Exit 0 fine, 1 findings, 2 a target could not be run."""
    if watching and (as_json or bind):
        option = "--json" if as_json else "--bind"
        hint = "Remove one of the two options."
        raise UserError("it belongs to the last preview, and --watch has none", where=option, hint=hint)
    taken_out = find_absent(against, bind=bind)
    chosen_targets = common.choose_targets(names, taken_out)
    out = common.report_folder(out, "report")
    rehearsal = rehearse or bool(against)
    chosen = Sandbox(common.require_folder(sandbox, "--sandbox").resolve()) if sandbox else None
    with ExitStack() as opened:
        run = opened.enter_context(
            common.open_run(rehearse=rehearsal, jobs=jobs, seconds=seconds, sandbox=chosen, refresh=refresh)
        )
        if watching:
            keep_watching(run, chosen_targets, against, out)
        run, broken = on_baseline(run, against, chosen_targets) if run.sandbox and against else (run, {})
        run = opened.enter_context(retiring(run, keep(taken_out, chosen_targets)))
        targets = still_there(chosen_targets, taken_out, run)
        run = replace(run, bound=bind)
        cache = run.sandbox.folder / "records" if run.sandbox and cached and not bind else None
        records = preview(run, targets, cache=cache, on_done=common.follow("previewed", len(targets)))
        by_target = dict(zip(targets, records, strict=True))
        if bind:
            by_target = look_for_drift(run, targets, common.follow("compared", len(targets)), by_target)
        records = tuple(annotate(record, broken.get(record.target)) for record in by_target.values())
        progress = common.follow("judged by the base's pack")
        standing = [target for target in targets if target not in run.retired]
        regressed = regressions.compare_packs(run, against, standing, records, progress) if against else ()
        regressed = mark_accepted(regressed, read_accepted(run.root, date.today()))
        about = reporting.context(run.root, base=against, rehearsal=rehearsal)
        gone = tuple(map(str, taken_out)) if against else ()
        about = replace(about, judge_changes=regressed, removed=gone)
        report = reporting.write(out, records, about)
        if durations:
            write_durations(durations, run.pool.seconds)
        if bind:
            write_envelope(out, run, records)
    if as_json:
        typer.echo("[" + ",\n".join(record.model_dump_json() for record in records) + "]")
    else:
        common.show(report)
        for sentence in regressed:
            common.output.print(f"Policy regression: {sentence}", markup=False)
        common.say_where(out)
    raise typer.Exit(verdict(records, regressed))


def find_absent(against: str, *, bind: bool) -> dict[Target, str]:
    """The targets that this change, or a commit before the sealed preview, removes, each with a commit that still has
    it."""
    root = common.checkout()
    if against:
        return dict.fromkeys(baseline.find_removed(root, against), against)
    return find_taken_out(root) if bind else {}


def keep_watching(run: Run, targets: Sequence[Target], against: str, out: Path) -> None:
    """Previews until interrupted, and writes the report of all targets after each round."""
    if run.sandbox and against:
        run, _ = on_baseline(run, against, targets)
    about = reporting.context(run.root, base=against, rehearsal=run.sandbox is not None)
    good: dict[str, RunRecord] = {}

    def show(
        changed: Sequence[str], records: Sequence[RunRecord], latest: Mapping[Target, RunRecord], took: float
    ) -> None:
        show_round(changed, records, good, about)
        good.update((record.target, record) for record in records if record.status is Status.SUCCEEDED)
        reporting.write(out, latest.values(), about)
        common.say(f"{f'{took:.1f} s; ' if changed else ''}watching, Ctrl-C ends it")

    watch(run, targets, show, common.follow("previewed", len(targets)), edits(run.root))


def show_round(
    changed: Sequence[str], records: Sequence[RunRecord], good: Mapping[str, RunRecord], about: Context
) -> None:
    """Shows what the edit changed, compared with the previews in `good`; the whole report if a target failed or is
    new."""
    if changed:
        reached = ", ".join(record.target for record in records) or "nothing"
        common.output.print(f"\n{listing(changed, limit=3)} reaches {reached}", markup=False)
    report = build(records, about)
    if all(record.status is Status.SUCCEEDED and record.target in good for record in records):
        if records:
            common.show_edit([(good[record.target], record) for record in records])
            common.output.print(f"\n{report.verdict.text}", markup=False)
    else:
        common.show(report)


def on_baseline(run: Run, revision: str, targets: Sequence[Target]) -> tuple[Run, dict[str, RunRecord]]:
    """The run against the deployed revision, and the records of targets that the revision could not deploy."""
    assert run.sandbox
    folder = run.sandbox.folder / "bases"
    sandbox, failed = baseline.deploy(run, revision, targets, folder, common.follow("deployed the base of"))
    return replace(run, sandbox=sandbox), {record.target: record for record in failed}


def write_envelope(out: Path, run: Run, records: Sequence[RunRecord]) -> None:
    """Seals the preview, if it has any records. Raises `UserError` for targets of several environments."""
    if not records:
        (out / FILE).unlink(missing_ok=True)
        return
    environments = {record.environment for record in records}
    if len(environments) != 1:
        names = ", ".join(sorted(environments))
        raise UserError(f"an approval is for one environment, found {names}", where="--bind", hint="Name one.")
    key = os.environ.get(KEY_VARIABLE, "").encode()
    envelope = bind_records(records, state_circumstances(run, environments.pop(), os.environ), time.time(), key)
    write_text(out / FILE, envelope.model_dump_json(indent=1) + "\n")


def annotate(record: RunRecord, broken: RunRecord | None) -> RunRecord:
    """The record with a warning if its base could not be deployed, because its creates may really be updates."""
    if broken is None:
        return record
    reason = broken.error.message if broken.error else "no reason given"
    warning = Diagnostic(severity="warning", message=f"the base could not be deployed to compare with: {reason}")
    return record.model_copy(update={"diagnostics": (*record.diagnostics, warning)})


def verdict(records: Sequence[RunRecord], weaker: Sequence[str] = ()) -> int:
    """The command's exit code. `weaker` are sentences about how the change weakens the policy pack."""
    if any(record.status is Status.FAILED for record in records):
        return COULD_NOT_RUN
    mandatory = any(finding.level is Level.MANDATORY for record in records for finding in record.findings)
    return FINDINGS if mandatory or is_weaker(weaker) else FINE
