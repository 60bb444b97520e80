"""`gitops current ENVIRONMENT`: refuse a commit that is no longer the branch's head, or older than what is deployed."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from gitops.checkout.git import git
from gitops.commands import common
from gitops.commands.common import Environment
from gitops.errors import Refused, UserError
from gitops.github.client import from_environment
from gitops.github.commits import check_commit

WRONG = "GITOPS_WRONG_RECORDS"
"""Names the deployment records that are none: numbers with spaces or commas between them."""


def command(
    environment: Environment,
    branch: Annotated[str, typer.Option("--branch", help="branch that is deployed")] = "main",
) -> None:
    """Ask GitHub whether this checkout may be deployed. Exit 0 it may, 1 it is stale, 2 GitHub could not be asked."""
    commit = git(common.checkout(), "rev-parse", "HEAD")
    wrong = read_wrong(os.environ.get(WRONG, ""))
    reason = check_commit(from_environment(os.environ), commit, branch, environment, wrong)
    if reason:
        hint = (
            "Nothing was touched. To go back on purpose, revert the change on the branch. If a record is not of a "
            f"deployment, or the branch's history was rewritten on purpose, add its number to the variable {WRONG} of "
            f"the environments {environment} and {environment}-preview."
        )
        raise Refused(reason, hint=hint)
    common.output.print(f"{commit[:12]} is {branch}'s head and not older than what {environment} has", markup=False)


def read_wrong(text: str) -> frozenset[int]:
    """The numbers of wrong records. Raises `UserError` for a word that is not a number."""
    words = text.replace(",", " ").split()
    for word in words:
        if not word.isdecimal():
            raise UserError(f"{word!r} is not the number of a deployment record", where=WRONG, hint="Write 123 456.")
    return frozenset(map(int, words))
