"""Pull requests through the workflows as they are, run by `act` on the real engine and judge.

What is replaced: tests/github/acting.py.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from gitops.report.formats.markdown.page import MARKER
from tests.github.acting import KEY, Repository, git
from tests.github.api import State
from tests.github.workflow_runs import comment, preview, preview_for_real, verdict

pytestmark = pytest.mark.slow("whole workflows: each job sets up and runs an engine of its own")

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
ALL_GREEN = dict.fromkeys(["impact", "leg 1", "preview"], "success")


def test_a_pull_request_gets_one_comment_that_follows_its_commits(
    repository: Repository, github: tuple[str, State]
) -> None:
    address, state = github
    base = git(repository.root, "rev-parse", "HEAD")
    repository.configure("prod", days=400, key=KEY)
    state.open_pull(7, repository.commit("keep logs longer"))

    previewed = preview(repository, base, run_id=1)

    assert (previewed.code, previewed.results) == (0, ALL_GREEN), previewed.text
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

    assert (grouped.code, grouped.results) == (0, ALL_GREEN), grouped.text
    assert "2 updates in 2 targets" in grouped.summary
    assert not (repository.store / "logins").exists()

    commented = comment(repository, address, run_id=1, conclusion="success", event="merge_group")

    assert (commented.code, state.requests) == (0, []), commented.text


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
