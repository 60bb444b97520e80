"""Merges, ways back and operations through the workflows as they are, run by `act` on the real engine and judge.

What is replaced: tests/github/acting.py.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.inventory import Inventory
from tests.github.acting import KEY, Repository, git, outer
from tests.github.api import State
from tests.github.workflow_runs import ENVIRONMENTS, deploy, operate, summary, verdict

pytestmark = pytest.mark.slow("whole workflows: each job sets up and runs an engine of its own")

OPERATION = ("stated", "done")
"""The artifacts of an operation's two jobs."""
MOVING = """
import os
if os.environ["GITHUB_JOB"] == "deploy":
    aws.cloudwatch.LogGroup("later", retention_in_days=365, kms_key_id=config.get("key"))
"""


@pytest.mark.parametrize(
    ("names", "merges"), [(("dev", "prod"), 1), pytest.param(ENVIRONMENTS, 2, marks=pytest.mark.soak)]
)
def test_a_merge_is_deployed_environment_by_environment_and_kept(
    repository: Repository, github: tuple[str, State], names: tuple[str, ...], merges: int
) -> None:
    for environment in set(ENVIRONMENTS) - set(names):
        repository.leave_out(environment)
        repository.commit("fewer environments")

    first = deploy(repository, github, run_id=1)

    assert first.code == 0, first.text
    jobs = [job for name in names for job in (f"preview {name}", f"deploy {name} logs", f"verify {name}")]
    assert list(first.results.items()) == [(job, "success") for job in ("prepare", *jobs)]
    for environment in names:
        assert verdict(repository, 1, f"reviewed-{environment}-1").startswith("## Ready: 1 create")
        assert verdict(repository, 1, f"deployed-{environment}-logs-1").startswith("## Deployed: 1 create")
        assert verdict(repository, 1, f"verified-{environment}-1").startswith("## No drift")
    assert f"logs/prod: as {names[-2]} verified it, with the same config" in summary(repository, 1, "reviewed-prod-1")
    assert not (repository.store / "logins").exists(), "a rehearsal logged in to a cloud"
    if merges == 1:
        return

    repository.configure("prod", days=400, key=KEY)
    repository.commit("keep logs of prod longer")
    second = deploy(repository, github, run_id=2)

    assert second.code == 0, second.text
    assert {job for job in second.results if job.startswith("deploy")} == {"deploy prod logs"}
    assert {"verify dev", "verify staging", "verify prod"} <= second.results.keys()
    assert "no change in 1 target" in verdict(repository, 2, "reviewed-dev-1")
    assert "1 update" in verdict(repository, 2, "deployed-prod-logs-1")


@pytest.mark.soak
def test_what_was_deployed_can_be_gone_back_to_and_taken_out(
    repository: Repository, github: tuple[str, State], tmp_path: Path
) -> None:
    extra = repository.root / "stacks/extra"
    extra.mkdir()
    (extra / "Pulumi.yaml").write_text("name: extra\nruntime: python\n")
    (extra / "Pulumi.prod.yaml").write_text("config: {}\n")
    (extra / "__main__.py").write_text('import pulumi_aws as aws\naws.sns.Topic("news")\n')
    first = repository.commit("a second stack")
    repository.configure("dev", days=30, key=KEY)
    repository.commit("keep logs of dev for a month")
    assert deploy(repository, github, run_id=1).code == 0

    address, state = github
    state.main = git(repository.root, "rev-parse", "HEAD")
    payload = {"inputs": {"environment": "dev", "stack": "logs", "commit": first}, "ref": "refs/heads/main"}
    api: dict[str, Any] = {"GITHUB_API_URL": address, "GITHUB_TOKEN": "writer", "GITHUB_RUN_NUMBER": "2"}
    back = repository.run("rollback", "workflow_dispatch", payload, run_id=2, **api)

    assert back.code == 0, back.text
    assert list(back.results) == ["prepare", "preview dev", "deploy dev logs", "verify dev"]
    assert "1 update" in verdict(repository, 2, "deployed-dev-logs-1")

    git(repository.root, "rm", "-q", "-r", "stacks/extra")
    repository.commit("one stack again")

    state.on_main = lambda: deploy_there_and_back(repository, tmp_path, approving=3, kept="rehearsal-dev-2-1")
    moved = deploy(repository, github, run_id=3)

    refused = {"prepare": "success", "preview dev": "success", "deploy dev logs": "failure", "verify dev": "success"}
    assert (moved.code, moved.results) == (1, refused), moved.text
    assert verdict(repository, 3, "deployed-dev-logs-1") == "## Refused: nothing was touched"
    assert "the state changed since the review" in summary(repository, 3, "deployed-dev-logs-1")

    out = deploy(repository, github, run_id=4)

    assert out.code == 0, out.text
    assert "1 topic deleted in prod" in summary(repository, 4, "deployed-prod-extra-1")
    assert verdict(repository, 4, "deployed-dev-logs-1").startswith("## Deployed: 1 update"), "forward again"

    urn = "urn:pulumi:dev::logs::aws:cloudwatch/logGroup:LogGroup::calls"
    forgotten = operate(repository, github, run_id=5, operation="forget", argument=urn)

    assert forgotten.results == dict.fromkeys(["prepare", "state what would be done", "do it"], "success"), (
        forgotten.text
    )
    stated, done = (json.loads((repository.artifact(5, name) / "operation.json").read_text()) for name in OPERATION)
    assert (stated["after"], stated["effects"], stated["run"]) == ("", done["effects"], "5")
    assert done["after"] not in ("", done["state"])
    again = operate(repository, github, run_id=6, operation="forget", argument=urn)
    assert again.results == {"prepare": "success", "state what would be done": "failure"}, again.text
    assert "no resource" in again.text


