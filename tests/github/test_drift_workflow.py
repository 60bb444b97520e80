"""Drift through its workflow as it is, run by `act` on the real engine. What is replaced: tests/github/acting.py."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gitops.engine.clouds import running
from gitops.engine.install import ensure as install_engine
from rehearsal.inventory import Inventory
from tests.github.acting import Repository, outer
from tests.github.api import State

pytestmark = pytest.mark.slow("whole workflows: each job sets up and runs an engine of its own")


@pytest.mark.soak
def test_what_drifts_has_an_issue_until_it_is_as_it_was_deployed_again(
    repository: Repository, github: tuple[str, State], tmp_path: Path
) -> None:
    """The clouds are real for all that the workflow knows: only the login and the providers are stand-ins."""
    for name in ("staging", "prod"):
        repository.leave_out(name)
    address, state = github
    variables = {
        "GITOPS_CLOUDS": "real",
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/reads",
    }
    with running(tmp_path / "clouds") as clouds:
        held = {"PULUMI_CONFIG_PASSPHRASE": "correct horse", "PULUMI_DEBUG_PROVIDERS": clouds.debug_providers}
        held |= {"AWS_REGION": "us-east-1", "STAND_IN_LOGIN": "granted"}
        api: dict[str, Any] = {"GITHUB_API_URL": address, "GITHUB_TOKEN": "writer", **held}
        deploy_by_hand(repository, {**held, "PULUMI_BACKEND_URL": variables["PULUMI_BACKEND_URL"]})
        inventory = Inventory(tmp_path / "clouds")
        (deployed,) = inventory.of_type("aws:cloudwatch/logGroup:LogGroup")
        month = {"retentionInDays": 30}
        changed = replace(deployed, inputs={**deployed.inputs, **month}, outputs={**deployed.outputs, **month})

        for run_id, found in ((1, changed), (2, deployed)):
            inventory.replace(found)
            compared = repository.run("drift", "schedule", {}, run_id=run_id, variables=variables, **api)
            jobs = ["list the environments", "compare dev", "tell"]
            assert compared.results == dict.fromkeys(jobs, "success"), compared.text
            (issue,) = state.issues
            assert (issue["title"], issue["labels"]) == ("logs/dev is not as it was deployed", ["drift"])
            assert issue["state"] == ("open" if run_id == 1 else "closed")

    assert "retentionInDays" in state.issues[0]["body"]
    assert [comment["body"] for comment in state.comments] == ["As it was deployed again."]
    assert (repository.store / "logins").exists()


def deploy_by_hand(repository: Repository, variables: dict[str, str]) -> None:
    """Makes dev's stack and deploys it, as its owner does on a laptop."""
    gitops = [str(repository.venv / "bin/python"), "-m", "gitops", "deploy", "dev"]
    make = [str(install_engine(print).path), "stack", "init", "dev", "--non-interactive"]
    for command, folder in ((make, "stacks/logs"), (gitops, ".")):
        here = repository.root / folder
        environ = {**outer(), **variables, "PYTHONPATH": str(repository.root)}
        done = subprocess.run(command, cwd=here, env=environ, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stdout + done.stderr
    repository.commit("name the key of dev")
