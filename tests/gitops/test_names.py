"""A name that nothing has is answered alike by every command: what is not called so, and the nearest name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gitops.cli import app
from gitops.errors import UserError
from tests.git import commit_all

TOPIC = "from pulumi_aws import sns\nsns.Topic('news')\n"


@pytest.fixture
def root(checkout: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    root = checkout(TOPIC, dev="", prod="")
    commit_all(root)
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    ("command", "message", "hint"),
    [
        ("preview wbe", "no target is called 'wbe'", "'web'"),
        ("preview web/prdo", "web has no environment 'prdo'", "'prod'"),
        ("drift wbe", "no target is called 'wbe'", "'web'"),
        ("status prd", "no target is called 'prd'", "'prod'"),
        ("deploy prd", "no environment is called 'prd'", "'prod'"),
        ("deploy dev --only wbe", "no target is called 'wbe'", "'web'"),
        ("verify prd", "no environment is called 'prd'", "'prod'"),
        ("promote prd x --proofs y", "no environment is called 'prd'", "'prod'"),
        ("invoke wbe dev", "no target is called 'wbe/dev'", "'web/dev'"),
        ("unlock web prd", "web has no environment 'prd'", "'prod'"),
        ("operate refresh wbe dev", "no target is called 'wbe/dev'", "'web/dev'"),
        ("operate refrsh web dev", "no operation is called 'refrsh'", "'refresh'"),
        ("rollback wbe dev --to HEAD", "no target is called 'wbe/dev'", "'web/dev'"),
        ("rollback web dev --to mian", "this clone has no commit 'mian'", "'main'"),
        ("preview --rehearse --base mian", "this clone has no commit 'mian'", "'main'"),
        ("impact --base mian", "this clone has no commit 'mian'", "'main'"),
        ("rehearse stacks/web --stack prd", "no stack is called 'prd'", "'prod'"),
        ("rehearse stacks/wbe", "has no Pulumi.yaml", "'web'"),
        ("deploy dev --rehearse --fault throttld", "no fault is called 'throttld'", "'throttled'"),
        ("policies --severity hihg", "no severity is called 'hihg'", "'high'"),
    ],
)
@pytest.mark.usefixtures("root")
def test_a_misspelt_name_is_said_and_the_nearest_offered(command: str, message: str, hint: str) -> None:
    error = CliRunner().invoke(app, command.split()).exception

    assert isinstance(error, UserError), error
    assert error.message.endswith(message)
    assert error.hint == f"Did you mean {hint}?"


@pytest.mark.usefixtures("root")
def test_a_name_that_none_is_near_is_told_the_known_ones() -> None:
    error = CliRunner().invoke(app, ["deploy", "xyz"]).exception

    assert isinstance(error, UserError)
    assert error.hint == "Known: dev, staging, prod."
