"""What runs where: read from the history that the engine keeps, compared environment by environment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gitops.checkout.targets import Target, discover
from gitops.cli import app
from gitops.commands.status import show
from gitops.commands.verify import as_document
from gitops.deploy import deploy
from gitops.deployed import status
from gitops.deployed.verify import Verification
from gitops.records import Op, Operation, RunRecord, Status, Step
from gitops.report.formats import status_page
from gitops.report.model.context import Context
from gitops.report.model.status import Deployed, StatusRow, Verified
from gitops.run import Run
from tests.git import commit_all

OLD = Deployed("1.0", "sha256:aa", "c" * 40, False, datetime(2026, 11, 1, tzinfo=UTC), True, "https://a.example")
NEW = replace(OLD, version="2.0", digest="sha256:bb", commit="d" * 40, when=datetime(2026, 11, 2, tzinfo=UTC))
VERIFICATION = Verification(
    Target("web", "dev"),
    RunRecord(
        stack="web", environment="dev", operation=Operation.DRIFT, rehearsal=True, status=Status.SUCCEEDED, steps=()
    ),
)
PROGRAM = """
import pulumi
import pulumi_aws as aws
aws.sns.Topic("news")
pulumi.export("model_version", "3.1")
"""
ENTRY = {
    "kind": "update",
    "startTime": "2026-11-21T19:18:01.000Z",
    "endTime": "2026-11-21T20:18:03.000+01:00",
    "environment": {"git.head": "c" * 40, "git.dirty": "true"},
    "result": "succeeded",
}


def test_an_entry_of_the_history_is_read() -> None:
    found = status.describe(ENTRY, {"model_version": "1.0", "model_digest": "sha256:aa", "endpoint_url": "u"})

    assert found == Deployed(
        "1.0", "sha256:aa", "c" * 40, True, datetime(2026, 11, 21, 19, 18, 3, tzinfo=UTC), True, "u"
    )
    assert status.describe({**ENTRY, "kind": "destroy"}, {}) is None
    failed = status.describe({**ENTRY, "result": "failed"}, {})
    assert failed is not None
    assert not failed.succeeded


@pytest.mark.parametrize(
    ("before", "here", "said"),
    [
        (None, None, ""),
        (NEW, None, "2.0 waits"),
        (NEW, OLD, "model 2.0 waits"),
        (OLD, OLD, ""),
        (replace(NEW, digest=OLD.digest), OLD, f"commit {'d' * 7} waits"),
        (replace(OLD, digest=NEW.digest), NEW, ""),
        (replace(NEW, succeeded=False), OLD, ""),
    ],
)
def test_what_waits_for_promotion(before: Deployed | None, here: Deployed | None, said: str) -> None:
    assert status.describe_waiting(before, here) == said


def test_the_environment_before_is_the_nearest_one_that_runs() -> None:
    deployed = {Target("web", "dev"): NEW, Target("web", "staging"): None, Target("api", "staging"): OLD}

    assert status.previous(Target("web", "prod"), deployed, ("dev", "staging", "prod")) is NEW
    assert status.previous(Target("web", "dev"), deployed, ("dev", "staging", "prod")) is None


def test_drift_is_what_the_last_look_found() -> None:
    def record(environment: str, *ops: Op) -> RunRecord:
        steps = tuple(Step(op=op, urn=f"urn:{i}", type="t", name="n") for i, op in enumerate(ops))
        return RunRecord(
            stack="web",
            environment=environment,
            operation=Operation.DRIFT,
            rehearsal=True,
            status=Status.SUCCEEDED,
            steps=steps,
        )

    found = status.drift_of([record("dev", Op.SAME), record("prod", Op.SAME, Op.UPDATE, Op.DELETE)])

    assert found == {"web/prod": "2 resources drifted"}


def test_the_page_has_a_row_a_stack_and_a_column_an_environment() -> None:
    order = ("dev", "qa", "prod")
    rows = [
        StatusRow(Target("<web>", "dev"), NEW, ahead=2),
        StatusRow(Target("<web>", "qa"), OLD, waiting="model 2.0 waits", drift="1 resource drifted"),
        StatusRow(Target("api", "prod"), None, waiting="2.0 waits"),
    ]

    page = status_page.render(rows, order, Context(commit="e" * 40))

    assert page.index(">dev<") < page.index(">qa<") < page.index(">prod<")
    assert "<strong>2 of 3 deployed</strong>2 waiting for promotion" in page
    assert "never deployed<br>2.0 waits" in page
    assert re.findall(r'<td data-label="(\w+)"', page) == 2 * list(order), "a telephone shows no heads of columns"
    for text in ("&lt;web&gt;", "model 2.0 waits", "1 resource drifted", "2 commits behind HEAD", "never deployed"):
        assert text in page
    assert "<web>" not in page


def test_a_failed_update_is_told_in_the_first_line_of_the_page() -> None:
    page = status_page.render([StatusRow(Target("web", "dev"), replace(NEW, succeeded=False))], ("dev",), Context())

    assert "<strong>1 of 1 deployed</strong>1 failed" in page
    assert '<div class="page failed">' in page


@pytest.mark.parametrize(
    ("hours", "reason", "said", "notes"),
    [
        (1, "", "2026-11-02 01:00 ✓", ()),
        (1, "the endpoint answers 500", "2026-11-02 01:00 ✗", ("the endpoint answers 500",)),
        (-1, "", "", ()),
        (-1, "the endpoint answers 500", "", ()),
    ],
)
def test_a_verification_counts_until_the_next_deployment(
    hours: int, reason: str, said: str, notes: tuple[str, ...]
) -> None:
    row = StatusRow(Target("web", "dev"), NEW, verified=Verified(reason, NEW.when + timedelta(hours=hours)))

    assert (row.verification, row.notes) == (said, notes)
    page = status_page.render([row], ("dev",), Context())
    assert (f"verified {said}" if said else "not verified since") in page
    assert ("1 verified and not fine" in page) == ('<div class="page failed">' in page) == bool(notes)


def test_the_terminal_has_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    edited = replace(NEW, edited=True)
    rows = [
        StatusRow(Target("sagemaker_endpoint", "staging"), edited, verified=Verified("it is silent", NEW.when)),
        StatusRow(Target("sagemaker_endpoint", "prod"), OLD, waiting="model 2.0 waits"),
        StatusRow(Target("api", "prod"), None, waiting="2.0 waits"),
    ]

    show(rows)

    assert capsys.readouterr().out.splitlines()[1:] == [
        "sagemaker_endpoint/staging  2.0    ddddddd*  2026-11-02 00:00  ✗       ",
        "sagemaker_endpoint/prod     1.0    ccccccc   2026-11-01 00:00  no      ",
        "sagemaker_endpoint/staging: it is silent",
        "sagemaker_endpoint/prod: model 2.0 waits",
        "never deployed: api/prod",
    ]


def test_what_verify_left_is_read(tmp_path: Path) -> None:
    good = replace(VERIFICATION, target=Target("web", "dev"))
    (tmp_path / status.VERIFIED).write_text(as_document((good,), NEW.when))

    (read,) = status.read_verified(tmp_path).values()

    assert read == Verified("nothing of it is deployed", NEW.when)
    assert status.read_verified(tmp_path / "nowhere") == {}


def test_rows_of_environments_that_a_job_does_not_see_are_kept_from_the_last_one(tmp_path: Path) -> None:
    order = ("dev", "prod")
    dev, prod = (StatusRow(Target("web", name), OLD, verified=Verified("", OLD.when)) for name in order)
    assert status.join(tmp_path, [dev], order) == (dev,)
    assert status.join(tmp_path, [prod], order) == (dev, prod)

    released = replace(dev, deployed=NEW)
    together = status.join(tmp_path, [released], order)

    assert together == (released, replace(prod, waiting="model 2.0 waits"))
    assert status.join(tmp_path, [], order) == together


def test_what_another_version_kept_counts_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "prod.json").write_text('{"rows": []}')
    (tmp_path / status.VERIFIED).write_text("[]")
    dev = StatusRow(Target("web", "dev"), OLD)

    assert status.join(tmp_path, [dev], ("dev", "prod")) == (dev,)
    assert status.read_verified(tmp_path) == {}


def test_an_environment_that_is_no_longer_listed_is_dropped(tmp_path: Path) -> None:
    status.join(tmp_path, [StatusRow(Target("web", "qa"), OLD)], ("qa",))

    assert status.join(tmp_path, [StatusRow(Target("web", "dev"), OLD)], ("dev",)) == (
        StatusRow(Target("web", "dev"), OLD),
    )


def test_a_deployment_is_found_in_the_state_it_left(
    checkout: Callable[..., Path], run_for: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = checkout(PROGRAM, dev="days: 7", staging="days: 7")
    run = run_for(root)
    dev, staging = discover(root)
    deploy(run, [dev], None, lambda _operation: lambda _record: None)

    found = status.read(run, [dev, staging])

    assert found[staging] is None
    deployed = found[dev]
    assert deployed is not None
    assert (deployed.version, deployed.succeeded) == ("3.1", True)
    monkeypatch.chdir(root)
    said = CliRunner().invoke(app, ["status", "--rehearse", "--json"]).stdout
    assert [row["target"] for row in json.loads(said)] == ["web/dev", "web/staging"]
    said = CliRunner().invoke(app, ["drift", "--rehearse"]).stdout
    assert "Not deployed: web/dev and web/staging" in said  # in the checkout's own rehearsal, where nothing was
    assert "unchanged" not in said


def test_a_target_lacks_the_commits_that_touch_what_it_is_made_of(tmp_path: Path) -> None:
    def commit(file: str) -> str:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(file)
        return commit_all(tmp_path, file)

    deployed, *_, head = [commit(file) for file in ("stacks/web/a.py", "docs/a.md", "shared/a.py", "stacks/api/a.py")]
    web = Target("web", "dev")

    assert [status.count_commits_since(name, tmp_path, web) for name in (deployed, head)] == [1, 0]
    assert [status.count_commits_since(name, tmp_path, web) for name in ("", "0" * 40)] == [None, None]
