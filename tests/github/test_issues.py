"""Each target that drifts has one issue, of the workflow's own, until it is as it was deployed again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from gitops import reporting
from gitops.commands import drift_issues
from gitops.commands.common import COULD_NOT_RUN
from gitops.github.client import Client
from gitops.github.issues import MARK, MENDED, TAKEN_OUT, Action, body_of, keep_up, plan
from gitops.records import Op, PropertyDiff, RunError, RunRecord, Status, Step
from gitops.report.model.context import Context
from tests.github.api import serving

BOT = "github-actions[bot]"


def record(stack: str, *changed: str, failed: bool = False) -> RunRecord:
    diffs = tuple(PropertyDiff(path=path, kind="update", before=2, after=5) for path in changed)
    kind = "aws:ecs/service:Service"
    step = Step(op=Op.UPDATE if changed else Op.SAME, urn=f"urn::{kind}::web", type=kind, name="web", diffs=diffs)
    error = RunError(kind="provider", message="AccessDenied") if failed else None
    fields = {"stack": stack, "environment": "prod", "operation": "drift", "rehearsal": False, "steps": (step,)}
    return RunRecord.model_validate({**fields, "status": Status.FAILED if failed else Status.SUCCEEDED, "error": error})


def issue(number: int, target: str, login: str = BOT, **more: Any) -> dict[str, Any]:
    return {"number": number, "body": f"x\n<!-- gitops:drift {target} -->", "user": {"login": login}, **more}


def test_an_issue_is_opened_updated_and_closed_and_a_failure_touches_none() -> None:
    records = [record("new", "a"), record("old", "a"), record("mended"), record("fine"), record("away", failed=True)]
    issues = [issue(1, "old/prod"), issue(2, "mended/prod"), issue(3, "away/prod"), issue(4, "gone/prod")]

    assert plan(records, issues, BOT, {record.target for record in records} | {"other/dev"}) == (
        Action("open", "new/prod"),
        Action("update", "old/prod", 1),
        Action("close", "mended/prod", 2, MENDED),
        Action("close", "gone/prod", 4, TAKEN_OUT),
    )
    assert plan([], [issue(5, "other/dev")], BOT, {"other/dev"}) == (), "of another environment's report"


def test_what_an_autoscaler_did_opens_nothing() -> None:
    assert plan([record("web", "desiredCount")], [], BOT, {"web/prod"}) == ()


def test_somebody_elses_issue_is_not_the_workflows() -> None:
    others = [issue(1, "web/prod", login="somebody"), issue(2, "web/prod", pull_request={})]

    assert plan([record("web")], others, BOT, ()) == ()
    assert plan([record("web", "a")], others, BOT, ()) == (Action("open", "web/prod"),)


def test_an_environment_where_nothing_is_deployed_silences_no_other(
    checkout: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = checkout("", dev="", prod="")
    reporting.write(root / "drift/drift-dev", [], Context())
    reporting.write(root / "drift/drift-prod", [record("web", "a")], Context())
    monkeypatch.chdir(root)
    with serving() as (address, state):
        for name, value in {"API_URL": address, "REPOSITORY": "team/models", "TOKEN": "writer"}.items():
            monkeypatch.setenv(f"GITHUB_{name}", value)
        state.faults += [(403, {})]
        with pytest.raises(typer.Exit) as ended:
            drift_issues.command(root / "drift")

    assert ended.value.exit_code == COULD_NOT_RUN, "what could not be told"
    assert [(issue["title"], issue["labels"]) for issue in state.issues] == [
        ("web/prod is not as it was deployed", ["drift"])
    ]


class Issues(Client):
    """Holds one page of issues; `written` has what was sent."""

    def request(self, method: str, path: str, body: Any = None, *, again: bool = True) -> Any:
        if method == "GET":
            return [issue(7, "mended/prod")]
        WRITTEN.append((method, path.removeprefix("repos/team/models/issues"), body))
        return None


WRITTEN: list[tuple[str, str, Any]] = []


def test_an_issue_shows_the_drift_and_finds_itself_again() -> None:
    WRITTEN.clear()
    client, records = Issues("http://api", "team/models", "t"), [record("web", "a"), record("mended")]
    keep_up(client, records, Context(), BOT, {"mended/prod"})

    (opened, said, closed) = WRITTEN
    assert (opened[0], opened[1], opened[2]["title"]) == ("POST", "", "web/prod is not as it was deployed")
    assert MARK.search(opened[2]["body"])
    assert (said[1], closed[1], closed[2]["state"]) == ("/7/comments", "/7", "closed")
    assert "desiredCount" not in body_of(record("web", "a", "desiredCount"), Context())
