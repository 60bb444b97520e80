"""Each target that drifts has one issue, of the workflow's own, until it is as it was deployed again."""

from __future__ import annotations

from typing import Any

from gitops.github.client import Client
from gitops.github.issues import MARK, Action, body_of, keep_up, plan
from gitops.records import Op, PropertyDiff, RunError, RunRecord, Status, Step
from gitops.report.model.context import Context

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

    assert plan(records, issues, BOT) == (
        Action("open", "new/prod"),
        Action("update", "old/prod", 1),
        Action("close", "mended/prod", 2),
    )


def test_what_an_autoscaler_did_opens_nothing() -> None:
    assert plan([record("web", "desiredCount")], [], BOT) == ()


def test_somebody_elses_issue_is_not_the_workflows() -> None:
    others = [issue(1, "web/prod", login="somebody"), issue(2, "web/prod", pull_request={})]

    assert plan([record("web")], others, BOT) == ()
    assert plan([record("web", "a")], others, BOT) == (Action("open", "web/prod"),)


class Issues(Client):
    """Holds one page of issues; `written` has what was sent."""

    def request(self, method: str, path: str, body: Any = None) -> Any:
        if method == "GET":
            return [issue(7, "mended/prod")]
        WRITTEN.append((method, path.removeprefix("repos/team/models/issues"), body))
        return None


WRITTEN: list[tuple[str, str, Any]] = []


def test_an_issue_shows_the_drift_and_finds_itself_again() -> None:
    WRITTEN.clear()
    keep_up(Issues("http://api", "team/models", "t"), [record("web", "a"), record("mended")], Context(), BOT)

    (opened, said, closed) = WRITTEN
    assert (opened[0], opened[1], opened[2]["title"]) == ("POST", "", "web/prod is not as it was deployed")
    assert MARK.search(opened[2]["body"])
    assert (said[1], closed[1], closed[2]["state"]) == ("/7/comments", "/7", "closed")
    assert "desiredCount" not in body_of(record("web", "a", "desiredCount"), Context())
