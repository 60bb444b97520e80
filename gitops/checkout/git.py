"""Asking git about the checkout, and reading what lies in it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from gitops.checkout.reach import Read
from gitops.errors import UserError, close_to

NO_COMMIT = "Name a commit that this clone has; in a workflow the checkout needs `fetch-depth: 0`."


def git(root: Path, *arguments: str, hint: str = "Run the command inside a git checkout.") -> str:
    """What `git ARGUMENTS` prints, stripped. Raises `UserError` with what git says of its failure, and `hint`."""
    result = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    if result.returncode != 0:
        raise UserError(f"git {arguments[0]}: {result.stderr.strip()}", hint=hint)
    return result.stdout.strip()


def resolve_commit(root: Path, revision: str, *, where: str) -> str:
    """The commit's full hash. Raises `UserError`, with the nearest branch or tag, if the clone does not have the
    commit."""
    commit = ask_git(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        names = git(root, "for-each-ref", "--format=%(refname:short)").split()
        raise UserError(
            f"this clone has no commit '{revision}'", where=where, hint=close_to(revision, names) or NO_COMMIT
        )
    return commit


def ask_git(root: Path, *arguments: str) -> str:
    """What git prints; empty if it fails, because a report may be about a tree that is not a checkout."""
    try:
        return git(root, *arguments)
    except UserError:
        return ""


def list_changed(root: Path, base: str) -> list[str]:
    """The files that differ between `base` and the working tree; a renamed one counts under both names."""
    commit = resolve_commit(root, base, where="--base")
    listed = git(root, "diff", "--name-only", "--no-renames", "-z", commit, "--")
    added = git(root, "ls-files", "-z", "--others", "--exclude-standard")
    return [name for name in f"{listed}\0{added}".split("\0") if name]


def list_files(root: Path) -> list[str]:
    """The paths of the stacks' files that git tracks or would track."""
    listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "stacks")
    return [name for name in listed.split("\0") if name]


def reader(root: Path) -> Read:
    """Reads files of the checkout. A path that leads out of it, or a file that is not text, counts as missing."""

    own = f"{os.path.realpath(root)}{os.sep}"

    def read(path: str) -> str | None:
        try:
            file = f"{own}{path}"
            inside = os.path.isfile(file) and os.path.realpath(file).startswith(own)
            return Path(file).read_text(encoding="utf-8") if inside else None
        except (OSError, UnicodeDecodeError):
            return None

    return read
