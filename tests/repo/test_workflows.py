"""The workflows: their order, locks, limits and runners, and what linters say. That they work: tests/github."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gitops.deploy import LIMITS
from tests.repo import ROOT, name_of
from tests.repo.workflows import WORKFLOWS, checkouts, composite, workflow
from tests.tools import install

SET_UP_SECONDS = 600
"""Checkout, locked packages and caches, before anything is previewed."""


def test_a_pull_request_is_compared_with_what_it_is_merged_into() -> None:
    """The first parent of the merge commit, which checkout takes where it is told no other; `base.sha` lags behind."""
    previewing = ("preview.yml", "real-preview.yml")

    bases = [workflow(name)["env"]["BASE"] for name in previewing]
    assert bases == ["${{ github.event.merge_group.base_sha || 'HEAD^1' }}", "HEAD^1"]
    assert [options for name in previewing for options in checkouts(workflow(name)) if "ref" in options] == []


def test_what_may_write_is_never_cut_off() -> None:
    for file in WORKFLOWS:
        document = workflow(file.name)
        groups = [document, *document["jobs"].values()]
        granted = {right for job in document["jobs"].values() for right in job["permissions"].values()}
        if "write" in granted and file.name != "real-preview.yml":  # it writes nothing, and takes no lock
            found = [group["concurrency"]["cancel-in-progress"] for group in groups if "concurrency" in group]
            assert set(found) <= {False}, name_of(file)


def test_a_lock_is_of_one_target_in_one_environment() -> None:
    """One group for everything would let a run that waits for an approval stop every later merge."""
    deploy = workflow("deploy-environment.yml")["jobs"]["deploy"]

    assert deploy["concurrency"]["group"] == "deploy-${{ inputs.environment }}-${{ matrix.name }}"
    assert "${{ github.ref }}" in workflow("deploy.yml")["concurrency"]["group"]


def test_the_status_keeps_its_rows_where_the_cache_is_and_is_published() -> None:
    jobs = workflow("verify-environment.yml")["jobs"]
    steps = jobs["verify"]["steps"]
    (cached,) = (step["with"] for step in steps if step.get("uses", "").startswith("actions/cache@"))
    (renewed,) = (step for step in steps if "gitops status" in step.get("run", ""))

    assert f"--kept {cached['path']} " in renewed["run"]
    assert cached["key"].startswith(cached["restore-keys"])
    assert "--verified verified " in renewed["run"]
    assert [step["with"]["path"] for step in steps if step.get("with", {}).get("name") == "status"] == ["status"]
    assert jobs["pages"]["if"] == "!cancelled() && vars.GITOPS_PAGES == 'true'"


def test_while_a_targets_state_is_operated_on_it_is_not_deployed() -> None:
    operating = workflow("operate.yml")["jobs"]["do"]["concurrency"]["group"]
    deploying = workflow("deploy-environment.yml")["jobs"]["deploy"]["concurrency"]["group"]

    assert operating.replace("inputs.stack", "matrix.name") == deploying


def test_an_operation_is_done_to_clouds_of_the_kind_that_it_was_stated_of() -> None:
    state, do = (workflow("operate.yml")["jobs"][name] for name in ("state", "do"))
    (entering,) = [step for step in do["steps"] if step.get("uses") == "./.github/actions/environment"]

    assert state["outputs"] == {"mode": "${{ steps.enter.outputs.mode }}"}
    assert entering["with"]["before"] == "${{ needs.state.outputs.mode }}"


def test_drift_is_looked_for_in_every_environment() -> None:
    jobs = workflow("drift.yml")["jobs"]

    assert "gitops environments --json" in jobs["list"]["steps"][-1]["run"]
    assert jobs["compare"]["strategy"]["matrix"] == {"environment": "${{ fromJSON(needs.list.outputs.environments) }}"}


def test_what_is_deployed_is_verified_on_every_run() -> None:
    jobs = workflow("deploy-environment.yml")["jobs"]

    assert jobs["verify"]["if"] == "!cancelled() && needs.preview.result == 'success'"
    assert jobs["verify"]["needs"] == ["preview", "deploy"]
    assert jobs["verify"]["uses"] == "./.github/workflows/verify-environment.yml"


def test_no_job_of_a_deployment_begins_with_an_old_commit() -> None:
    jobs = workflow("deploy-environment.yml")["jobs"]
    enter = {
        name: step["with"].get("current")
        for name, job in jobs.items()
        for step in job.get("steps", ())
        if step.get("uses") == "./.github/actions/environment"
    }
    assert enter == {"preview": "required", "deploy": "required"}
    steps = [f"{step.get('run')} {step.get('uses')}" for step in composite("environment")]
    asked, logged_in = (next(n for n, s in enumerate(steps) if word in s) for word in ("gitops current", "cloud-login"))
    assert asked < logged_in, "what a newer merge cancels must not have begun"


HOUR = 3600


def test_limits_add_up() -> None:
    """A session outlives its job, and a job what it may take: preview, comparison and update of one target."""
    (login,) = [step for step in composite("cloud-login") if "aws-actions" in step.get("uses", "")]
    assert login["with"]["role-duration-seconds"] == "${{ inputs.seconds }}"
    (handed_on,) = [step for step in composite("environment") if step.get("uses") == "./.github/actions/cloud-login"]
    assert handed_on["with"]["seconds"] == "${{ inputs.seconds }}"
    for file in WORKFLOWS:
        for name, job in workflow(file.name)["jobs"].items():
            for step in job.get("steps", ()):
                if step.get("uses") == "./.github/actions/environment":
                    seconds = int(step["with"].get("seconds", HOUR))
                    assert seconds >= job["timeout-minutes"] * 60, f"{file.name} {name}"
                    # a role allows an hour unless it was given more, which docs/workflows.md asks of one alone
                    assert seconds == HOUR or (file.name, name) == ("deploy-environment.yml", "deploy")
    minutes = workflow("deploy-environment.yml")["jobs"]["deploy"]["timeout-minutes"]
    assert LIMITS.preview + LIMITS.drift + LIMITS.update + SET_UP_SECONDS <= minutes * 60


def test_a_deployment_that_outlasts_the_az_commands_token_asks_for_another() -> None:
    deploy = workflow("deploy-environment.yml")["jobs"]["deploy"]
    assert deploy["timeout-minutes"] > 60
    assert deploy["permissions"]["id-token"] == "write"
    (step,) = [step for step in composite("cloud-login") if "GITHUB_ENV" in step.get("run", "")]
    # the provider refuses to log in so without one of them
    for name in ("ARM_USE_OIDC=true", "ARM_CLIENT_ID=$CLIENT", "ARM_TENANT_ID=$TENANT", "ARM_SUBSCRIPTION_ID=$SUBSC"):
        assert name in step["run"]


def test_a_private_endpoint_can_be_asked_from_a_runner_in_its_network() -> None:
    verify = workflow("verify-environment.yml")["jobs"]["verify"]
    deploy = workflow("deploy-environment.yml")["jobs"]["deploy"]
    for job, variable in ((verify, "GITOPS_VERIFY_RUNNER"), (deploy, "GITOPS_DEPLOY_RUNNER")):
        assert job["runs-on"] == f"${{{{ vars.{variable} || 'ubuntu-latest' }}}}"
        assert f"`{variable}`" in (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8")


def test_checks_that_a_merge_needs_run_in_a_merge_queue_as_well() -> None:
    for name in ("preview.yml", "checks.yml"):
        assert "merge_group" in workflow(name)[True]


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
