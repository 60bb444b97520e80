"""`gitops operate KIND STACK ENVIRONMENT`: say what a refresh, removal or unlock would do, or do it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from gitops.backend import read_address
from gitops.commands import common
from gitops.commands.common import Rehearse, Seconds
from gitops.deployed.operate import EXPECTED, Kind, Statement, describe, do, export, refuse_another
from gitops.engine.start import hash_state
from gitops.errors import Refused, UserError
from gitops.files import write_text
from gitops.review.circumstances import state_circumstances
from gitops.run import Run

FILE = "operation.json"
MEANING = " · ".join(f"{kind}: {expected}" for kind, expected in EXPECTED.items())


def command(
    kind: Annotated[
        Kind, typer.Argument(metavar="KIND", parser=common.one_of(Kind, "operation"), help=" ".join(EXPECTED))
    ],
    stack: Annotated[str, typer.Argument(metavar="STACK")],
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT")],
    argument: Annotated[str, typer.Option("--with", metavar="TEXT", help=MEANING)] = "",
    approved: Annotated[
        Path | None, typer.Option("--approved", metavar="DIR", help="do it, if the effects are those in this folder")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="folder of the statement (default: report/operate/)")
    ] = None,
    rehearse: Rehearse = False,
    seconds: Seconds = 1800,
) -> None:
    """State what an operation would change, or do it. Exit 0 stated or done, 1 refused, 2 could not run."""
    target = common.choose_target(stack, environment)
    out = common.report_folder(out, "report/operate")
    with common.open_run(rehearse=rehearse, jobs=1, seconds=seconds) as run:
        address = run.sandbox.backend if run.sandbox else read_address(os.environ)
        follow = common.follow("compared", 1)
        statement = describe(run, kind, target, argument, address, datetime.now(UTC), follow)
        statement = statement.model_copy(update=circumstances(run, environment))
        if approved:
            if reason := refuse_another(read_statement(approved), statement):
                hint = "Nothing was touched. Have the effects shown and approved again."
                raise Refused(reason, where="--approved", hint=hint)
            do(run, statement, target, address, follow)
            statement = statement.model_copy(update={"after": hash_state(export(run, target))})
    write_text(out / FILE, statement.model_dump_json(indent=1) + "\n")
    write_text(out / "summary.md", statement.markdown())
    common.output.print(statement.markdown(), markup=False)


def circumstances(run: Run, environment: str) -> dict[str, str]:
    here = state_circumstances(run, environment, os.environ)
    return {
        **here.model_dump(include={"commit", "backend", "accounts", "run"}),
        "actor": os.environ.get("GITHUB_ACTOR", ""),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def read_statement(folder: Path) -> Statement:
    try:
        return Statement.model_validate_json((folder / FILE).read_bytes())
    except (FileNotFoundError, ValidationError) as error:
        raise UserError(f"no statement of an operation: {FILE}", where=str(folder)) from error
