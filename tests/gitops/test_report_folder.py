"""The folder of a report: which files it has, where it lies, and that it is rendered again from its records."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gitops.cli import app
from gitops.errors import UserError
from tests.git import commit_all
from tests.gitops.command_line import TOPIC, initialise, run_gitops


def test_a_preview_writes_every_form_of_the_report(checkout: Callable[..., Path]) -> None:
    root = initialise(checkout(TOPIC, dev="", prod=""))

    result = run_gitops(root, "preview", "--rehearse", "--json")

    assert result.returncode == 0, result.stderr
    assert [record["environment"] for record in json.loads(result.stdout)] == ["dev", "prod"]
    written = {path.relative_to(root / "report").as_posix() for path in (root / "report").rglob("*") if path.is_file()}
    assert written == {
        "index.html",
        "comment.md",
        "summary.md",
        "policy.sarif",
        "junit.xml",
        "annotations.txt",
        "context.json",
        "verdict.txt",
        "records/web.dev.json",
        "records/web.prod.json",
    }


def test_a_report_names_what_is_edited_and_removed_and_is_rendered_again_the_same(
    checkout: Callable[..., Path],
) -> None:
    root = initialise(checkout(TOPIC, dev="", prod=""))
    commit_all(root)
    (root / "stacks/web/Pulumi.prod.yaml").unlink()

    previewed = run_gitops(root, "preview", "--base", "HEAD")
    first = {path.name: path.read_bytes() for path in (root / "report").iterdir() if path.is_file()}
    again = run_gitops(root, "report", "report")

    assert previewed.stdout.startswith("Ready, but with losses: 1 topic deleted in prod, 1 target taken out")
    assert b"with uncommitted changes" in first["comment.md"]
    assert b"against <code>HEAD</code>" in first["comment.md"]
    assert again.returncode == 0, again.stderr
    assert {path.name: path.read_bytes() for path in (root / "report").iterdir() if path.is_file()} == first


@pytest.mark.parametrize("file", ["records/web.dev.json", "context.json"])
def test_a_report_of_another_version_is_named_by_its_file(tmp_path: Path, file: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text('{"commit": [')
    runner = CliRunner()

    with pytest.raises(UserError) as said:
        runner.invoke(app, ["notice", str(tmp_path)], catch_exceptions=False)

    assert said.value.where.endswith(file)
    assert "write the folder again" in said.value.hint


def test_a_report_lies_in_the_checkout_wherever_the_command_stands(checkout: Callable[..., Path]) -> None:
    root = initialise(checkout(TOPIC, dev=""))

    result = run_gitops(root / "stacks/web", "deploy", "dev", "--rehearse")

    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[0] == "✓ web/dev  1 create"
    assert result.stdout.splitlines()[1] == f"Full report: {root / 'report/deploy/index.html'}"
    assert (root / "report/deploy/index.html").is_file()
    assert result.stderr.split() == ["[1/1]", "previewed", "web/dev", "✓", "[1/1]", "applied", "web/dev", "✓"]
