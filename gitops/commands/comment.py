"""`gitops comment`: post the report as the pull request's one comment, or edit it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from gitops import github
from gitops.commands import common
from gitops.errors import UserError

AUTHOR = "github-actions[bot]"
"""Who the token of a workflow writes as."""


def command(
    report: Annotated[Path, typer.Option("--report", help="the comment.md of a report")],
    head_sha: Annotated[str, typer.Option("--head-sha", help="head commit of the pull request")],
    author: Annotated[str, typer.Option("--author", help="login the token writes as")] = AUTHOR,
) -> None:
    """Post or edit the one comment. Reads GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN."""
    if not re.fullmatch(r"[0-9a-f]{40}", head_sha):
        raise UserError(f"{head_sha!r} is no commit: expected 40 hexadecimal digits", where="--head-sha")
    if not report.is_file():
        raise UserError("no such file", where=str(report), hint="Give the comment.md of a report.")
    client = github.Client(require("GITHUB_API_URL"), require("GITHUB_REPOSITORY"), require("GITHUB_TOKEN"))
    body = report.read_text(encoding="utf-8", errors="replace")
    common.output.print(github.post(client, head_sha, body, author), markup=False)


def require(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise UserError(f"the environment variable {name} is not set", hint="GitHub sets it in every job.")
    return value
