"""`gitops invoke`: call a deployed endpoint as a client must; the smoke check of a deploy."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gitops import outputs
from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE, AsJson, Rehearse
from gitops.errors import UserError
from gitops.invoke import call
from gitops.targets import discover, select


def command(
    stack: Annotated[str, typer.Argument(metavar="STACK")],
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT")],
    payload: Annotated[Path, typer.Argument(metavar="PAYLOAD", help="file whose bytes are the request's body")],
    url: Annotated[str, typer.Option("--url", help="send it here instead, e.g. to `make serve` on this machine")] = "",
    rehearse: Rehearse = False,
    as_json: AsJson = False,
) -> None:
    """Call a deployed endpoint. Exit 0 for a 2xx answer, 1 for another one, 2 if there was none."""
    (target,) = select(discover(common.checkout()), [f"{stack}/{environment}"])
    if not payload.is_file():
        raise UserError("no such file", where=str(payload), hint="Give a file with a request.")
    with common.open_run(rehearse=rehearse, jobs=1, seconds=60) as run:
        how = outputs.read(run, target).get("invoke")
    if not isinstance(how, dict):
        raise UserError("the stack has no output 'invoke'", where=str(target), hint="Deploy it, then run again.")
    if rehearse and not url:
        raise UserError("a rehearsed endpoint does not exist", where=str(target), hint="Give --url of one that does.")
    answer = call(how, payload.read_bytes(), url)
    if as_json:
        typer.echo(json.dumps(asdict(answer)))
    else:
        common.output.print(f"{answer.status} in {answer.milliseconds:.0f} ms", markup=False)
        common.output.print(answer.body, markup=False)
    raise typer.Exit(FINE if answer.fine else FINDINGS)
