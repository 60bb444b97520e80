"""Only the branch's head is deployed, never over something newer, and no approval waits for an older one."""

from __future__ import annotations

from typing import Any

import pytest

from gitops.commands import current
from gitops.commands.current import read_wrong
from gitops.errors import Refused, UserError
from gitops.github.client import Client, Fault
from gitops.github.commits import DeploymentRecord, check_commit, refuse_commit
from gitops.github.runs import OtherRun, choose_superseded, supersede

OLD, NEW = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("commit", "head", "last", "relation", "said"),
    [
        (NEW, NEW, "", "", ""),
        (NEW, NEW, OLD, "ahead", ""),
        (NEW, NEW, NEW, "identical", ""),
        (OLD, NEW, OLD, "identical", "main is at bbbbbbbbbbbb"),
        (NEW, NEW, OLD, "behind", "it would undo"),
        (NEW, NEW, OLD, "diverged", "it would undo"),
        (NEW, NEW, OLD, "", "it would undo"),
    ],
)
def test_an_old_commit_is_refused(commit: str, head: str, last: str, relation: str, said: str) -> None:
    reason = refuse_commit(commit, head, "main", DeploymentRecord(1, last) if last else None, relation)

    assert bool(reason) is bool(said)
    assert said in reason


EARLIER, LATER = "2026-11-22T04:59:00Z", "2026-11-22T05:00:00Z"


def test_a_run_is_superseded_only_while_nothing_of_it_runs() -> None:
    others = [
        OtherRun(1, EARLIER, OLD, ("completed", "waiting")),
        OtherRun(2, EARLIER, OLD, ("completed", "in_progress", "waiting")),
        OtherRun(3, EARLIER, OLD, ("queued",)),
        OtherRun(4, LATER, OLD, ("waiting",)),
        OtherRun(5, "2026-11-22T05:00:01Z", OLD, ("waiting",)),
    ]

    assert choose_superseded(LATER, NEW, others) == (1, 3)


def test_what_begins_between_the_look_and_the_cancel_has_nothing_to_be_cut_off_from() -> None:
    """A job of a run that is ended refuses before it logs in; one that would not, a rollback of the head, is left."""
    others = {commit: OtherRun(1, EARLIER, commit, ("waiting",)) for commit in (OLD, NEW)}

    ended = {commit: bool(choose_superseded(LATER, NEW, [run])) for commit, run in others.items()}

    assert ended == {commit: bool(refuse_commit(commit, NEW, "main", None, "")) for commit in others}
    assert set(ended.values()) == {True, False}


