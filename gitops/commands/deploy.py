"""`gitops deploy ENVIRONMENT`: apply what was shown, target by target, and read the outputs back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gitops import reporting
from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE, AsJson, Jobs, Rehearse, Seconds
from gitops.deploy import Deployment, deploy
from gitops.errors import UserError, nearest
from gitops.records import RunRecord
from gitops.targets import ENVIRONMENTS, discover, select


def command(
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT", help="dev, staging or prod")],
    names: Annotated[list[str] | None, typer.Option("--only", metavar="STACK", help="only these stacks")] = None,
    rehearse: Rehearse = False,
    reviewed: Annotated[
        Path | None,
        typer.Option("--reviewed", metavar="DIR", help="report folder of the review; must show this change"),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="folder the report of the deployment is written to")] = Path(
        "report/deploy"
    ),
    as_json: AsJson = False,
    jobs: Jobs = common.CORES,
    seconds: Seconds = 3600,
) -> None:
    """Deploy one environment. Exit 0 deployed, 1 refused or failed, 2 could not run."""
    if environment not in ENVIRONMENTS:
        raise UserError(f"no environment is called '{environment}'", hint=nearest(environment, ENVIRONMENTS))
    targets = [t for t in select(discover(common.checkout()), names or ()) if t.environment == environment]
    if not targets:
        raise UserError(f"no stack has the environment '{environment}'", hint="Add Pulumi.<environment>.yaml to one.")
    seen = read_review(reviewed) if reviewed else None
    with common.a_run(rehearse=rehearse, jobs=jobs, seconds=seconds) as run:
        done = deploy(run, targets, seen, common.counting(2 * len(targets), "ran"))
        about = reporting.context(run.root, base="", rehearsal=run.place is not None)
        reporting.write(out, [d.applied or d.previewed for d in done], about)
    show(done, as_json=as_json)
    raise typer.Exit(FINE if all(d.fine for d in done) else FINDINGS)


def read_review(folder: Path) -> dict[str, RunRecord]:
    records = {record.target: record for record in reporting.read(folder)}
    if not records:
        raise UserError(
            "no records of a review", where=str(folder), hint="Give the folder that `gitops preview` wrote."
        )
    return records


def show(done: tuple[Deployment, ...], *, as_json: bool) -> None:
    if as_json:
        rows = {
            str(d.target): {
                "deployed": d.fine,
                "reason": reason(d),
                "outputs": d.applied.outputs if d.applied else {},
            }
            for d in done
        }
        typer.echo(json.dumps(rows, indent=1, sort_keys=True))
        return
    for d in done:
        outputs = d.applied.outputs if d.applied else {}
        where = outputs.get("endpoint_url") or outputs.get("endpoint_name") or ""
        common.output.print(f"{'✓' if d.fine else '✗'} {d.target}  {where if d.fine else reason(d)}", markup=False)


def reason(deployment: Deployment) -> str:
    failed = deployment.applied.error.message if deployment.applied and deployment.applied.error else ""
    return deployment.refusal or failed or deployment.mismatch
