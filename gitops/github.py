"""GitHub's API as far as the one comment needs it: which pull request a commit heads, and an edited comment on it.

What to do is decided by pure functions; `Client` is the wire. The report comes from a job that ran a stranger's code:
it is Markdown and nothing else, and it never says where it goes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from gitops.errors import UserError
from gitops.report.formats.markdown.page import COMMENT_LIMIT, MARKER

TRIES = 4
SECONDS = 30


@dataclass(frozen=True)
class Client:
    """`api` is the base address (GITHUB_API_URL), `repository` owner/name. `sleep` waits between tries."""

    api: str
    repository: str
    token: str
    sleep: Callable[[float], None] = time.sleep

    def __repr__(self) -> str:
        return f"Client({self.api}, {self.repository})"

    def get_all(self, path: str) -> Iterator[Any]:
        """Every item of a paged list. GitHub's pages have at most 100."""
        page = 1
        while True:
            items = self.request("GET", f"{path}{'&' if '?' in path else '?'}per_page=100&page={page}")
            yield from items
            if len(items) < 100:
                return
            page += 1

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The parsed answer. Overload and GitHub's own faults are tried again; everything else is a `UserError`."""
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        where = f"{self.api}/{path.lstrip('/')}"
        for attempt in range(1, TRIES + 1):
            try:
                answer = urllib3.request(
                    method, where, json=body, headers=headers, timeout=SECONDS, retries=False, redirect=False
                )
            except urllib3.exceptions.HTTPError as error:
                problem, wait = f"no answer: {error}", 2.0**attempt
            else:
                if 200 <= answer.status < 300:
                    return json.loads(answer.data) if answer.data else None
                problem, wait = f"{answer.status} {answer.reason}", pause(answer.status, answer.headers, attempt)
            if wait is None or attempt == TRIES:
                raise UserError(problem, where=f"{method} {where}", hint=advice(problem))
            self.sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")


def pause(status: int, headers: Mapping[str, str], attempt: int) -> float | None:
    """Seconds to wait before the next try; None when trying again is of no use."""
    retry_after = headers.get("retry-after")
    if status == 429 or (status == 403 and retry_after):
        return min(float(retry_after or 2**attempt), 60.0)
    return float(2**attempt) if status >= 500 else None


def advice(problem: str) -> str:
    if problem.startswith(("401", "403")):
        return "The token needs `pull-requests: write`; a fork's pull request gets its comment from comment.yml."
    if problem.startswith("404"):
        return "Check GITHUB_REPOSITORY and that the token may see it."
    return "Run the job again."


def pull_request(pulls: Iterable[Mapping[str, Any]], head_sha: str, repository: str) -> int | None:
    """The number of the open pull request into `repository` that the commit heads."""
    for pull in pulls:
        base = (pull.get("base") or {}).get("repo") or {}
        head = (pull.get("head") or {}).get("sha")
        if pull.get("state") == "open" and head == head_sha and base.get("full_name") == repository:
            return int(pull["number"])
    return None


def own_comment(comments: Iterable[Mapping[str, Any]], author: str) -> int | None:
    """The id of the report's comment: it carries the marker, and nobody else wrote it."""
    for comment in comments:
        by = (comment.get("user") or {}).get("login")
        if by == author and MARKER in str(comment.get("body") or ""):
            return int(comment["id"])
    return None


def check_body(body: str) -> str:
    """The body as it may be posted. Raises `UserError` for one that is no report of ours."""
    if MARKER not in body:
        raise UserError("this is no report: its marker is missing", hint="Give the comment.md of `gitops preview`.")
    if len(body) > COMMENT_LIMIT:
        raise UserError(f"{len(body):,} characters, GitHub takes {COMMENT_LIMIT:,}", hint="Run `gitops report`.")
    return body


def post(client: Client, head_sha: str, body: str, author: str) -> str:
    """Creates or edits the comment; says which. Raises `UserError` when no open pull request has this head."""
    text = check_body(body)
    repository = f"repos/{client.repository}"
    number = pull_request(client.get_all(f"{repository}/commits/{head_sha}/pulls"), head_sha, client.repository)
    if number is None:
        number = pull_request(client.get_all(f"{repository}/pulls?state=open"), head_sha, client.repository)
    if number is None:
        raise UserError(f"no open pull request has the head {head_sha}", hint="It was closed or got a newer commit.")
    existing = own_comment(client.get_all(f"{repository}/issues/{number}/comments"), author)
    if existing is None:
        client.request("POST", f"{repository}/issues/{number}/comments", {"body": text})
        return f"commented on #{number}"
    client.request("PATCH", f"{repository}/issues/comments/{existing}", {"body": text})
    return f"edited the comment on #{number}"
