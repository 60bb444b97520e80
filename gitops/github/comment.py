"""The one comment of a pull request: which pull request a run was of, and an edited comment on it.

The records come from a job that ran a stranger's code, and they never say where the comment goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gitops.errors import UserError
from gitops.github.client import Client
from gitops.github.owners import Owned, touched_places, unowned_patterns
from gitops.report.formats.markdown.page import COMMENT_LIMIT, MARKER

STATUS = "gitops / what decides"
"""The commit status that says whether a pull request touches what judges it."""


@dataclass(frozen=True)
class Head:
    """The commit a run was of, with the repository and branch it came from, as GitHub's event names them."""

    sha: str
    repository: str
    branch: str


def pull_request(pulls: Iterable[Mapping[str, Any]], head: Head, base_repository: str, base_branch: str) -> int | None:
    """The number of the open pull request from this head into the branch; None if there is none, or more than one."""
    numbers = {int(pull["number"]) for pull in pulls if matches(pull, head, base_repository, base_branch)}
    return numbers.pop() if len(numbers) == 1 else None


def matches(pull: Mapping[str, Any], head: Head, base_repository: str, base_branch: str) -> bool:
    base, source = pull.get("base") or {}, pull.get("head") or {}
    return (
        pull.get("state") == "open"
        and (base.get("repo") or {}).get("full_name") == base_repository
        and base.get("ref") == base_branch
        and source.get("sha") == head.sha
        and source.get("ref") == head.branch
        and (source.get("repo") or {}).get("full_name") == head.repository
    )


def own_comment(comments: Iterable[Mapping[str, Any]], author: str) -> int | None:
    """The id of the report's comment: it carries the marker, and nobody else wrote it."""
    for comment in comments:
        by = (comment.get("user") or {}).get("login")
        if by == author and MARKER in str(comment.get("body") or ""):
            return int(comment["id"])
    return None


def find_pull_request(client: Client, head: Head, base_branch: str) -> int:
    """Raises `UserError` when no open pull request has this head."""
    repository = f"repos/{client.repository}"
    owner = head.repository.split("/")[0]
    source = quote(f"{owner}:{head.branch}", safe="")
    for where in (f"commits/{head.sha}/pulls", f"pulls?state=open&head={source}"):
        number = pull_request(client.get_all(f"{repository}/{where}"), head, client.repository, base_branch)
        if number is not None:
            return number
    raise UserError(f"no open pull request has the head {head.sha}", hint="It was closed or got a newer commit.")


def post(client: Client, number: int, body: str, author: str) -> str:
    """Creates or edits the comment; says which. Raises `UserError` for a body that is no report of ours."""
    if MARKER not in body or len(body) > COMMENT_LIMIT:
        raise UserError(f"no report of at most {COMMENT_LIMIT:,} characters: it has {len(body):,}", hint="Render it.")
    repository = f"repos/{client.repository}"
    comments = f"{repository}/issues/{number}/comments"
    existing = client.create(comments, {"body": body}, lambda: own_comment(client.get_all(comments), author))
    if existing is None:
        return f"commented on #{number}"
    client.request("PATCH", f"{repository}/issues/comments/{existing}", {"body": body})
    return f"edited the comment on #{number}"


def judge_touched(touched: Mapping[str, str], unowned: Collection[str], listed: int, changed: int) -> tuple[str, str]:
    """State and words of the status. GitHub lists 3,000 files of a pull request at most, and behind them others may
    hide: https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files"""
    if nobody := [place for place, pattern in touched.items() if pattern in unowned]:
        return "failure", f"touches {', '.join(nobody)}: CODEOWNERS asks nobody whom GitHub knows"
    if touched:
        return "success", f"touches {', '.join(touched)}: do not trust its own preview"
    if listed < changed:
        words = f"changes {changed:,} files, of which GitHub lists {listed:,}: do not trust its own preview"
        return "success", words
    return "success", "touches none of it"


def mark(client: Client, number: int, sha: str, lines: Iterable[Owned]) -> str:
    """Sets the status that names the changed files and folders with code owners; returns its text. The status fails if
    GitHub knows no owner of one of them, because then nobody is asked for the required review."""
    repository = f"repos/{client.repository}"
    known = client.find(f"{repository}/codeowners/errors") or {}
    files = list(client.get_all(f"{repository}/pulls/{number}/files"))
    changed = int(client.request("GET", f"{repository}/pulls/{number}")["changed_files"])
    touched, unowned = touched_places(files, lines), unowned_patterns(known.get("errors") or ())
    outcome, said = judge_touched(touched, unowned, len(files), changed)
    state = {"state": outcome, "context": STATUS, "description": said[:140]}
    client.request("POST", f"{repository}/statuses/{sha}", state)
    return said
