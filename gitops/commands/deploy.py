"""`gitops deploy ENVIRONMENT`: apply what was shown, target by target, and read the outputs back."""

from __future__ import annotations

import json
import math
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from gitops import reporting
from gitops.backend import find_session
from gitops.checkout.git import list_files, reader
from gitops.checkout.impact import find_dependencies
from gitops.checkout.legs import sort_into_waves
from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE, AsJson, Environment, Fault, Jobs, Only, Refresh, Rehearse, Seconds
from gitops.deploy import LIMITS, Deployment, deploy
from gitops.engine.environment import KEY_VARIABLE
from gitops.errors import Refused, UserError
from gitops.records import Operation, RunRecord
from gitops.report.model.rows import format_totals, summarize_target
from gitops.retire import find_taken_out, keep, retiring, still_there
from gitops.review.circumstances import state_circumstances
from gitops.review.envelope import FILE, Envelope, Review, refuse
from gitops.run import Run

VERBS = {Operation.PREVIEW: "previewed", Operation.DRIFT: "compared", Operation.UPDATE: "applied"}


def command(
    environment: Environment,
    names: Only = None,
    rehearse: Rehearse = False,
    reviewed: Annotated[
        Path | None,
        typer.Option("--reviewed", metavar="DIR", help="report folder of the review, which must show the same change"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="folder of the report (default: report/deploy/)"),
    ] = None,
    refresh: Refresh = False,
    fault: Fault = "",
    as_json: AsJson = False,
    jobs: Jobs = common.CORES,
    seconds: Seconds = LIMITS.update,
) -> None:
    """Deploy one environment. Exit 0 deployed, 1 refused or failed, 2 could not run."""
    if fault and not rehearse:
        raise UserError("--fault is for the rehearsal clouds", hint="Add --rehearse.")
    taken_out = find_taken_out(common.checkout())
    chosen = common.targets_of(environment, names, taken_out)
    seen = read_review(reviewed) if reviewed else None
    out = common.report_folder(out, "report/deploy")
    with (
        common.open_run(rehearse=rehearse, jobs=jobs, seconds=seconds, refresh=refresh) as opened,
        retiring(opened, keep(taken_out, chosen)) as run,
    ):
        targets = still_there(chosen, taken_out, run)
        standing = [target for target in targets if target not in run.retired]
        waves = (*sort_into_waves(find_dependencies(standing, list_files(run.root), reader(run.root))), (*run.retired,))
        records = admit(seen, run, environment) if seen else None
        done = deploy(
            replace(run, fault=fault),
            targets,
            records,
            lambda operation: common.follow(VERBS[operation], len(targets)),
            waves,
            math.inf if rehearse else find_session(os.environ),
        )
        about = reporting.context(run.root, base="", rehearsal=rehearse)
        report = reporting.write(out, [d.record for d in done], about)
    if as_json:
        typer.echo(as_document(done))
    else:
        for deployment in done:
            mark = "✓" if deployment.fine else "✗"
            common.output.print(f"{mark} {deployment.target}  {line(deployment)}", markup=False)
        if not all(d.fine for d in done):
            common.show(report)
        common.say_where(out)
    raise typer.Exit(FINE if all(d.fine for d in done) else FINDINGS)


def read_review(folder: Path) -> Review:
    """The review in a report folder. Raises `UserError` where there is none, or it is no whole one."""
    hint = "Give the folder that `gitops preview ENVIRONMENT --bind` wrote."
    try:
        records = {record.target: record for record in reporting.read(folder)}
        envelope = Envelope.model_validate_json((folder / FILE).read_bytes())
    except FileNotFoundError as error:
        raise UserError(f"no {FILE}: this folder contains no review", where=str(folder), hint=hint) from error
    except ValidationError as error:
        faults = f"{error.error_count()} fields of the review are invalid, the first is {error.errors()[0]['loc']}"
        raise UserError(faults, where=str(folder), hint=hint) from error
    return Review(records, envelope)


def admit(review: Review, run: Run, environment: str) -> dict[str, RunRecord]:
    """The reviewed records by target. Raises `UserError` where the review does not hold here and now."""
    key = os.environ.get(KEY_VARIABLE, "").encode()
    reason = refuse(review, state_circumstances(run, environment, os.environ), time.time(), key)
    if reason:
        hint = "Nothing was touched. Preview again and have the new preview reviewed."
        raise Refused(reason, where="--reviewed", hint=hint)
    return dict(review.records)


def as_document(done: tuple[Deployment, ...]) -> str:
    rows = {
        str(d.target): {
            "deployed": d.fine,
            "reason": d.reason,
            "outputs": d.applied.outputs if d.applied else {},
        }
        for d in done
    }
    return json.dumps(rows, indent=1, sort_keys=True)


def line(deployment: Deployment) -> str:
    if not deployment.fine:
        return deployment.reason
    outputs = deployment.record.outputs
    parts = [
        format_totals(summarize_target(deployment.record).counts) or "no change",
        str(outputs.get("endpoint_url") or outputs.get("endpoint_name") or ""),
    ]
    return "  ".join(filter(None, parts))
