"""The wire to GitHub's API: one request, tried again where that helps, and paged lists."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitops.errors import UserError

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
        import urllib3  # a tenth of every command's start

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
        return "The token lacks a permission: see the job's `permissions` (a comment needs `pull-requests: write`)."
    if problem.startswith("404"):
        return "Check GITHUB_REPOSITORY and that the token may see it."
    return "Run the job again."


def from_environment(environ: Mapping[str, str]) -> Client:
    """The client of the job this runs in. Raises `UserError` for a variable that is not there."""
    api, repository = require(environ, "GITHUB_API_URL"), require(environ, "GITHUB_REPOSITORY")
    return Client(api, repository, require(environ, "GITHUB_TOKEN"))


def require(environ: Mapping[str, str], name: str, hint: str = "GitHub sets it in every job.") -> str:
    value = environ.get(name, "")
    if not value:
        raise UserError(f"the environment variable {name} is not set", hint=hint)
    return value
