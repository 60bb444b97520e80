"""The workflows: pinned, least permissions, read by actionlint and audited by zizmor. That they work: tests/github."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitops.checkout import deployment_jobs
from gitops.deploy import LIMITS
from gitops.engine.install import MODULE as ENGINE_MODULE
from gitops.github.reading_role import SUFFIX
from tests.repo import ROOT, name_of, tracked
from tests.tools import install
from tests.tools.upgrade import NAMED_IN

MODULES = (ENGINE_MODULE, install.MODULE)
SET_UP_SECONDS = 600
"""Checkout, locked packages and caches, before anything is previewed."""
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
            rights = {pair for job in workflow["jobs"].values() for pair in job["permissions"].items()}
            reading = {("id-token", "write")} if file.name == "real-preview.yml" else set()
            assert {right for _, right in rights - reading} == {"read"}, name_of(file)


def test_a_pull_requests_code_logs_in_only_where_it_was_asked_for_and_its_environments_reviewers_said_yes() -> None:
    document = workflow("real-preview.yml")
    impact, preview = document["jobs"]["impact"], document["jobs"]["preview"]

    assert document[True] == {"pull_request": {"types": ["labeled", "synchronize"]}}
    for condition in (
        "vars.GITOPS_REAL_PREVIEW == 'true'",
        "github.event.pull_request.head.repo.full_name == github.repository",
        "contains(github.event.pull_request.labels.*.name, 'real preview')",
    ):
        assert condition in impact["if"].split("\n")[0].split(" && ")
    assert "id-token" not in impact["permissions"]
    assert preview["needs"] == "impact"
    assert preview["environment"]["name"] == f"${{{{ matrix.name }}}}{SUFFIX}"
    # neither the key that seals a review, nor a sealed preview, nor anything but one preview
    text = (ROOT / ".github/workflows/real-preview.yml").read_text(encoding="utf-8")
    assert "secrets." not in text
    assert re.findall(r"gitops (\w+ .*)", "\n".join(s["run"] for s in preview["steps"] if "run" in s)) == [
        "preview $TARGETS $OPTION --out real"
    ]


def test_a_pull_request_is_compared_with_what_it_is_merged_into() -> None:
    """The first parent of the merge commit, which checkout takes where it is told no other; `base.sha` lags behind."""
    previewing = ("preview.yml", "real-preview.yml")

    bases = [workflow(name)["env"]["BASE"] for name in previewing]
    assert bases == ["${{ github.event.merge_group.base_sha || 'HEAD^1' }}", "HEAD^1"]
    assert [options for name in previewing for options in checkouts(workflow(name)) if "ref" in options] == []


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


def test_what_the_environments_wait_for_can_log_in_nowhere() -> None:
    assert "id-token" not in workflow("deploy.yml")["jobs"][deployment_jobs.FIRST]["permissions"]


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


def test_nobody_logs_in_to_a_cloud_outside_an_environment() -> None:
    found = {}
    for file in WORKFLOWS:
        for name, job in workflow(file.name)["jobs"].items():
            if "id-token" in job["permissions"] and "uses" not in job:
                found[f"{file.stem} {name}"] = job["environment"]

    read = {"name": "${{ inputs.environment }}-preview", "deployment": False}
    assert found == {
        "deploy-environment preview": read,
        "real-preview preview": {"name": "${{ matrix.name }}-pull-request", "deployment": False},
        "deploy-environment deploy": {"name": "${{ inputs.environment }}", "url": "${{ steps.publish.outputs.url }}"},
        "verify-environment verify": read,
        "operate state": read,
        "operate do": "${{ inputs.environment }}",
        "drift compare": {"name": "${{ matrix.environment.name }}-preview", "deployment": False},
        "verify-environment pages": "github-pages",
    }


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


def test_who_calls_a_workflow_grants_what_its_jobs_ask_for() -> None:
    """GitHub refuses the whole run otherwise, before its first job."""
    calls = [(file.name, job) for file in WORKFLOWS for job in workflow(file.name)["jobs"].values() if "uses" in job]

    assert len(calls) >= 5
    for name, job in calls:
        called = workflow(Path(job["uses"]).name)["jobs"].values()
        wanted = {(right, level) for inner in called for right, level in inner["permissions"].items()}
        granted = {pair for right, level in job["permissions"].items() for pair in ((right, level), (right, "read"))}
        assert wanted <= granted, name


def test_a_secret_that_a_called_workflow_reads_is_named_by_it_and_by_its_callers() -> None:
    """It is empty otherwise, also where the job's environment has it: https://github.com/actions/runner/issues/1490"""
    calls = [
        (Path(job["uses"]).name, job) for f in WORKFLOWS for job in workflow(f.name)["jobs"].values() if "uses" in job
    ]
    read = {
        name: set(re.findall(r"secrets\.(\w+)", (ROOT / ".github/workflows" / name).read_text())) for name, _ in calls
    }

    assert read["deploy-environment.yml"] == {"GITOPS_REVIEW_KEY"}
    for name, job in calls:
        triggers: dict[Any, Any] = workflow(name)
        declared = (triggers.get("on") or triggers[True])["workflow_call"].get("secrets", {}).keys()
        passed = {secret: f"${{{{ secrets.{secret} }}}}" for secret in read[name]}
        assert (declared, job.get("secrets", {})) == (passed.keys(), passed), name


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


