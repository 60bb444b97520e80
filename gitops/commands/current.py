"""`gitops current ENVIRONMENT`: refuse a commit that is no longer the branch's head, or older than what is deployed."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from gitops.checkout.git import git
from gitops.commands import common
from gitops.commands.common import Environment
from gitops.errors import Refused
from gitops.github.client import from_environment
from gitops.github.commits import check_commit


def command(
    environment: Environment,
    branch: Annotated[str, typer.Option("--branch", help="branch that is deployed")] = "main",
) -> None:
    """Ask GitHub whether this checkout may be deployed. Exit 0 it may, 1 it is stale, 2 GitHub could not be asked."""
    commit = git(common.checkout(), "rev-parse", "HEAD")
    reason = check_commit(from_environment(os.environ), commit, branch, environment)
    if reason:
        hint = (
            "Nothing was touched. To go back on purpose, revert the change on the branch. If the branch's history was "
            "rewritten on purpose, delete the environment's deployments of commits that it no longer has."
        )
        raise Refused(reason, hint=hint)
    common.output.print(f"{commit[:12]} is {branch}'s head and not older than what {environment} has", markup=False)
