"""The wire to GitHub's API: one request, tried again where that helps, and paged lists."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from gitops.errors import UserError

TRIES = 4
SECONDS = 30
LONGEST_PAUSE = 60
T = TypeVar("T")


class Fault(UserError):
    """GitHub did not do what it was asked. `status` is its answer's, 0 where there was none that could be read."""

    def __init__(self, status: int, message: str, *, where: str, hint: str) -> None:
        super().__init__(message, where=where, hint=hint)
        self.status = status

    @property
    def done_perhaps(self) -> bool:
        """Whether it may have been done all the same: the answer is not of whoever does it."""
        return self.status == 0 or self.status >= 500


@dataclass(frozen=True)
class Client:
    """`api` is the base address (GITHUB_API_URL), `repository` owner/name. `sleep` waits between tries."""

    api: str
    repository: str
    token: str
    sleep: Callable[[float], None] = time.sleep

    def __repr__(self) -> str:
        return f"Client({self.api}, {self.repository})"

    def get_all(self, path: str, key: str = "", size: int = 100) -> Iterator[Any]:
        """Every item of a paged list, the one called `key` in an answer that wraps it. `size` is of GitHub's pages."""
        page = 1
        while True:
            answer = self.request("GET", f"{path}{'&' if '?' in path else '?'}per_page={size}&page={page}")
            items = answer[key] if key else answer
            yield from items
            if len(items) < size:
                return
            page += 1

    def find(self, path: str) -> Any:
        """The parsed answer, None where GitHub has nothing at the path."""
        try:
            return self.request("GET", path)
        except Fault as fault:
            if fault.status == 404:
                return None
            raise

    def create(self, path: str, body: Mapping[str, Any], find: Callable[[], T | None]) -> T | None:
        """Makes what `find` does not find, and returns None; else what it found.

        After a fault it is looked for again: GitHub may have made it and failed to say so.
        """
        for attempt in range(1, TRIES + 1):
            if (there := find()) is not None:
                return there
            try:
                self.request("POST", path, body, again=False)
                return None
            except Fault as fault:
                if not fault.done_perhaps or attempt == TRIES:
                    raise
                self.sleep(2.0**attempt)
        raise AssertionError("unreachable: the last try returns or raises")

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, again: bool = True) -> Any:
        """The parsed answer. Overload and GitHub's own faults are tried again; everything else is a `Fault`.

        Without `again` nothing is sent twice that may have been done the first time.
        """
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
                if 200 <= answer.status < 300:
                    return json.loads(answer.data) if answer.data else None
            except urllib3.exceptions.HTTPError as error:
                fault, wait = Fault(0, f"no answer: {error}", where=f"{method} {where}", hint=AGAIN), 2.0**attempt
            except ValueError:
                fault = Fault(0, "the answer is no JSON", where=f"{method} {where}", hint="Does a proxy answer?")
                wait = 2.0**attempt
            else:
                hint = advise(answer.status, answer.headers)
                fault = Fault(answer.status, f"{answer.status} {answer.reason}", where=f"{method} {where}", hint=hint)
                wait = pause(answer.status, answer.headers, attempt, time.time())
            if wait is None or attempt == TRIES or (fault.done_perhaps and not again):
                raise fault
            self.sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")


AGAIN = "Run the job again."


def pause(status: int, headers: Mapping[str, str], attempt: int, now: float) -> float | None:
    """Seconds to wait before the next try; None when trying again is of no use, or not soon.

    `now` is in seconds since the epoch, as is the time when a limit is lifted:
    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    if is_limited(status, headers):
        wait = read_wait(headers, now)
        seconds = 2.0**attempt if wait is None else wait
        return seconds if seconds <= LONGEST_PAUSE else None
    return 2.0**attempt if status >= 500 else None


def is_limited(status: int, headers: Mapping[str, str]) -> bool:
    """Whether too much was asked. GitHub says so with 403, too, which else is a missing permission."""
    spent = headers.get("retry-after") or headers.get("x-ratelimit-remaining") == "0"
    return status == 429 or (status == 403 and bool(spent))


def read_wait(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds until the limit is lifted, as far as the answer says it in numbers."""
    after, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if after.isdecimal():
        return float(after)
    return max(float(reset) - now, 1.0) if reset.isdecimal() else None


def advise(status: int, headers: Mapping[str, str]) -> str:
    if is_limited(status, headers):
        reset = headers.get("x-ratelimit-reset", "")
        until = f" after {datetime.fromtimestamp(int(reset), UTC):%H:%M} UTC" if reset.isdecimal() else " later"
        return f"GitHub's limit of requests is used up: run the job again{until}."
    if status in (401, 403):
        return "The token lacks a permission: see the job's `permissions` (a comment needs `pull-requests: write`)."
    if status == 404:
        return "Check GITHUB_REPOSITORY and that the token may see it."
    return "Was the repository renamed? Check GITHUB_REPOSITORY." if 300 <= status < 400 else AGAIN


def from_environment(environ: Mapping[str, str]) -> Client:
    """The client of the job this runs in. Raises `UserError` for a variable that is not there."""
    api, repository = require(environ, "GITHUB_API_URL"), require(environ, "GITHUB_REPOSITORY")
    return Client(api, repository, require(environ, "GITHUB_TOKEN"))


def require(environ: Mapping[str, str], name: str, hint: str = "GitHub sets it in every job.") -> str:
    value = environ.get(name, "")
    if not value:
        raise UserError(f"the environment variable {name} is not set", hint=hint)
    return value
