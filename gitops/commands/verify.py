"""`gitops verify ENVIRONMENT`: compare what was deployed with what the clouds hold, and ask each endpoint."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gitops import reporting
from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE, AsJson, Environment, Jobs, Only, Rehearse, Seconds
from gitops.deployed import outputs
from gitops.deployed.readback import boto3_client
from gitops.deployed.readback_azure import ask_azure
from gitops.deployed.status import VERIFIED
from gitops.deployed.verify import Verification, ask_endpoint, compare, read_back
from gitops.files import write_text
from gitops.redaction import credentials
from gitops.run import Run


def command(
    environment: Environment,
    names: Only = None,
    rehearse: Rehearse = False,
    asking: Annotated[
        bool | None,
        typer.Option(
            "--smoke/--no-smoke",
            help="send the model's canary to each endpoint (a stack's own smoke.json, if any); not in a rehearsal",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="folder of the report (default: report/verify/)")] = None,
    as_json: AsJson = False,
    jobs: Jobs = common.CORES,
    seconds: Seconds = 600,
) -> None:
    """Verify one environment; nothing is changed. Exit 0 if everything is in place and answers, 1 if not, 2 could not
    run."""
    targets = common.targets_of(environment, names)
    out = common.report_folder(out, "report/verify")
    with common.open_run(rehearse=rehearse, jobs=jobs, seconds=seconds) as run:
        verified = compare(run, targets, common.follow("compared", len(targets)))
        if not rehearse:
            verified = tuple(read_back(run, verification, boto3_client, ask_azure) for verification in verified)
        if (not rehearse) if asking is None else asking:
            verified = tuple(ask(run, verification) for verification in verified)
        about = reporting.context(run.root, base="", rehearsal=rehearse)
        reporting.write(out, [verification.record for verification in verified], about)
        write_text(out / VERIFIED, as_document(verified, datetime.now(UTC)))
    if as_json:
        typer.echo((out / VERIFIED).read_text(encoding="utf-8"))
    else:
        for verification in verified:
            common.output.print(
                f"{'✓' if verification.fine else '✗'} {verification.target}  {line(verification)}", markup=False
            )
        common.say_where(out)
    raise typer.Exit(FINE if all(verification.fine for verification in verified) else FINDINGS)


def ask(run: Run, verification: Verification) -> Verification:
    """Adds the endpoint's answer, without the words that the environment or the stack keeps secret."""
    if not verification.fine:
        return verification
    exported = outputs.read(run, verification.target)
    secrets = credentials(os.environ) | outputs.read_secrets(run, verification.target, exported)
    return ask_endpoint(run.root, verification, exported, secrets)


def as_document(verified: tuple[Verification, ...], when: datetime) -> str:
    """The result as JSON, for scripts and for `gitops status`, which shows when a target was last verified."""
    rows = {
        str(verification.target): {
            "verified": verification.fine,
            "reason": verification.reason,
            "when": when.isoformat(timespec="seconds"),
            "answer": asdict(verification.answer) if verification.answer else None,
        }
        for verification in verified
    }
    return json.dumps(rows, indent=1, sort_keys=True)


def line(verification: Verification) -> str:
    if not verification.fine:
        return verification.reason
    return (
        f"answers {verification.answer.status} in {verification.answer.milliseconds:.0f} ms"
        if verification.answer
        else "as it was deployed"
    )
