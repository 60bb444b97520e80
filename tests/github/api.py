"""A small GitHub: pull requests, comments, pages of 100, tokens, and faults on demand. A real server on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.tools.loopback import QuietHandler, serve

TOKENS = {"writer": "github-actions[bot]", "reader": None}
"""Who a token writes as; a reader may not write, like the token of a fork's pull request."""


@dataclass
class State:
    """What the server holds.

    `faults` are answered first, one per request: `(503, {})`. `foreign` are commits that only a fork's repository has.
    """

    repository: str = "team/models"
    pulls: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    unsaid: list[tuple[int, Any]] = field(default_factory=list)
    """Answered to a comment that was made, in place of the news that it was."""
    pages: list[str] = field(default_factory=list)
    """Sent in place of answers, as a proxy would."""
    foreign: set[str] = field(default_factory=set)
    requests: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    unowned: list[str] = field(default_factory=list)
    """Lines of CODEOWNERS whose owners nobody is."""
    main: str = ""
    on_main: Callable[[], None] = lambda: None
    """Called before the server says where main is: each job that deploys asks it first."""
    deployed: dict[str, str] = field(default_factory=dict)
    """Environments and the commit that each got last; a comparison with it says `ahead`."""

    def open_pull(
        self,
        number: int,
        sha: str,
        *,
        into: str = "team/models",
        base: str = "main",
        state: str = "open",
        source: str = "team/models",
        branch: str = "change",
    ) -> None:
        head = {"sha": sha, "ref": branch, "repo": {"full_name": source}}
        target = {"ref": base, "repo": {"full_name": into}}
        self.pulls.append({"number": number, "state": state, "head": head, "base": target})

    def comment(self, body: str, login: str) -> None:
        self.comments.append({"id": len(self.comments) + 1, "body": body, "user": {"login": login}})


class Handler(QuietHandler):
    state: State

    def do_GET(self) -> None:
        self.serve("GET")

    def do_POST(self) -> None:
        self.serve("POST")

    def do_PATCH(self) -> None:
        self.serve("PATCH")

    def serve(self, method: str) -> None:
        split, state = urlsplit(self.path), self.state
        state.requests.append((method, split.path))
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        token = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        if state.faults:
            status, headers = state.faults.pop(0)
            self.answer(status, {"message": "fault"}, headers)
        elif token not in TOKENS:
            self.answer(401, {"message": "Bad credentials"})
        elif method != "GET" and TOKENS[token] is None:
            self.answer(403, {"message": "Resource not accessible by integration"})
        else:
            self.route(
                method, split.path.removeprefix(f"/repos/{state.repository}"), parse_qs(split.query), body, token
            )

    def route(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any], token: str) -> None:
        state, parts = self.state, path.strip("/").split("/")
        match method, parts:
            case "GET", ["commits", sha, "pulls"]:
                self.page([p for p in state.pulls if p["head"]["sha"] == sha and sha not in state.foreign], query)
            case "GET", ["pulls"]:
                self.page([p for p in state.pulls if p["state"] == "open" and headed(p, query)], query)
            case "GET", ["pulls", _number, "files"]:
                self.page([{"filename": name} for name in state.files[:3000]], query)  # as GitHub
            case "GET", ["pulls", _number]:
                self.answer(200, {"changed_files": len(state.files)})
            case "POST", ["statuses", sha]:
                state.statuses.append({"sha": sha, **body})
                self.answer(201, body)
            case "GET", ["issues"]:
                self.page([i for i in state.issues if is_listed(i, query)], query)
            case "POST", ["issues"]:
                made = {"number": len(state.issues) + 1, "user": {"login": TOKENS[token]}, "state": "open"}
                state.issues.append({**body, **made})
                self.answer(201, state.issues[-1])
            case "PATCH", ["issues", number]:
                state.issues[int(number) - 1] |= body
                self.answer(200, state.issues[int(number) - 1])
            case "GET", ["issues", _number, "comments"]:
                self.page(state.comments, query)
            case "POST", ["issues", _number, "comments"]:
                state.comment(body["body"], str(TOKENS[token]))
                self.answer(*(state.unsaid.pop(0) if state.unsaid else (201, state.comments[-1])))
            case "PATCH", ["issues", "comments", number]:
                found = next(c for c in state.comments if c["id"] == int(number))
                found["body"] = body["body"]
                self.answer(200, found)
            case "GET", ["codeowners", "errors"]:
                self.answer(200, {"errors": [{"kind": "Unknown owner", "source": line} for line in state.unowned]})
            case "GET", ["git", "ref", "heads", "main"]:
                state.on_main()
                self.answer(200, {"object": {"sha": state.main}})
            case "GET", ["deployments"]:
                last = state.deployed.get(query["environment"][0])
                self.answer(200, [{"id": 1, "sha": last}] if last else [])
            case "GET", ["deployments", _number, "statuses"]:
                self.answer(200, [{"state": "success"}])
            case "GET", ["compare", _commits]:
                self.answer(200, {"status": "ahead"})
            case "GET", ["actions", "runs", _run]:
                self.answer(200, {"created_at": "2026-11-22T05:00:00Z"})
            case "GET", ["actions", "workflows", _file, "runs"]:
                self.answer(200, {"workflow_runs": []})
            case _:
                self.answer(404, {"message": "Not Found"})

    def page(self, items: list[dict[str, Any]], query: dict[str, list[str]]) -> None:
        size, page = int(query.get("per_page", ["30"])[0]), int(query.get("page", ["1"])[0])
        self.answer(200, items[(page - 1) * size : page * size])

    def answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        text = (self.state.pages.pop(0) if self.state.pages else json.dumps(body)).encode()
        self.send_answer(status, text, {"content-type": "application/json", **(headers or {})})


def is_listed(issue: dict[str, Any], query: dict[str, list[str]]) -> bool:
    return set(query["labels"]) <= set(issue["labels"]) and query["state"] == [issue["state"]]


def headed(pull: dict[str, Any], query: dict[str, list[str]]) -> bool:
    head = pull["head"]
    return query["head"][0] == f"{head['repo']['full_name'].split('/')[0]}:{head['ref']}"


@contextmanager
def serving() -> Iterator[tuple[str, State]]:
    state = State()
    with serve(type("Bound", (Handler,), {"state": state})) as address:
        yield address, state
