"""`gitops environments`: the list in environments.yaml, for people, for workflows, and the jobs that follow from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gitops.checkout import deployment_jobs, environments
from gitops.checkout.targets import discover
from gitops.commands import common
from gitops.commands.common import AsJson
from gitops.files import write_text


def command(
    as_json: AsJson = False,
    write: Annotated[bool, typer.Option("--write", help=f"write their jobs into {deployment_jobs.FILE}")] = False,
) -> None:
    """List the environments in the order of deployment, with what judges them and how many stacks they have."""
    root = common.checkout()
    listed, targets = environments.read(root), discover(root)
    if write:
        write_text(root / deployment_jobs.FILE, render_workflow(root))
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
    if (root / deployment_jobs.FILE).exists() and workflow(root) != render_workflow(root):
        common.output.print(f"{deployment_jobs.FILE} deploys others: {deployment_jobs.COMMAND}", markup=False)


def workflow(root: Path) -> str:
    return (root / deployment_jobs.FILE).read_text(encoding="utf-8")


def render_workflow(root: Path) -> str:
    """deploy.yml with the jobs of the listed environments."""
    return deployment_jobs.rewrite(workflow(root), environments.names(root))