def deploy_there_and_back(repository: Repository, folder: Path, *, approving: int, kept: str) -> None:
    """While the run `approving` waits for its approval, another one changes dev, and a third changes it back: what is
    left to do is as it was shown, and the state that it starts from is another one."""
    beside = folder / "beside"
    if beside.exists() or not repository.artifact(approving, "reviewed-dev-1").exists():
        return
    shutil.copytree(repository.root, beside, ignore=shutil.ignore_patterns(".rehearsal"))
    (beside / ".rehearsal").symlink_to(repository.store / "cache" / kept)
    other = Repository(beside, repository.store, repository.act, repository.venv)
    gitops = [str(repository.venv / "bin/python"), "-m", "gitops", "deploy", "dev", "--only", "logs", "--rehearse"]
    for days in (90, 365):
        other.configure("dev", days=days, key=KEY)
        environ = {**outer(), "PYTHONPATH": str(beside)}
        subprocess.run(gitops, cwd=beside, env=environ, check=True, capture_output=True, timeout=240)


@pytest.mark.soak
def test_what_verification_refuses_is_promoted_by_no_later_run_either(
    repository: Repository, github: tuple[str, State]
) -> None:
    """Somebody changes dev's clouds by hand; a smoke check that fails ends the same job in the same way."""
    repository.leave_out("staging")
    repository.commit("fewer environments")
    assert deploy(repository, github, run_id=1).code == 0
    inventory = Inventory(repository.store / "cache/rehearsal-dev-1-1/clouds")
    (group,) = inventory.of_type("aws:cloudwatch/logGroup:LogGroup")
    month = {"retentionInDays": 30}
    inventory.replace(replace(group, inputs={**group.inputs, **month}, outputs={**group.outputs, **month}))

    for run_id in (2, 3):
        refused = deploy(repository, github, run_id=run_id)

        assert (refused.code, refused.results["verify dev"]) == (1, "failure"), refused.text
        assert not any("prod" in job for job in refused.results)
        assert "not as it was deployed: calls" in summary(repository, run_id, "verified-dev-1")


def test_an_old_run_that_is_run_again_touches_nothing(repository: Repository, github: tuple[str, State]) -> None:
    again = deploy(repository, github, run_id=1, main="f" * 40)

    assert again.code == 1
    assert again.results == {"prepare": "success", "preview dev": "failure"}, again.text
    assert "main is at ffffffffffff" in again.text
    assert not (repository.store / "artifacts").exists()


def test_what_dev_refuses_reaches_neither_staging_nor_prod(repository: Repository, github: tuple[str, State]) -> None:
    repository.configure("dev", days=365)
    repository.commit("drop the key of dev")

    refused = deploy(repository, github, run_id=1)

    assert refused.code == 1
    assert refused.results == {"prepare": "success", "preview dev": "failure"}, refused.text
    assert "log-group-is-encrypted" in summary(repository, 1, "reviewed-dev-1")
    assert not repository.artifact(1, "reviewed-staging-1").exists()
    assert not (repository.store / "cache").exists()


@pytest.mark.soak
def test_what_is_no_longer_what_was_approved_is_refused(repository: Repository, github: tuple[str, State]) -> None:
    """The preview and the program disagree as they would when something moved before the approval came."""
    program = repository.root / "stacks/logs/__main__.py"
    program.write_text(program.read_text() + MOVING)
    repository.commit("a stack that differs in the job that deploys")

    refused = deploy(repository, github, run_id=1)

    assert refused.code == 1
    assert (refused.results["preview dev"], refused.results["deploy dev logs"]) == ("success", "failure"), refused.text
    assert "preview staging" not in refused.results
    assert verdict(repository, 1, "deployed-dev-logs-1") == "## Refused: nothing was touched"
    assert "not what was reviewed: later" in summary(repository, 1, "deployed-dev-logs-1")
