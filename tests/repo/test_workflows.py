"""The workflows: pinned, least permissions, read by actionlint and audited by zizmor. That they work: tests/github."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitops.targets import ENVIRONMENTS
from tests.repo import ROOT, name_of, tracked
from tests.tools import install

WORKFLOWS = tracked(".github/workflows/*.yml")
USES = re.compile(r"\s*(?:- )?uses:")
PINNED = re.compile(r"uses: (?:\./\S+|[\w./-]+@[0-9a-f]{40} # v\d+(?:\.\d+)*)$")


def unpinned(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if USES.match(line) and not PINNED.search(line)]


@pytest.mark.parametrize("file", tracked(".github/*.yml"), ids=name_of)
def test_every_action_is_pinned_by_commit_with_its_version(file: Path) -> None:
    assert unpinned(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("uses", ["actions/cache@v6", f"actions/cache@{'a' * 40}", f"actions/cache@{'a' * 7} # v6"])
def test_a_loose_pin_is_found(uses: str) -> None:
    assert unpinned(f"      - uses: {uses}\n")


@pytest.mark.parametrize("file", WORKFLOWS, ids=name_of)
def test_permissions_are_given_to_jobs_one_by_one(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))

    assert workflow["permissions"] == {}
    assert all(job.get("permissions") for job in workflow["jobs"].values())


def test_the_pull_requests_code_never_meets_a_token_that_writes() -> None:
    for file in WORKFLOWS:
        workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
        triggers = workflow[True]  # YAML 1.1 reads the key `on` as a truth value
        assert "pull_request_target" not in triggers
        if "pull_request" in triggers:
            granted = {right for job in workflow["jobs"].values() for right in job["permissions"].values()}
            assert granted == {"read"}, name_of(file)


def workflow(name: str) -> dict[Any, Any]:
    return yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))


def checkouts(document: dict[Any, Any]) -> list[dict[str, Any]]:
    """The options of every checkout."""
    steps = [step for job in document["jobs"].values() for step in job.get("steps", ())]
    return [step.get("with", {}) for step in steps if step.get("uses", "").startswith("actions/checkout@")]


def test_no_checkout_keeps_a_token_for_what_runs_after_it() -> None:
    found = [options for file in WORKFLOWS for options in checkouts(workflow(file.name))]

    assert len(found) >= 4
    assert all(options["persist-credentials"] is False for options in found)


def test_what_may_write_checks_out_nobody_elses_code() -> None:
    """A `workflow_run` has the default branch's token: https://docs.github.com/en/actions/reference/security/secure-use"""
    (options,) = checkouts(workflow("comment.yml"))

    assert options.keys() == {"persist-credentials"}


def test_environments_are_deployed_one_after_another() -> None:
    jobs = workflow("deploy.yml")["jobs"]

    assert [job["with"]["environment"] for job in jobs.values()] == list(ENVIRONMENTS)
    assert [job.get("needs") for job in jobs.values()] == [None, *ENVIRONMENTS[:-1]]


def test_what_may_write_is_never_cut_off() -> None:
    for file in WORKFLOWS:
        document = workflow(file.name)
        granted = {right for job in document["jobs"].values() for right in job["permissions"].values()}
        if "write" in granted and "concurrency" in document:
            assert document["concurrency"]["cancel-in-progress"] is False, name_of(file)


def test_nobody_logs_in_to_a_cloud_outside_an_environment() -> None:
    jobs = workflow("deploy-environment.yml")["jobs"]
    logins = {name: job["environment"] for name, job in jobs.items() if "id-token" in job["permissions"]}

    assert logins == {"preview": "${{ inputs.environment }}-preview", "deploy": "${{ inputs.environment }}"}


def test_actionlint_has_nothing_to_say() -> None:
    # without its helpers, which may or may not be on a machine
    command = [str(install.ensure(print) / "actionlint"), "-shellcheck=", "-pyflakes="]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_zizmor_has_nothing_to_say() -> None:
    options = ["--offline", "--pedantic", "--no-progress", "--config", ".github/zizmor.yml"]
    zizmor = str(Path(sys.executable).parent / "zizmor")
    done = subprocess.run([zizmor, *options, ".github"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout
