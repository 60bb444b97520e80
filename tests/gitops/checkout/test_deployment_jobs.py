"""The jobs of deploy.yml: written from the list of environments, in its order, and nothing else of the file touched."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from gitops.checkout import deployment_jobs, environments
from gitops.cli import app
from gitops.errors import UserError
from tests.gitops.checkout.test_environments import ROWS, write
from tests.gitops.checkout.test_targets import stack
from tests.worlds import ROOT

WORKFLOW = (ROOT / deployment_jobs.FILE).read_text(encoding="utf-8")


def test_the_workflow_is_what_the_list_says() -> None:
    assert deployment_jobs.rewrite(WORKFLOW, environments.names(ROOT)) == WORKFLOW, deployment_jobs.COMMAND


def test_each_environment_waits_for_the_one_before_and_is_told_its_mode() -> None:
    jobs = yaml.safe_load(deployment_jobs.rewrite(WORKFLOW, ["dev", "qa", "pre-prod"]))["jobs"]

    assert list(jobs) == ["prepare", "dev", "qa", "pre-prod"]
    assert [jobs[name]["needs"] for name in ("dev", "qa", "pre-prod")] == ["prepare", "dev", "qa"]
    assert "before" not in jobs["dev"]["with"]
    assert jobs["pre-prod"]["with"] == {"environment": "pre-prod", "before": "${{ needs.qa.outputs.mode }}"}


def test_a_file_without_the_mark_is_left_alone() -> None:
    with pytest.raises(UserError, match=r"deploy\.yml: no line"):
        deployment_jobs.rewrite(WORKFLOW.replace(deployment_jobs.MARK, ""), ["dev"])


def test_an_environment_cannot_have_another_jobs_name() -> None:
    with pytest.raises(UserError, match="'prepare' is another job"):
        deployment_jobs.rewrite(WORKFLOW, ["dev", "prepare"])


def test_the_command_writes_the_file_and_the_list_says_when_it_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack(write(tmp_path, ROWS), "web", "dev")
    file = tmp_path / deployment_jobs.FILE
    file.parent.mkdir(parents=True)
    file.write_text(WORKFLOW, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    listed = CliRunner().invoke(app, ["environments"])
    written = CliRunner().invoke(app, ["environments", "--write"])
    again = CliRunner().invoke(app, ["environments"])

    assert deployment_jobs.COMMAND in listed.output
    assert written.exit_code == 0
    assert file.read_text(encoding="utf-8") == deployment_jobs.rewrite(WORKFLOW, ["dev", "qa", "prod"])
    assert deployment_jobs.COMMAND not in again.output
