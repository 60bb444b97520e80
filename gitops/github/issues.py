"""One issue for each target that drifts: opened, kept up to date, and closed when it is as it was deployed again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from gitops.deployed.drift import find_hand_changes
from gitops.github.client import Client
from gitops.records import RunRecord, Status
from gitops.report.formats.markdown.page import render
from gitops.report.model.context import Context
from gitops.report.model.report import build

LABEL = "drift"
MARK = re.compile(r"<!-- gitops:drift (?P<target>[\w-]+/[\w-]+) -->")
BODY_LIMIT = 60_000


MENDED, TAKEN_OUT = "As it was deployed again.", "The repository has this target no more, so nobody compares it."


@dataclass(frozen=True)
class Action:
    """`number` is of the issue that there is, 0 for one to be opened; `said` is why it is closed."""

    kind: Literal["open", "update", "close"]
    target: str
    number: int = 0
    said: str = ""


def plan(
    records: Iterable[RunRecord], issues: Iterable[Mapping[str, Any]], author: str, targets: Collection[str]
) -> tuple[Action, ...]:
    """What to do about each target; one that could not be compared keeps the issue that it has.

    `targets` are all that the repository has: nobody would ever close the issue of another one.
    """
    there = own_issues(issues, author)
    actions = []
    for record in records:
        number = there.get(record.target, 0)
        if record.status is Status.FAILED:
            continue
        if find_hand_changes(record):
            actions.append(Action("update" if number else "open", record.target, number))
        elif number:
            actions.append(Action("close", record.target, number, MENDED))
    gone = [Action("close", name, number, TAKEN_OUT) for name, number in there.items() if name not in targets]
    return (*actions, *gone)


def own_issues(issues: Iterable[Mapping[str, Any]], author: str) -> dict[str, int]:
    """Open issue by target, of those that the workflow wrote itself."""
    numbers = {}
    for issue in issues:
        mark = MARK.search(str(issue.get("body") or ""))
        if mark and (issue.get("user") or {}).get("login") == author and "pull_request" not in issue:
            numbers.setdefault(mark["target"], int(issue["number"]))
    return numbers


def find_issue(client: Client, listed: str, author: str, target: str) -> int | None:
    return own_issues(client.get_all(listed), author).get(target)


def body_of(record: RunRecord, about: Context) -> str:
    """The drift of one target as its report, without what autoscalers did."""
    shown = record.model_copy(update={"steps": find_hand_changes(record)})
    return f"{render(build([shown], about), BODY_LIMIT)}\n<!-- gitops:drift {record.target} -->\n"


def keep_up(
    client: Client, records: Iterable[RunRecord], about: Context, author: str, targets: Collection[str]
) -> tuple[Action, ...]:
    """Does what `plan` says; returns it."""
    by_target = {record.target: record for record in records}
    where = f"repos/{client.repository}/issues"
    listed = f"{where}?state=open&labels={LABEL}"
    actions = plan(by_target.values(), client.get_all(listed), author, targets)
    for action in actions:
        if action.kind == "open":
            title, body = f"{action.target} is not as it was deployed", body_of(by_target[action.target], about)
            issue = {"title": title, "body": body, "labels": [LABEL]}
            client.create(where, issue, partial(find_issue, client, listed, author, action.target))
        elif action.kind == "update":
            client.request("PATCH", f"{where}/{action.number}", {"body": body_of(by_target[action.target], about)})
        else:
            client.request("POST", f"{where}/{action.number}/comments", {"body": action.said})
            client.request("PATCH", f"{where}/{action.number}", {"state": "closed", "state_reason": "completed"})
    return actions
