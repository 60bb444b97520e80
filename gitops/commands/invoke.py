"""`gitops invoke`: call a deployed endpoint as a client must, or a backend's emulator on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gitops.checkout.targets import Target
from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE, AsJson, Rehearse
from gitops.deployed import outputs
from gitops.deployed.invoke import Answer, call, call_locally
from gitops.deployed.smoke import request_of
from gitops.errors import UserError

Local = Annotated[
    str, typer.Option("--local", metavar="BACKEND", help="a stack's adapter on this machine, in its own runtime")
]


def command(
    stack: Annotated[str, typer.Argument(metavar="STACK", show_default=False)] = "",
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT", show_default=False)] = "",
    payload: Annotated[
        Path | None,
        typer.Argument(metavar="PAYLOAD", help="file with the request's body; the model's canary without one"),
    ] = None,
    url: Annotated[str, typer.Option("--url", help="send it here instead, e.g. to `make serve` on this machine")] = "",
    local: Local = "",
    rehearse: Rehearse = False,
    as_json: AsJson = False,
) -> None:
    """Call an endpoint. Exit 0 for a 2xx answer, 1 for another one, 2 if there was none."""
    if local:
        if environment:
            raise UserError("--local takes no target", hint=f"gitops invoke --local {local} [PAYLOAD]")
        body = read_payload(Path(stack) if stack else None, Target(local, "dev"))
        answer = call_locally(common.checkout(), local, body)
    else:
        if not (stack and environment):
            raise UserError("which endpoint?", hint="Give STACK and ENVIRONMENT, or --local BACKEND.")
        target = common.choose_target(stack, environment)
        answer = call_deployed(target, read_payload(payload, target), url, rehearse)
    if as_json:
        typer.echo(json.dumps(asdict(answer)))
    else:
        common.output.print(f"{answer.status} in {answer.milliseconds:.0f} ms", markup=False)
        common.output.print(answer.body, markup=False)
    raise typer.Exit(FINE if answer.fine else FINDINGS)


def read_payload(given: Path | None, target: Target) -> bytes:
    if given is None:
        if (body := request_of(common.checkout(), target)) is None:
            raise UserError("there is no model/model.toml with a canary to send", hint="Give a file with a request.")
        return body
    if not given.is_file():
        found = "is a folder" if given.is_dir() else "no such file"
        raise UserError(found, where=str(given), hint="Give a file with a request.")
    return given.read_bytes()


def call_deployed(target: Target, body: bytes, url: str, rehearse: bool) -> Answer:
    with common.open_run(rehearse=rehearse, jobs=1, seconds=60) as run:
        how = outputs.read(run, target).get("invoke")
    if not isinstance(how, dict):
        raise UserError("the stack has no output 'invoke'", where=str(target), hint="Deploy it, then run again.")
    if rehearse and not url:
        hint = f"Give the --url of an existing endpoint, or call the adapter: gitops invoke --local {target.stack}"
        raise UserError("a rehearsed endpoint does not exist", where=str(target), hint=hint)
    return call(how, body, url)