class Recorded(Client):
    """Answers from a table by the path's beginning, and notes what was written."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__("http://api", "team/models", "token")
        object.__setattr__(self, "answers", answers)
        object.__setattr__(self, "written", [])

    def request(self, method: str, path: str, body: Any = None, *, again: bool = True) -> Any:
        if method != "GET":
            self.written.append((method, path))  # pyright: ignore[reportAttributeAccessIssue]
            if path in ENDED:
                raise Fault(409, "409 Conflict", where=path, hint="")
            return None
        found = [answer for start, answer in self.answers.items() if path.startswith(f"repos/team/models/{start}")]  # pyright: ignore[reportAttributeAccessIssue]
        assert found, path
        return found[0]


def make_record(*states: str) -> dict[str, Any]:
    return {
        "git/ref/heads/main": {"object": {"sha": NEW}},
        "deployments?environment=prod": [{"id": 2, "sha": NEW}, {"id": 1, "sha": OLD}],
        "deployments/2/statuses": [{"state": state} for state in states],
        "deployments/1/statuses": [{"state": "inactive"}, {"state": "success"}],
        "compare/": {"status": "ahead"},
    }


def test_a_deployment_that_failed_is_not_what_was_deployed_last() -> None:
    failed = make_record("failure", "in_progress") | {f"compare/{OLD}...{NEW}": {"status": "behind"}}
    failed.pop("compare/")

    assert "aaaaaaaaaaaa was deployed" in check_commit(Recorded(failed), NEW, "main", "prod")
    assert check_commit(Recorded(make_record("success", "in_progress")), NEW, "main", "prod") == ""
    newer = "c" * 40
    undone = failed | {"deployments?environment=prod": [{"id": 3, "sha": newer}, {"id": 2, "sha": NEW}]}
    undone |= {"deployments/3/statuses": [{"state": "failure"}], "deployments/1/statuses": []}
    assert check_commit(Recorded(undone), NEW, "main", "prod") == "", "what failed there was not deployed"


def test_a_hundred_targets_of_one_commit_neither_hide_what_was_there_before_nor_spend_the_limit() -> None:
    mine = [{"id": number, "sha": NEW} for number in range(1000, 1100)]
    before = {"id": 1, "sha": OLD}

    class Many(Recorded):
        def request(self, method: str, path: str, body: Any = None, *, again: bool = True) -> Any:
            asked.append(path)
            if "/deployments?" in path:
                return mine if path.endswith("page=1") else [before]
            return super().request(method, path, body, again=again)

    asked: list[str] = []
    behind = make_record() | {"compare/": {"status": "behind"}}
    assert "aaaaaaaaaaaa was deployed" in check_commit(Many(behind), NEW, "main", "prod")
    assert len(asked) == 5
    assert "main is at" in check_commit(Recorded(make_record("success")), OLD, "main", "prod")


CANCEL = "repos/team/models/actions/runs/{}/cancel"
ENDED = {CANCEL.format(10)}
"""What is to be cancelled and has ended meanwhile: GitHub answers 409."""


def test_older_runs_that_wait_are_cancelled_and_one_that_ended_by_itself_stops_nobody() -> None:
    older = [{"id": number, "created_at": EARLIER, "head_sha": OLD} for number in (10, 11)]
    client = Recorded(
        {
            "git/ref/heads/main": {"object": {"sha": NEW}},
            "actions/runs/12/jobs": {"jobs": [{"status": "in_progress"}]},
            "actions/runs/12": {"created_at": LATER},
            "actions/workflows/deploy.yml/runs?branch=main&status=waiting": {"workflow_runs": older[:1]},
            "actions/workflows/deploy.yml/runs?branch=main&status=in_progress": {
                "workflow_runs": [older[1], {"id": 12, "created_at": LATER, "head_sha": NEW}]
            },
            "actions/workflows/deploy.yml/runs?branch=main": {"workflow_runs": []},
            "actions/workflows/rollback.yml/runs?branch=main": {
                "workflow_runs": [
                    {"id": number, "created_at": EARLIER, "head_sha": commit} for number, commit in ((9, OLD), (8, NEW))
                ]
            },
            "actions/runs/8/jobs": {"jobs": [{"status": "waiting"}]},
            "actions/runs/9/jobs": {"jobs": [{"status": "waiting"}]},
            "actions/runs/10/jobs": {"jobs": [{"status": "waiting"}]},
            "actions/runs/11/jobs": {"jobs": [{"status": "completed"}, {"status": "waiting"}]},
        }
    )

    assert supersede(client, ["deploy.yml", "rollback.yml"], "main", 12) == (11, 9)
    assert client.written == [("POST", CANCEL.format(number)) for number in (10, 11, 9)]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_commit_that_history_has_no_more_is_refused_and_said() -> None:
    class Rewritten(Recorded):
        def request(self, method: str, path: str, body: Any = None, *, again: bool = True) -> Any:
            if "/compare/" in path:
                raise Fault(404, "404 Not Found", where=path, hint="")
            return super().request(method, path, body, again=again)

    assert f"{NEW[:12]} is without it" in check_commit(Rewritten(make_record("failure")), NEW, "main", "prod")


def test_a_record_of_no_deployment_is_named_and_passed_over_by_its_number() -> None:
    """Whoever may write records can make one of a branch's commit, which main never has: it must not stop for ever."""
    stray = {"id": 77, "sha": "e" * 40, "creator": {"login": "somebody"}, "created_at": EARLIER}
    answers = make_record() | {
        "deployments?environment=prod": [stray, {"id": 1, "sha": OLD}],
        "deployments/77/statuses": [{"state": "success"}],
        f"compare/{'e' * 40}...{NEW}": {"status": "diverged"},
        f"compare/{OLD}...{NEW}": {"status": "ahead"},
    }
    answers.pop("compare/")

    assert f"(record 77 of somebody, {EARLIER})" in check_commit(Recorded(answers), NEW, "main", "prod")
    assert check_commit(Recorded(answers), NEW, "main", "prod", read_wrong("5, 77")) == ""
    answers[f"compare/{OLD}...{NEW}"] = {"status": "behind"}
    assert "record 1 of unknown" in check_commit(Recorded(answers), NEW, "main", "prod", read_wrong("77"))
    assert "main is at" in check_commit(Recorded(answers), OLD, "main", "prod", read_wrong("77 1"))
    with pytest.raises(UserError, match="'all' is not the number"):
        read_wrong("all")


def test_the_command_takes_the_numbers_of_wrong_records_from_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "git", lambda *_arguments: NEW)
    client = Recorded(make_record("failure") | {"compare/": {"status": "diverged"}})
    monkeypatch.setattr(current, "from_environment", lambda _environ: client)

    with pytest.raises(Refused, match="record 1 of") as refused:
        current.command("prod", "main")
    assert "GITOPS_WRONG_RECORDS of the environments prod and prod-preview" in refused.value.hint
    monkeypatch.setenv("GITOPS_WRONG_RECORDS", "1")
    current.command("prod", "main")
