"""The workflows as they are, run by `act` on the real engine and judge. What is replaced: tests/github/acting.py."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gitops.engine.clouds import running
from gitops.engine.install import ensure as install_engine
from gitops.report.formats.markdown.page import MARKER
from rehearsal.inventory import Inventory
from tests.github.acting import KEY, Acted, Repository, git, outer
from tests.github.api import State, serving
from tests.tools import install

pytestmark = pytest.mark.slow("whole workflows: each job sets up and runs an engine of its own")

ENVIRONMENTS = ("dev", "staging", "prod")
OPERATION = ("stated", "done")
"""The artifacts of an operation's two jobs."""
FORMS = [
    "annotations.txt",
    "comment.md",
    "context.json",
    "durations.json",
    "index.html",
    "junit.xml",
    "policy.sarif",
    "records",
    "summary.md",
    "verdict.txt",
]
MOVING = """
import os
if os.environ["GITHUB_JOB"] == "deploy":
    aws.cloudwatch.LogGroup("later", retention_in_days=365, kms_key_id=config.get("key"))
"""


@pytest.fixture(scope="module")
def act() -> Path:
    return install.ensure(print) / "act"


@pytest.fixture
def repository(tmp_path: Path, act: Path) -> Repository:
    return Repository.create(tmp_path, act)


@pytest.fixture
def github() -> Iterator[tuple[str, State]]:
    with serving() as served:
        yield served


def preview(repository: Repository, base: str, *, run_id: int, fork: bool = False) -> Acted:
    pull = pull_request(repository, base, fork=fork)
    return repository.run("preview", "pull_request", {"action": "opened", "pull_request": pull}, run_id=run_id)


def pull_request(repository: Repository, base: str, *, fork: bool = False, labels: tuple[str, ...] = ()) -> Any:
    head = git(repository.root, "rev-parse", "HEAD")
    owner = "stranger/models" if fork else "team/models"
    return {
        "number": 7,
        "labels": [{"name": label} for label in labels],
        "head": {"sha": head, "ref": "change", "repo": {"full_name": owner, "fork": fork}},
        "base": {"sha": base, "ref": "main", "repo": {"full_name": "team/models"}},
    }


def preview_for_real(repository: Repository, *, run_id: int, on: str = "true", **pull: Any) -> Acted:
    shown = pull_request(repository, "", **pull)
    payload = {"action": "labeled", "label": {"name": "real preview"}, "pull_request": shown}
    return repository.run("real-preview", "pull_request", payload, run_id=run_id, variables={"GITOPS_REAL_PREVIEW": on})


def comment(
    repository: Repository,
    address: str,
    *,
    run_id: int,
    conclusion: str,
    owner: str = "team",
    event: str = "pull_request",
) -> Acted:
    run: dict[str, Any] = {
        "id": run_id,
        "event": event,
        "conclusion": conclusion,
        "head_sha": git(repository.root, "rev-parse", "HEAD"),
        "head_branch": "change",
        "head_repository": {"full_name": f"{owner}/models"},
    }
    base = {"full_name": "team/models", "default_branch": "main"}
    payload = {"action": "completed", "workflow_run": run, "repository": base}
    api: dict[str, Any] = {"GITHUB_API_URL": address, "GITHUB_TOKEN": "writer"}
    return repository.run("comment", "workflow_run", payload, run_id=run_id + 100, **api)


def operate(repository: Repository, github: tuple[str, State], *, run_id: int, operation: str, argument: str) -> Acted:
    inputs = {"operation": operation, "environment": "dev", "stack": "logs", "with": argument}
    api: dict[str, Any] = {"GITHUB_API_URL": github[0], "GITHUB_TOKEN": "writer"}
    payload = {"inputs": inputs, "ref": "refs/heads/main"}
    return repository.run("operate", "workflow_dispatch", payload, run_id=run_id, **api)


def deploy(repository: Repository, github: tuple[str, State], *, run_id: int, main: str = "") -> Acted:
    """`main` is where GitHub says the branch is, the commit itself if not given."""
    address, state = github
    head = git(repository.root, "rev-parse", "HEAD")
    state.main = main or head
    payload = {"ref": "refs/heads/main", "after": head}
    api: dict[str, Any] = {"GITHUB_API_URL": address, "GITHUB_TOKEN": "writer", "GITHUB_RUN_NUMBER": str(run_id)}
    return repository.run("deploy", "push", payload, run_id=run_id, **api)


