"""A target that was taken out of the repository is destroyed by the next deployment, once that was shown."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gitops.checkout.targets import Target
from gitops.deploy import deploy
from gitops.engine.retirement import find_protected
from gitops.errors import UserError
from gitops.preview import preview
from gitops.records import Op, RunError, RunRecord
from gitops.retire import find_taken_out, read_log, refuse_what_is_read, retiring, still_there
from gitops.run import Run
from tests.git import commit_all, git

TOPIC = """
    import pulumi, pulumi_aws as aws
    config = pulumi.Config()
    guarded = pulumi.ResourceOptions(protect=config.get_bool("guarded"))
    aws.sns.Topic("news", opts=guarded)
    pulumi.export("count", 1)
"""


def silent(_record: RunRecord) -> None:
    pass


@pytest.fixture
def root(checkout: Callable[..., Path]) -> Path:
    checkout("import pulumi\npulumi.StackReference('acme/web/dev')", stack="other", dev="")
    root = checkout(TOPIC, dev="", prod="web:guarded: true")
    commit_all(root, "two stacks")
    return root


WEB = {name: Target("web", name) for name in ("dev", "prod")}


READER = Target("other", "dev")


def make_reading_record(*names: str, op: Op = Op.READ) -> RunRecord:
    steps = [
        {"op": op, "urn": f"urn::{name}", "type": "pulumi:pulumi:StackReference", "name": "r", "inputs": {"name": name}}
        for name in names
    ]
    fields = {"stack": "other", "environment": "dev", "operation": "preview", "rehearsal": True}
    return RunRecord.model_validate({**fields, "status": "succeeded", "steps": steps})


@pytest.mark.parametrize(
    ("record", "refused"),
    [
        (make_reading_record("acme/web/dev"), True),
        (make_reading_record("web/dev", "acme/else/dev"), True),
        (make_reading_record("acme/web/prod"), False),
        (make_reading_record("dev"), False),
        (make_reading_record("acme/web/dev", op=Op.DELETE), False),
        (make_reading_record(), False),
    ],
)
def test_a_target_that_another_one_reads_is_not_taken_out(record: RunRecord, refused: bool) -> None:
    records = {READER: record, WEB["dev"]: make_reading_record("acme/web/dev")}

    judged = refuse_what_is_read(records, {WEB["dev"]})

    assert judged[READER] is record
    assert ("read by other/dev" in (judged[WEB["dev"]].error or RunError(kind="", message="")).message) is refused
    assert refuse_what_is_read(records, set()) == records


def test_what_was_taken_out_is_known_by_history_however_it_went(root: Path) -> None:
    assert find_taken_out(root) == {}
    git(root, "checkout", "-q", "-b", "change")
    git(root, "rm", "-q", "stacks/web/Pulumi.dev.yaml")
    commit_all(root, "no dev")
    git(root, "checkout", "-q", "main")
    (root / "README.md").touch()
    commit_all(root, "something else")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "change")
    git(root, "mv", "stacks/web", "stacks/api")
    (root / "stacks/api/Pulumi.yaml").write_text("name: api\nruntime: python\n")
    commit_all(root, "another name for it")

    found = find_taken_out(root)

    assert found.keys() == set(WEB.values())
    for target, revision in found.items():
        assert git(root, "show", f"{revision}:stacks/web/Pulumi.{target.environment}.yaml")


def test_what_came_back_is_not_taken_out(root: Path) -> None:
    git(root, "rm", "-q", "-r", "stacks/web")
    commit_all(root, "no web")
    git(root, "revert", "--no-edit", "HEAD")

    assert find_taken_out(root) == {}


def test_a_target_that_went_twice_is_taken_as_it_was_the_last_time() -> None:
    log = "commit b\n\nstacks/web/Pulumi.dev.yaml\nstacks/web/README.md\ncommit a\n\nstacks/web/Pulumi.dev.yaml\n"

    assert read_log(log) == {WEB["dev"]: "b^1"}


def test_a_clone_without_history_is_refused(root: Path, tmp_path: Path) -> None:
    commit_of_nothing = git(root, "commit", "-q", "--allow-empty", "-m", "more")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")

    assert commit_of_nothing == ""
    with pytest.raises(UserError, match="no history"):
        find_taken_out(tmp_path / "shallow")


@pytest.mark.parametrize(
    ("resource", "protected"),
    [
        ({"protect": True}, True),
        ({"inputs": {"enableDeletionProtection": True}}, True),
        ({"inputs": {"deletionProtection": "ACTIVE"}}, True),
        ({"inputs": {"enableDeletionProtection": False, "deletionProtection": "INACTIVE"}}, False),
        ({}, False),
    ],
)
def test_what_the_engine_or_its_cloud_keeps_is_protected(resource: dict[str, Any], protected: bool) -> None:
    deployment = {"resources": [{"urn": "urn:pulumi:dev::web::t::entrance", **resource}]}

    assert list(find_protected(deployment)) == (["entrance"] if protected else [])


def test_a_target_is_shown_destroyed_and_gone(root: Path, run_for: Callable[..., Run]) -> None:
    run = replace(run_for(root), bound=True)
    deploy(run, list(WEB.values()), None, lambda _operation: silent)
    git(root, "rm", "-q", "-r", "stacks/web")
    commit_all(root, "no web")
    taken_out = find_taken_out(root)

    with retiring(run, taken_out) as opened:
        refused = deploy(opened, [WEB["dev"], READER], None, lambda _operation: silent)
        assert "its outputs are read by other/dev" in refused[0].reason
        assert refused[1].reason == "another target was refused"
        (seen, _reader) = preview(opened, [WEB["dev"], READER], cache=None, on_done=silent)
        assert seen.error, "it is shown with what is reviewed"
        shown = {record.target: record for record in preview(opened, list(WEB.values()), cache=None, on_done=silent)}
        (dev,) = deploy(opened, [WEB["dev"]], {"web/dev": shown["web/dev"]}, lambda _operation: silent)
        (prod,) = deploy(opened, [WEB["prod"]], None, lambda _operation: silent)

    assert [(step.op, step.name) for step in shown["web/dev"].steps] == [(Op.DELETE, "news")]
    assert shown["web/dev"].steps[0].source is not None
    assert dev.fine, dev
    assert dev.applied is not None
    assert [step.op for step in dev.applied.steps] == [Op.DELETE]
    assert "protected, so it cannot be removed: news" in prod.reason
    assert prod.applied is None
    with retiring(run, taken_out) as opened:
        assert still_there([*WEB.values()], taken_out, opened) == [WEB["prod"]]


@pytest.mark.soak
def test_the_commands_of_the_workflows_retire_it(root: Path) -> None:
    def gitops(*arguments: str) -> str:
        command = [sys.executable, "-m", "gitops", *arguments]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    gitops("deploy", "dev", "--rehearse", "--only", "web")
    git(root, "rm", "-q", "stacks/web/Pulumi.dev.yaml")
    base = git(root, "rev-parse", "HEAD")
    (root / ".gitignore").write_text(".rehearsal\nreport\nreviewed\ndeployed\n")
    (root / "stacks/other/__main__.py").write_text("import pulumi\n")
    commit_all(root, "no dev, and nobody who reads it")

    assert "web/dev  it is removed" in gitops("impact", "--base", base)
    gitops("preview", "dev", "--rehearse", "--bind", "--out", "reviewed")
    assert "--only web" in gitops("legs", "reviewed")
    deployed = gitops("deploy", "dev", "--only", "web", "--rehearse", "--reviewed", "reviewed", "--out", "deployed")
    assert "web/dev  1 delete" in deployed
    assert "web/dev" not in gitops("preview", "dev", "--rehearse", "--bind", "--out", "reviewed")
