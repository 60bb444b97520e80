"""A deployment that is not there or does not answer is not fine, on every run and not only on the one that made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gitops.checkout.targets import Target
from gitops.commands.verify import ask
from gitops.deployed import outputs
from gitops.deployed.drift import add_drift, find_hand_changes, without_autoscaling
from gitops.deployed.verify import Verification, ask_endpoint, printable
from gitops.records import Op, PropertyDiff, RunError, RunRecord, Status, Step
from gitops.run import Run
from tests.gitops.endpoint import serving

TARGET = Target("web", "dev")
PAYLOAD = b"[7]"
SERVICE = "aws:ecs/service:Service"
BOUNDS = "aws:appautoscaling/target:Target"
SCHEDULE = "aws:appautoscaling/scheduledAction:ScheduledAction"


def step(op: Op = Op.SAME, kind: str = SERVICE, *changed: str) -> Step:
    diffs = tuple(PropertyDiff(path=path, kind="update", before=2, after=5) for path in changed)
    return Step(op=op, urn=f"urn:{kind}::web", type=kind, name="web", diffs=diffs)


def verification(*steps: Step, error: str = "") -> Verification:
    failed = RunError(kind="provider", message=error) if error else None
    fields = {"stack": "web", "environment": "dev", "operation": "drift", "rehearsal": False}
    status = Status.FAILED if error else Status.SUCCEEDED
    return Verification(TARGET, RunRecord.model_validate({**fields, "status": status, "error": failed, "steps": steps}))


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((step(),), ""),
        ((), "nothing of it is deployed"),
        ((step(Op.DELETE),), "not as it was deployed: web"),
        ((step(Op.UPDATE, SERVICE, "taskDefinition"),), "not as it was deployed: web"),
        ((step(Op.UPDATE, SERVICE, "desiredCount"),), ""),
        ((step(Op.UPDATE, SERVICE, "desiredCount", "taskDefinition"),), "not as it was deployed: web"),
        ((step(Op.UPDATE, BOUNDS, "minCapacity", "maxCapacity"), step(kind=SCHEDULE)), ""),
        ((step(Op.UPDATE, BOUNDS, "minCapacity"),), "not as it was deployed: web"),
        ((step(Op.UPDATE, BOUNDS, "resourceId"), step(kind=SCHEDULE)), "not as it was deployed: web"),
    ],
)
def test_what_runs_must_be_what_was_deployed_but_for_what_an_autoscaler_set(
    steps: tuple[Step, ...], reason: str
) -> None:
    verified = verification(*steps)

    assert (verified.reason, verified.fine) == (reason, not reason)
    assert verified.record.status is (Status.FAILED if reason else Status.SUCCEEDED)


def test_what_was_read_back_otherwise_is_not_fine() -> None:
    verified = replace(verification(step()), faults=("web: is Failed, expected InService",))

    assert verified.reason == "not as it was declared: web: is Failed, expected InService"
    assert verified.record.status is Status.FAILED


def test_what_cannot_be_compared_is_not_verified() -> None:
    assert verification(error="AccessDenied").reason == "AccessDenied"


def test_what_an_autoscaler_changed_is_read_as_unchanged() -> None:
    scaling = step(Op.UPDATE, SERVICE, "desiredCount"), step(Op.UPDATE, BOUNDS, "resourceId", "x")
    changed = verification(*scaling).comparison

    scaled, moved = without_autoscaling(changed).steps

    assert (scaled.op, scaled.diffs) == (Op.SAME, ())
    assert (moved.op, len(moved.diffs)) == (Op.UPDATE, 2)


def test_hand_changes_are_shown_apart_and_a_comparison_that_failed_fails_the_preview() -> None:
    changed = verification(step(Op.UPDATE, SERVICE, "desiredCount", "taskDefinition")).comparison
    preview = changed.model_copy(update={"steps": ()})

    seen = add_drift(preview, changed)
    assert [diff.path for one in seen.drift for diff in one.diffs] == ["taskDefinition"]
    assert seen.steps == ()
    assert seen.diagnostics[0].message == "changed by hand: taskDefinition 2 -> 5"
    assert find_hand_changes(preview) == ()
    assert add_drift(preview, verification(error="AccessDenied").comparison).status is Status.FAILED


@pytest.mark.parametrize(
    ("status", "reason"), [(200, ""), (400, "deployed, but the endpoint answers 400: ok")], ids=["fine", "refused"]
)
def test_a_deployment_is_as_fine_as_its_endpoints_answer(tmp_path: Path, status: int, reason: str) -> None:
    request = tmp_path / "stacks/web/smoke.json"
    request.parent.mkdir(parents=True)
    request.write_bytes(PAYLOAD)
    with serving(status) as endpoint:
        asked = ask_endpoint(tmp_path, verification(step()), {"invoke": {"url": endpoint.url, "auth": "none"}}, ())

    assert [body for _path, _headers, body in endpoint.seen] == [PAYLOAD]
    assert (asked.fine, asked.reason) == (not reason, reason)


def test_an_answer_shows_none_of_the_words_that_are_kept_secret(tmp_path: Path) -> None:
    (tmp_path / "stacks/web").mkdir(parents=True)
    (tmp_path / "stacks/web/smoke.json").write_bytes(PAYLOAD)
    with serving(400, echo=True) as endpoint:
        how = {"invoke": {"url": endpoint.url, "auth": "none", "content_type": "application/hunter2000"}}
        asked = ask_endpoint(tmp_path, verification(step()), how, {"hunter2000"})

    assert "application/[secret]" in asked.reason
    assert "hunter2000" not in asked.reason


def test_what_the_stack_and_the_job_keep_secret_is_taken_out_of_an_answer(
    checkout: Callable[..., Path], run_for: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = checkout("", dev="")
    (root / "stacks/web/smoke.json").write_bytes(PAYLOAD)
    monkeypatch.setenv("STAND_IN_TOKEN", "of-the-job-itself")
    monkeypatch.setattr(outputs, "read_secrets", lambda run, target, exported: {exported["secret"]})
    with serving(400, echo=True) as endpoint:
        kind = "application/hunter2000-of-the-job-itself"
        how = {"url": endpoint.url, "auth": "none", "content_type": kind}
        monkeypatch.setattr(outputs, "read", lambda run, target: {"invoke": how, "secret": "hunter2000"})
        asked = ask(run_for(root), verification(step()))

    assert "application/[secret]-[secret]" in asked.reason


def test_a_stack_without_a_request_is_not_asked_and_one_without_an_address_is_told(tmp_path: Path) -> None:
    verified = verification(step())

    assert ask_endpoint(tmp_path, verified, {}, ()) is verified
    (tmp_path / "stacks/web").mkdir(parents=True)
    (tmp_path / "stacks/web/smoke.json").write_bytes(PAYLOAD)
    assert "no output 'invoke'" in ask_endpoint(tmp_path, verified, {}, ()).reason


def test_an_answer_stays_on_its_line() -> None:
    assert printable("no\n::set-output name=a::b\r\x1b[31m\u2028x") == "no ::set-output name=a::b [31m x"
