"""What the jobs of the workflows may do: permissions, tokens, secrets, and who may log in to a cloud."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitops.checkout import deployment_jobs
from gitops.github.reading_role import SUFFIX
from tests.repo import ROOT, name_of
from tests.repo.workflows import WORKFLOWS, checkouts, workflow


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
