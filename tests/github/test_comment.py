"""One comment, edited: found by marker and author over all pages, on the pull request that the commit heads."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitops.errors import UserError
from gitops.github import Client, pause, post
from gitops.report.formats.markdown.page import COMMENT_LIMIT, MARKER
from tests.github.api import State, serving

SHA = "a" * 40
BODY = f"Ready\n{MARKER}\n"
BOT = "github-actions[bot]"


@pytest.fixture
def github() -> Iterator[tuple[str, State]]:
    with serving() as (address, state):
        state.open_pull(7, SHA)
        yield address, state


def client(address: str, who: str = "writer") -> Client:
    return Client(address, "team/models", who, sleep=lambda _seconds: None)


def test_the_first_report_is_a_new_comment_and_the_second_edits_it(github: tuple[str, State]) -> None:
    address, state = github

    first = post(client(address), SHA, BODY, BOT)
    second = post(client(address), SHA, BODY.replace("Ready", "Cannot merge"), BOT)

    assert (first, second) == ("commented on #7", "edited the comment on #7")
    assert [c["body"].split("\n")[0] for c in state.comments] == ["Cannot merge"]


def test_the_comment_is_found_on_a_later_page(github: tuple[str, State]) -> None:
    address, state = github
    for number in range(250):
        state.comment(f"chat {number}", "reader")
    state.comment(BODY, BOT)

    assert post(client(address), SHA, BODY, BOT) == "edited the comment on #7"
    assert len(state.comments) == 251


def test_somebody_elses_copy_of_the_comment_is_left_alone(github: tuple[str, State]) -> None:
    address, state = github
    state.comment(BODY.replace("Ready", "Copied"), "somebody")

    post(client(address), SHA, BODY, BOT)

    assert [c["user"]["login"] for c in state.comments] == ["somebody", BOT]
    assert state.comments[0]["body"].startswith("Copied")


@pytest.mark.parametrize(
    ("sha", "into", "state"),
    [("b" * 40, "team/models", "open"), (SHA, "other/fork", "open"), (SHA, "team/models", "closed")],
)
def test_no_pull_request_no_comment(sha: str, into: str, state: str) -> None:
    with serving() as (address, held):
        held.open_pull(7, sha, into=into, state=state)

        with pytest.raises(UserError, match="no open pull request"):
            post(client(address), SHA, BODY, BOT)
        assert held.comments == []


def test_a_pull_request_of_a_fork_is_found_in_the_list_of_open_ones(github: tuple[str, State]) -> None:
    address, state = github
    state.foreign.add(SHA)

    assert post(client(address), SHA, BODY, BOT) == "commented on #7"


@pytest.mark.parametrize("fault", [(503, {}), (429, {"retry-after": "1"}), (403, {"retry-after": "1"})])
def test_faults_that_pass_are_tried_again(github: tuple[str, State], fault: tuple[int, dict[str, str]]) -> None:
    address, state = github
    state.faults += [fault, fault]

    assert post(client(address), SHA, BODY, BOT) == "commented on #7"


def test_a_fault_that_stays_is_named(github: tuple[str, State]) -> None:
    address, state = github
    state.faults += [(500, {})] * 10

    with pytest.raises(UserError, match="500"):
        post(client(address), SHA, BODY, BOT)


def test_a_token_that_may_only_read_says_what_it_needs(github: tuple[str, State]) -> None:
    address, state = github

    with pytest.raises(UserError, match="pull-requests: write"):
        post(client(address, "reader"), SHA, BODY, BOT)
    assert state.comments == []


def test_nothing_is_posted_that_is_no_report_or_too_long(github: tuple[str, State]) -> None:
    address, state = github

    for body in ("free advertising", BODY + "x" * COMMENT_LIMIT):
        with pytest.raises(UserError):
            post(client(address), SHA, body, BOT)
    assert state.requests == []


def test_waiting_is_bounded_and_only_for_what_may_pass() -> None:
    assert pause(429, {"retry-after": "3600"}, 1) == 60
    assert pause(502, {}, 3) == 8
    assert pause(404, {}, 1) is None
    assert pause(403, {}, 1) is None


def test_a_token_is_in_no_representation() -> None:
    assert "s3cret" not in repr(Client("http://x", "a/b", "s3cret"))


def test_the_command_reads_githubs_variables(github: tuple[str, State], tmp_path: Path) -> None:
    address, state = github
    (tmp_path / "comment.md").write_text(BODY)
    command = [sys.executable, "-m", "gitops", "comment", "--report", "comment.md", "--head-sha"]
    told = {**os.environ, "GITHUB_API_URL": address, "GITHUB_REPOSITORY": "team/models", "GITHUB_TOKEN": "writer"}

    done = subprocess.run([*command, SHA], cwd=tmp_path, env=told, capture_output=True, text=True)
    bad = subprocess.run([*command, "main"], cwd=tmp_path, env=told, capture_output=True, text=True)
    lonely = subprocess.run(
        [*command, SHA], cwd=tmp_path, env={**told, "GITHUB_TOKEN": ""}, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout) == (0, "commented on #7\n"), done.stderr
    assert (bad.returncode, "40 hexadecimal" in bad.stderr) == (2, True)
    assert (lonely.returncode, "GITHUB_TOKEN" in lonely.stderr) == (2, True)
    assert len(state.comments) == 1