def test_a_pull_request_gets_one_comment_that_follows_its_commits(
    repository: Repository, github: tuple[str, State]
) -> None:
    address, state = github
    base = git(repository.root, "rev-parse", "HEAD")
    repository.configure("prod", days=400, key=KEY)
    state.open_pull(7, repository.commit("keep logs longer"))

    previewed = preview(repository, base, run_id=1)

    assert (previewed.code, previewed.results) == (
        0,
        {"impact": "success", "leg 1": "success", "preview": "success"},
    ), previewed.text
    assert "1 update in 1 target" in previewed.summary
    assert sorted(path.name for path in repository.artifact(1, "report").iterdir()) == FORMS

    kept = json.loads((repository.store / "cache/durations-1-1").read_text())
    assert kept["logs/prod"] > 0, "the next run sizes its legs by it"

    commented = comment(repository, address, run_id=1, conclusion="success")

    assert commented.results == {"comment": "success"}, commented.text
    (posted,) = state.comments
    assert posted["user"]["login"] == "github-actions[bot]"
    assert "1 update in 1 target" in posted["body"]
    assert MARKER in posted["body"]

    # the next commit of the same pull request is one that the judge refuses
    repository.configure("prod", days=400)
    state.pulls.clear()
    state.open_pull(7, repository.commit("drop the key"))

    refused = preview(repository, base, run_id=2)

    assert (refused.code, refused.results["leg 1"], refused.results["preview"]) == (1, "success", "failure"), (
        refused.text
    )
    assert sorted(path.name for path in repository.artifact(2, "report").iterdir()) == FORMS
    assert "log-group-is-encrypted" in refused.summary
    annotation = (repository.artifact(2, "report") / "annotations.txt").read_text().splitlines()[0]
    assert annotation.startswith("::error file=stacks/logs/__main__.py,line=5,")
    assert any(entry.get("command") == "error" for entry in refused.log), refused.text

    edited = comment(repository, address, run_id=2, conclusion="failure")

    assert edited.results == {"comment": "success"}, edited.text
    assert [c["id"] for c in state.comments] == [posted["id"]]
    assert "log-group-is-encrypted" in state.comments[0]["body"]
    assert [path.suffix for path in (repository.store / "sarif").iterdir()] == [".sarif"] * 2


def test_a_forks_pull_request_is_previewed_without_a_token_and_commented_on(
    repository: Repository, github: tuple[str, State]
) -> None:
    address, state = github
    base = git(repository.root, "rev-parse", "HEAD")
    repository.configure("dev", days=30, key=KEY)
    head = repository.commit("keep logs of dev for a month")
    state.open_pull(7, head, source="stranger/models")
    state.foreign.add(head)

    previewed = preview(repository, base, run_id=1, fork=True)
    commented = comment(repository, address, run_id=1, conclusion="success", owner="stranger")

    assert previewed.results["preview"] == "success", previewed.text
    assert commented.results == {"comment": "success"}, commented.text
    assert len(state.comments) == 1
    assert not (repository.store / "sarif").exists(), "a fork's findings are not this repository's"


@pytest.mark.soak
def test_a_merge_group_is_previewed_against_what_it_is_merged_into_and_not_commented_on(
    repository: Repository, github: tuple[str, State]
) -> None:
    address, state = github
    base = git(repository.root, "rev-parse", "HEAD")
    repository.configure("dev", days=30, key=KEY)
    repository.commit("one pull request of the group")
    repository.configure("prod", days=400, key=KEY)
    group = {"base_sha": base, "base_ref": "refs/heads/main", "head_sha": repository.commit("and another")}

    grouped = repository.run("preview", "merge_group", {"action": "checks_requested", "merge_group": group}, run_id=1)

    expected = dict.fromkeys(["impact", "leg 1", "preview"], "success")
    assert (grouped.code, grouped.results) == (0, expected), grouped.text
    assert "2 updates in 2 targets" in grouped.summary
    assert not (repository.store / "logins").exists()

    commented = comment(repository, address, run_id=1, conclusion="success", event="merge_group")

    assert (commented.code, state.requests) == (0, []), commented.text


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


@pytest.mark.soak
def test_a_real_preview_is_made_where_it_is_on_and_asked_for_and_is_no_review(repository: Repository) -> None:
    repository.configure("prod", days=400, key=KEY)
    repository.commit("keep logs longer")
    asked: dict[str, Any] = {"labels": ("real preview",)}
    unasked: list[dict[str, Any]] = [{**asked, "on": ""}, {"labels": ()}, {**asked, "fork": True}]

    for number, refused in enumerate(unasked, start=1):
        skipped = preview_for_real(repository, run_id=number, **refused)
        assert (skipped.code, "success" in skipped.results.values()) == (0, False), skipped.text
    seen = preview_for_real(repository, run_id=4, **asked)

    assert seen.results == {"impact": "success", "real preview prod": "success"}, seen.text
    assert verdict(repository, 4, "real-prod").startswith("## Ready: 1 create")
    assert not (repository.artifact(4, "real-prod") / "envelope.json").exists()


def test_a_cancelled_preview_is_not_commented_on(repository: Repository, github: tuple[str, State]) -> None:
    address, state = github

    skipped = comment(repository, address, run_id=1, conclusion="cancelled")

    assert skipped.code == 0, skipped.text
    assert state.requests == []


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


def summary(repository: Repository, run_id: int, artifact: str) -> str:
    return (repository.artifact(run_id, artifact) / "summary.md").read_text(encoding="utf-8")


def verdict(repository: Repository, run_id: int, artifact: str) -> str:
    return summary(repository, run_id, artifact).splitlines()[0]
