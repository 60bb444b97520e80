"""Running the workflows by `act`, each as GitHub's event would start it."""

from __future__ import annotations

from typing import Any

from tests.github.acting import Acted, Repository, git
from tests.github.api import State

ENVIRONMENTS = ("dev", "staging", "prod")


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


def summary(repository: Repository, run_id: int, artifact: str) -> str:
    return (repository.artifact(run_id, artifact) / "summary.md").read_text(encoding="utf-8")


def verdict(repository: Repository, run_id: int, artifact: str) -> str:
    return summary(repository, run_id, artifact).splitlines()[0]
