"""`gitops supersede`: cancel older runs that only wait for an approval, so that approvals do not pile up."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from gitops.commands import common
from gitops.errors import UserError
from gitops.github.client import from_environment, require
from gitops.github.runs import supersede


def command(
    workflows: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="workflow files whose runs a newer commit makes pointless"),
    ],
) -> None:
    """Cancel older runs that wait for an approval, never one that applies a change. Reads GitHub's variables."""
    run, branch = require(os.environ, "GITHUB_RUN_ID"), require(os.environ, "GITHUB_REF_NAME")
    if not run.isdecimal():
        raise UserError(f"{run!r} is no number", where="GITHUB_RUN_ID")
    ended = supersede(from_environment(os.environ), workflows, branch, int(run))
    common.output.print(f"ended {len(ended)} older runs that were waiting", markup=False)