def test_where_one_may_log_in_nothing_is_built() -> None:
    """Who can change what an installer fetches could else take the credentials of the job it runs in."""
    for file in WORKFLOWS:
        for job in workflow(file.name)["jobs"].values():
            used = [step.get("uses") for step in job.get("steps", ())]
            assert not ("id-token" in job["permissions"] and "./.github/actions/setup" in used)
    steps = composite("environment")
    assert [s["with"]["engine"] for s in steps if s.get("uses") == "./.github/actions/setup"] == ["cached"]


def test_what_may_write_or_log_in_takes_no_unpacked_package_from_a_cache() -> None:
    """Any job of main can write one."""
    taken = {}
    for file in WORKFLOWS:
        for name, job in workflow(file.name)["jobs"].items():
            steps = [step for step in job.get("steps", ()) if step.get("uses") == "./.github/actions/setup"]
            if "write" in job["permissions"].values():
                taken |= {f"{file.name} {name}": step.get("with", {}).get("packages") for step in steps}
    entering = [step for step in composite("environment") if step.get("uses") == "./.github/actions/setup"]

    assert set(taken) == {"comment.yml comment", "deploy.yml prepare", "drift.yml tell"}
    assert {*taken.values(), *(step["with"]["packages"] for step in entering)} == {"fresh"}
    cached = [step for step in composite("setup") if "~/.cache/uv" in step.get("with", {}).get("path", "")]
    assert [step["if"] for step in cached] == ["inputs.packages == 'cached'"]


def test_what_speaks_in_the_bots_voice_unpacks_no_cache() -> None:
    """An archive may name any file, whoever made it and whatever is compared afterwards."""
    speaking = {"comment.yml": "comment", "drift.yml": "tell"}
    for file, name in speaking.items():
        steps = workflow(file)["jobs"][name]["steps"]
        (setting_up,) = [step for step in steps if step.get("uses") == "./.github/actions/setup"]
        assert setting_up["with"] == {"engine": "none", "packages": "fresh"}
        assert not any("actions/cache" in step.get("uses", "") for step in steps)
    conditions = [step.get("if") for step in composite("setup") if "actions/cache" in step.get("uses", "")]
    assert conditions == ["inputs.engine != 'none'", "inputs.packages == 'cached'"]


def test_no_job_of_main_runs_versions_that_nobody_has_reviewed() -> None:
    """It could write a cache that a job which logs in unpacks, over any file of its runner."""
    branch = "refs/heads/upgrade-trial"
    running = {
        f"{file.name} {name}": job.get("if")
        for file in WORKFLOWS
        for name, job in workflow(file.name)["jobs"].items()
        if "make upgrade" in {step.get("run") for step in job.get("steps", ())}
    }

    assert running == {"upgrade.yml try": f"github.ref == '{branch}'"}
    begin, propose = (workflow("upgrade.yml")["jobs"][name] for name in ("begin", "propose"))
    assert begin["if"] == "github.ref == 'refs/heads/main'"
    assert [step["run"].split()[-1] for step in begin["steps"][1:]] == [f"HEAD:{branch}", branch.split("/")[-1]]
    assert propose["needs"] == "try"


UPGRADED = ["locks/project.txt", "locks/engine.json", *NAMED_IN]
UPGRADED += [f"{module.relative_to(ROOT)}/{name}" for module in MODULES for name in ("go.mod", "go.sum")]


@pytest.mark.parametrize("file", [*UPGRADED, "Makefile", "gitops/run.py", "x/pyproject.toml", ".github/CODEOWNERS"])
def test_a_patch_of_new_versions_moves_what_an_upgrade_moves_and_nothing_else(tmp_path: Path, file: str) -> None:
    """Also by a rename, whose new name alone `git apply --exclude` looks at."""
    place, new = tmp_path / file, "locks/new.txt" if file == ".github/CODEOWNERS" else ""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("a line\n" * 20)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "before"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    if new:
        (tmp_path / "locks").mkdir()
        place.rename(tmp_path / new)
    else:
        place.write_text("another\n")
    subprocess.run([*git, "add", "--all"], cwd=tmp_path, check=True)

    (guard,) = [s["run"] for s in workflow("upgrade.yml")["jobs"]["propose"]["steps"] if "grep -vE" in s.get("run", "")]

    assert (subprocess.run(["bash", "-e", "-c", guard], cwd=tmp_path).returncode == 0) == (file in UPGRADED)


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


def composite(name: str) -> list[dict[str, Any]]:
    action = (ROOT / ".github" / "actions" / name / "action.yml").read_text(encoding="utf-8")
    return yaml.safe_load(action)["runs"]["steps"]


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
