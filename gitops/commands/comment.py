"""`gitops comment`: render the report of a pull request's preview, and post it as the one comment, or edit that."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gitops import catalogue, reporting
from gitops.commands import common
from gitops.errors import UserError
from gitops.github.client import from_environment
from gitops.github.comment import Head, find_pull_request, mark, post
from gitops.github.owners import read_owned
from gitops.review.intake import read_records, read_told

AUTHOR = "github-actions[bot]"
"""Who the token of a workflow writes as."""
CODEOWNERS = Path(".github/CODEOWNERS")


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="report folder that the pull request's run left")],
    head_sha: Annotated[str, typer.Option("--head-sha", help="head commit of the pull request")],
    head_repository: Annotated[str, typer.Option("--head-repository", help="owner/name it comes from")],
    head_branch: Annotated[str, typer.Option("--head-branch", help="branch it comes from")],
    base: Annotated[str, typer.Option("--base", help="branch it goes into")] = "main",
    run_id: Annotated[int, typer.Option("--run-id", min=0, help="run that previewed it, to link to")] = 0,
    out: Annotated[Path, typer.Option("--out", help="folder the report is rendered into")] = Path("rendered"),
    author: Annotated[str, typer.Option("--author", help="login the token writes as")] = AUTHOR,
) -> None:
    """Post or edit the one comment, rendered here. Reads GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN."""
    if not re.fullmatch(r"[0-9a-f]{40}", head_sha):
        raise UserError(f"{head_sha!r} is no commit: expected 40 hexadecimal digits", where="--head-sha")
    root = common.checkout()
    client = from_environment(os.environ)
    records, context = read_records(folder, catalogue.read(root)), read_told(folder)
    number = find_pull_request(client, Head(head_sha, head_repository, head_branch), base)
    about = reporting.context(root, base=base, rehearsal=True)
    run = f"{about.repository_url}/actions/runs/{run_id}" if about.repository_url and run_id else ""
    about = replace(about, commit=head_sha, edited=False, run_url=run)
    about = replace(about, judge_changes=context.judge_changes, removed=context.removed)
    reporting.write(out, records, about)
    body = (out / "comment.md").read_text(encoding="utf-8")
    common.output.print(post(client, number, body, author), markup=False)
    lines = read_owned((root / CODEOWNERS).read_text(encoding="utf-8"))
    common.output.print(mark(client, number, head_sha, lines), markup=False)
