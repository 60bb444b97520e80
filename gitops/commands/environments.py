"""`gitops environments`: the list in environments.yaml, for people and for workflows."""

from __future__ import annotations

import json

import typer
from rich.table import Table

from gitops.checkout import environments
from gitops.checkout.targets import discover
from gitops.commands import common
from gitops.commands.common import AsJson


def command(as_json: AsJson = False) -> None:
    """List the environments in the order of deployment, with what judges them and how many stacks they have."""
    root = common.checkout()
    listed, targets = environments.read(root), discover(root)
    if as_json:
        # one line: a workflow's step hands it on as an output, from which a matrix is made
        typer.echo(json.dumps([environment.model_dump() for environment in listed], separators=(",", ":")))
        return
    table = Table(box=None, pad_edge=False)
    for column in ("environment", "judged at the levels of", "approval", "stacks"):
        table.add_column(column)
    for environment in listed:
        stacks = sum(target.environment == environment.name for target in targets)
        table.add_row(environment.name, environment.levels, environment.approval, str(stacks))
    common.output.print(table)
    common.name_strays(root)
