"""`gitops supersede`: end the older runs of this workflow that only wait, so that approvals never pile up."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from gitops.commands import common
from gitops.errors import UserError
from gitops.github.client import from_environment, require
from gitops.github.runs import supersede


def command(
    workflow: Annotated[str, typer.Argument(metavar="FILE", help="the workflow's file, as deploy.yml")],
) -> None:
    """Cancel older runs that wait for an approval, never one that applies a change. Reads GitHub's variables."""
    number, branch = require(os.environ, "GITHUB_RUN_NUMBER"), require(os.environ, "GITHUB_REF_NAME")
    if not number.isdecimal():
        raise UserError(f"{number!r} is no number", where="GITHUB_RUN_NUMBER")
    ended = supersede(from_environment(os.environ), workflow, branch, int(number))
    common.output.print(f"ended {len(ended)} older runs that waited", markup=False)
