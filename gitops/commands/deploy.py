"""`gitops deploy ENVIRONMENT`: apply what was shown, target by target, and read the outputs back."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gitops import reporting
from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE, AsJson, Jobs, Refresh, Rehearse, Seconds
from gitops.deploy import Deployment, ask_endpoint, deploy
from gitops.errors import UserError, nearest
from gitops.records import Operation, RunRecord
from gitops.report.model.rows import format_totals, summarize_target
from gitops.targets import ENVIRONMENTS, discover, select

VERBS = {Operation.PREVIEW: "previewed", Operation.UPDATE: "applied"}


def command(
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT", help="dev, staging or prod")],
    names: Annotated[list[str] | None, typer.Option("--only", metavar="STACK", help="only these stacks")] = None,
    rehearse: Rehearse = False,
    reviewed: Annotated[
        Path | None,
        typer.Option("--reviewed", metavar="DIR", help="report folder of the review; must show this change"),
    ] = None,
    ask: Annotated[
        bool | None,
        typer.Option("--smoke/--no-smoke", help="send each stack's smoke.json to its endpoint; not in a rehearsal"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="folder the report is written to", show_default="report/deploy"),
    ] = None,
    refresh: Refresh = False,
    as_json: AsJson = False,
    jobs: Jobs = common.CORES,
    seconds: Seconds = 6600,  # two regions' updates one after the other, and within the job's 120 minutes
) -> None:
    """Deploy one environment. Exit 0 deployed, 1 refused or failed, 2 could not run."""
    if environment not in ENVIRONMENTS:
        raise UserError(f"no environment is called '{environment}'", hint=nearest(environment, ENVIRONMENTS))
    targets = [t for t in select(discover(common.checkout()), names or ()) if t.environment == environment]
    if not targets:
        raise UserError(f"no stack has the environment '{environment}'", hint="Add Pulumi.<environment>.yaml to one.")
    seen = read_review(reviewed) if reviewed else None
    out = common.report_folder(out, "report/deploy")
    with common.open_run(rehearse=rehearse, jobs=jobs, seconds=seconds, refresh=refresh) as run:
        done = deploy(run, targets, seen, lambda operation: common.follow(VERBS[operation], len(targets)))
        if (not rehearse) if ask is None else ask:
            done = tuple(ask_endpoint(run.root, deployment) for deployment in done)
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


def read_review(folder: Path) -> dict[str, RunRecord]:
    records = {record.target: record for record in reporting.read(folder)}
    if not records:
        raise UserError(
            "no records of a review", where=str(folder), hint="Give the folder that `gitops preview` wrote."
        )
    return records


def as_document(done: tuple[Deployment, ...]) -> str:
    rows = {
        str(d.target): {
            "deployed": d.fine,
            "reason": d.reason,
            "answer": asdict(d.answer) if d.answer else None,
            "outputs": d.applied.outputs if d.applied else {},
        }
        for d in done
    }
    return json.dumps(rows, indent=1, sort_keys=True)


def line(deployment: Deployment) -> str:
    if not deployment.fine:
        return deployment.reason
    outputs, answer = deployment.record.outputs, deployment.answer
    parts = [
        format_totals(summarize_target(deployment.record).counts) or "no change",
        str(outputs.get("endpoint_url") or outputs.get("endpoint_name") or ""),
        f"answers {answer.status} in {answer.milliseconds:.0f} ms" if answer else "",
    ]
    return "  ".join(filter(None, parts))
