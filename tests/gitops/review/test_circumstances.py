"""Under which circumstances a preview was made is read off the machine: each that moves is another one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from moto import mock_aws

from gitops.engine.install import Engine
from gitops.engine.pool import Pool
from gitops.errors import UserError
from gitops.review.accounts import name_accounts
from gitops.review.circumstances import state_circumstances
from gitops.review.envelope import Circumstances
from gitops.run import Run, Sandbox
from tests.git import commit_all

JOB = {"PULUMI_BACKEND_URL": "s3://state?region=us-east-1", "GITHUB_RUN_ID": "17", "GITHUB_RUN_ATTEMPT": "2"}


@pytest.fixture
def run(checkout: Callable[..., Path]) -> Run:
    root = checkout("", dev="")
    for name in ("PulumiPolicy.yaml", "levels.yaml"):
        (root / "policies" / name).parent.mkdir(exist_ok=True)
        (root / "policies" / name).write_text("a: 1\n")
    commit_all(root)
    return Run(root=root, engine=Engine(Path("pulumi"), "test"), pool=Pool(1), sandbox=None)


def differ(one: Circumstances, other: Circumstances) -> set[str]:
    return {name for name in Circumstances.model_fields if getattr(one, name) != getattr(other, name)}


def test_each_circumstance_is_read_off_the_machine(run: Run, tmp_path: Path) -> None:
    before = state_circumstances(run, "prod", JOB)

    assert (before.run, before.attempt, before.rehearsal) == ("17", 2, False)
    assert before.backend.startswith("s3://state with options ")
    assert "us-east-1" not in before.backend
    elsewhere = JOB | {"PULUMI_BACKEND_URL": f"{JOB['PULUMI_BACKEND_URL']}&endpoint=https://example.com"}
    assert differ(before, state_circumstances(run, "prod", elsewhere)) == {"backend"}
    assert len(before.commit) == 40
    assert differ(before, state_circumstances(run, "prod", JOB)) == set()
    assert differ(before, state_circumstances(run, "dev", JOB)) == {"environment"}
    assert differ(before, state_circumstances(run, "prod", JOB | {"GITHUB_RUN_ATTEMPT": "3"})) == {"attempt"}
    assert differ(before, state_circumstances(run, "prod", JOB | {"GITHUB_RUN_ID": "18"})) == {"run"}
    assert differ(before, state_circumstances(run, "prod", JOB | {"PULUMI_BACKEND_URL": "s3://x"})) == {"backend"}
    rehearsed = replace(run, sandbox=Sandbox(tmp_path / "sandbox"))
    assert differ(before, state_circumstances(rehearsed, "prod", JOB)) == {"rehearsal", "backend"}
    assert differ(before, state_circumstances(replace(run, judged=False), "prod", JOB)) == {"policies"}


def test_another_account_is_another_circumstance(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    azure = {"ARM_TENANT_ID": "t", "ARM_SUBSCRIPTION_ID": "s"}
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        before = state_circumstances(run, "prod", JOB | azure | os.environ)
        monkeypatch.setenv("MOTO_ACCOUNT_ID", "210987654321")
        other = state_circumstances(run, "prod", JOB | azure | os.environ)

    assert (before.accounts, other.accounts) == ("aws 123456789012, azure t/s", "aws 210987654321, azure t/s")
    assert differ(before, other) == {"accounts"}
    assert name_accounts(azure) == "azure t/s"
    rehearsed = replace(run, sandbox=Sandbox(tmp_path / "sandbox"))
    assert state_circumstances(rehearsed, "prod", JOB | azure).accounts == ""


def test_an_ended_login_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(UserError, match=r"account of these credentials: .*nobody"):
        name_accounts({"AWS_PROFILE": "nobody"})


def test_an_edit_is_another_commit_and_one_of_the_judge_another_judge(run: Run) -> None:
    before = state_circumstances(run, "prod", JOB)

    (run.root / "stacks/web/__main__.py").write_text("# edited")
    edited = state_circumstances(run, "prod", JOB)
    assert differ(before, edited) == {"commit"}
    assert edited.commit.startswith(f"{before.commit} with edits ")
    (run.root / "stacks/web/__main__.py").write_text("# edited again")
    assert differ(edited, state_circumstances(run, "prod", JOB)) == {"commit"}
    (run.root / "policies/levels.yaml").write_text("a: 2\n")
    assert differ(before, state_circumstances(run, "prod", JOB)) == {"commit", "policies"}
