"""Asking git about the checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path

from gitops.errors import UserError, close_to

NO_COMMIT = "Name a commit that this clone has; in a workflow the checkout needs `fetch-depth: 0`."


def git(root: Path, *arguments: str, hint: str = "Run the command inside a git checkout.") -> str:
    """What `git ARGUMENTS` prints, stripped. Raises `UserError` with what git says of its failure, and `hint`."""
    result = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    if result.returncode != 0:
        raise UserError(f"git {arguments[0]}: {result.stderr.strip()}", hint=hint)
    return result.stdout.strip()


def resolve_commit(root: Path, revision: str, *, where: str) -> str:
    """The commit's whole name. Raises `UserError`, with the nearest branch or tag, for one that the clone has not."""
    commit = ask_git(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        names = git(root, "for-each-ref", "--format=%(refname:short)").split()
        raise UserError(
            f"this clone has no commit '{revision}'", where=where, hint=close_to(revision, names) or NO_COMMIT
        )
    return commit


def ask_git(root: Path, *arguments: str) -> str:
    """What git says, empty where it cannot: a report may be of a tree that is no checkout."""
    try:
        return git(root, *arguments)
    except UserError:
        return ""
