"""Going back takes an earlier commit's program, never its tool, and says first whether what it deploys is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from moto import mock_aws

from gitops.checkout.targets import Target
from gitops.commands import rollback
from gitops.errors import Refused, UserError
from gitops.rollback import find_commit, list_artefacts, look_up, restore
from tests.git import commit_all, git

WEB = Target("web", "dev")
DIGEST = f"sha256:{'1' * 64}"
IMAGE = f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/web@{DIGEST}"


def commit(root: Path, **files: str) -> str:
    for name, text in files.items():
        file = root / name.replace("__", "/").replace("_py", ".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return commit_all(root, "change")


@pytest.fixture
def root(checkout: Callable[..., Path]) -> Path:
    root = checkout("one", dev="web:n: 1")
    git(root, "init", "-q", "-b", "main")
    return root


def test_the_program_is_the_commits_and_all_else_the_heads(root: Path, checkout: Callable[..., Path]) -> None:
    old = commit(root, shared__a_py="one", policies__p_py="one", gitops__g_py="one", stacks__other__x_py="one")
    checkout("two", dev="web:n: 2")
    commit(
        root, shared__a_py="two", shared__b_py="two", policies__p_py="two", gitops__g_py="two", stacks__other__x_py="2"
    )

    changed = restore(root, WEB, find_commit(root, WEB, old[:10]))

    assert sorted(changed) == ["shared/a.py", "shared/b.py", "stacks/web/Pulumi.dev.yaml", "stacks/web/__main__.py"]
    assert (root / "stacks/web/__main__.py").read_text() == "one"
    assert not (root / "shared/b.py").exists()
    for kept in ("policies/p.py", "gitops/g.py"):
        assert (root / kept).read_text() == "two"
    assert git(root, "rev-parse", "HEAD") != old


def test_only_what_was_merged_and_had_the_target_may_be_gone_back_to(root: Path) -> None:
    first = commit(root)
    git(root, "checkout", "-q", "-b", "strange")
    strange = commit(root, shared__evil_py="import os")
    git(root, "checkout", "-q", "main")
    commit(root, shared__a_py="two")

    with pytest.raises(Refused, match="not an earlier commit of this branch"):
        find_commit(root, WEB, strange)
    with pytest.raises(UserError, match=r"commit \w{12}: no target is called 'web/prod'"):
        find_commit(root, Target("web", "prod"), first)
    with pytest.raises(UserError):
        find_commit(root, WEB, "--output=/tmp/x")


def test_edits_are_neither_lost_nor_taken_along(root: Path) -> None:
    old = commit(root)
    (root / "stacks/web/notes.py").touch()

    with pytest.raises(Refused, match="has edits"):
        restore(root, WEB, old)


def test_every_artefact_of_a_config_is_found() -> None:
    config = f"""
config:
  web:release: {{artefact: "s3://models/digits/1.zip", model_version: "1"}}
  web:image: {IMAGE}
  web:other: [azureml://datastores/models/paths/m.onnx, x.azurecr.io/a@{DIGEST}]
  web:link: https://example.com/page
  web:bucket: s3-like
"""

    assert list_artefacts(config) == (
        IMAGE,
        "azureml://datastores/models/paths/m.onnx",
        "s3://models/digits/1.zip",
        f"x.azurecr.io/a@{DIGEST}",
    )


@mock_aws
def test_an_object_and_an_image_are_there_or_gone() -> None:
    def clients(service: str, region: str) -> Any:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return boto3.client(service, region_name=region or "us-east-1", **keys)  # pyright: ignore

    clients("s3", "").create_bucket(Bucket="models")
    clients("s3", "").put_object(Bucket="models", Key="digits/1.zip", Body=b"x")
    clients("ecr", "eu-west-1").create_repository(repositoryName="team/web")

    found = list(look_up(["s3://models/digits/1.zip", "s3://models/digits/2.zip", IMAGE, "azureml:m:1"], clients))

    assert [artefact.there for artefact in found] == [True, False, False, None]
    assert str(found[1]) == "gone: s3://models/digits/2.zip"


@mock_aws
def test_the_command_goes_back_to_nothing_whose_artefact_is_gone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ACCESS_KEY_ID": "testing",
        "SECRET_ACCESS_KEY": "testing",
        "DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.chdir(root)
    s3: Any = boto3.client("s3")
    s3.create_bucket(Bucket="models")
    old = commit(root, **{"stacks/web/Pulumi.dev.yaml": "config: {web:a: s3://models/1.zip}"})
    new = commit(root, **{"stacks/web/Pulumi.dev.yaml": "config: {web:a: s3://models/2.zip}"})

    with pytest.raises(Refused, match=r"gone: s3://models/1\.zip"):
        rollback.command("web", "dev", old)
    assert (git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain")) == (new, "")

    s3.put_object(Bucket="models", Key="1.zip", Body=b"x")
    rollback.command("web", "dev", old)
    assert "1.zip" in (root / "stacks/web/Pulumi.dev.yaml").read_text()


@pytest.mark.parametrize(
    "error", [ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadObject"), NoCredentialsError()]
)
def test_what_may_not_be_asked_is_not_called_gone(error: Exception) -> None:
    class Client:
        def head_object(self, **_where: str) -> None:
            raise error

    (found,) = look_up(["s3://models/digits/1.zip"], lambda _service, _region: Client())

    assert found.there is None
    assert str(found).startswith("not known: s3://models/digits/1.zip (")
