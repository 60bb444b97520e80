"""`gitops rehearse DIR`: any Pulumi Python project on the rehearsal clouds, in a throw-away state of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gitops.commands.common import FINDINGS, FINE, AsJson, Fault, Seconds
from gitops.records import RunRecord, Status
from gitops.rehearse import rehearse


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder of a Pulumi Python project")],
    up: Annotated[bool, typer.Option("--up", help="apply too, not only preview")] = False,
    config: Annotated[list[str] | None, typer.Option("--config", metavar="KEY=VALUE", help="set or override")] = None,
    stack: Annotated[str | None, typer.Option(help="stack whose Pulumi.<stack>.yaml is used")] = None,
    state: Annotated[Path | None, typer.Option(help="folder that keeps state and clouds for the next time")] = None,
    fault: Fault = "",
    as_json: AsJson = False,
    seconds: Seconds = 300,
) -> None:
    """Run any Pulumi Python project on the rehearsal clouds. Exit 0 fine, 1 the program or a cloud refused."""
    overrides = tuple(config or ())
    record = rehearse(folder, up=up, overrides=overrides, stack=stack, state=state, seconds=seconds, fault=fault)
    typer.echo(record.model_dump_json(indent=1) if as_json else table(record))
    raise typer.Exit(FINE if record.status is Status.SUCCEEDED else FINDINGS)


def table(record: RunRecord) -> str:
    """The record for a terminal: a line per resource, the outputs, the verdict."""
    lines = [f"{step.op:10} {step.type:60} {step.name}" for step in record.steps]
    lines += ["", *(f"{name} = {json.dumps(value)}" for name, value in record.outputs.items())]
    lines += ["", f"{record.target}: {record.operation} {record.status}"]
    if error := record.error:
        where = f"{error.source.file}:{error.source.line}: " if error.source else ""
        lines += [f"{where}{error.message}", *([f"  {error.hint}"] if error.hint else [])]
    return "\n".join(lines)
