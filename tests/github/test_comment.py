"""One comment, edited: on the pull request that the run was of, found by marker and author over all pages."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from gitops.errors import UserError
from gitops.github.client import Client, advise, from_environment, pause
from gitops.github.comment import STATUS, Head, find_pull_request, mark, post
from gitops.github.owners import find_deciding, read_owned, touched_places
from gitops.report.formats.markdown.page import COMMENT_LIMIT, MARKER
from tests.github.api import State, serving
from tests.repo import ROOT

SHA = "a" * 40
NOW = 1_795_323_600.0
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795323600"}
"""The headers of a limit that is lifted at NOW, 2026-11-22 05:00 UTC."""
HEAD = Head(SHA, "team/models", "change")
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

    first = post(client(address), 7, BODY, BOT)
    second = post(client(address), 7, BODY.replace("Ready", "Cannot merge"), BOT)

    assert (first, second) == ("commented on #7", "edited the comment on #7")
    assert [c["body"].split("\n")[0] for c in state.comments] == ["Cannot merge"]


def test_the_comment_is_found_on_a_later_page(github: tuple[str, State]) -> None:
    address, state = github
    for number in range(250):
        state.comment(f"chat {number}", "reader")
    state.comment(BODY, BOT)

    assert post(client(address), 7, BODY, BOT) == "edited the comment on #7"
    assert len(state.comments) == 251


def test_somebody_elses_copy_of_the_comment_is_left_alone(github: tuple[str, State]) -> None:
    address, state = github
    state.comment(BODY.replace("Ready", "Copied"), "somebody")

    post(client(address), 7, BODY, BOT)

    assert [c["user"]["login"] for c in state.comments] == ["somebody", BOT]
    assert state.comments[0]["body"].startswith("Copied")


@pytest.mark.parametrize(
    "other",
    [
        {"into": "other/fork"},
        {"base": "release"},
        {"state": "closed"},
        {"source": "stranger/models"},
        {"branch": "another"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_pull_request_that_the_run_was_not_of_gets_nothing(other: dict[str, str]) -> None:
    """A stranger's branch may head the very commit of somebody else's pull request."""
    with serving() as (address, held):
        held.open_pull(7, SHA, **other)  # pyright: ignore[reportArgumentType]

        with pytest.raises(UserError, match="no open pull request"):
            find_pull_request(client(address), HEAD, "main")


def test_another_commit_is_no_head() -> None:
    with serving() as (address, held):
        held.open_pull(7, "b" * 40)

        with pytest.raises(UserError, match="no open pull request"):
            find_pull_request(client(address), HEAD, "main")


def test_a_pull_request_of_a_fork_is_found_in_the_list_of_open_ones() -> None:
    with serving() as (address, state):
        state.open_pull(7, SHA, source="stranger/models")
        state.foreign.add(SHA)

        assert find_pull_request(client(address), Head(SHA, "stranger/models", "change"), "main") == 7


@pytest.mark.parametrize("fault", [(503, {}), (429, {"retry-after": "1"}), (403, {"retry-after": "1"})])
def test_faults_that_pass_are_tried_again(github: tuple[str, State], fault: tuple[int, dict[str, str]]) -> None:
    address, state = github
    state.faults += [fault, fault]

    assert post(client(address), 7, BODY, BOT) == "commented on #7"


def test_a_fault_that_stays_is_named(github: tuple[str, State]) -> None:
    address, state = github
    state.faults += [(500, {})] * 10

    with pytest.raises(UserError, match="500"):
        post(client(address), 7, BODY, BOT)


def test_a_comment_that_was_made_and_not_told_of_is_not_made_twice(github: tuple[str, State]) -> None:
    address, state = github
    state.unsaid += [(502, {})]

    assert post(client(address), 7, BODY, BOT) == "edited the comment on #7"
    assert len(state.comments) == 1


def test_an_answer_of_somebody_else_is_no_answer(github: tuple[str, State]) -> None:
    """A proxy's page, with status 200."""
    address, state = github
    state.pages += ["<html>"] * 4

    with pytest.raises(UserError, match="no JSON"):
        post(client(address), 7, BODY, BOT)
    assert state.comments == []


def test_a_token_that_may_only_read_says_what_it_needs(github: tuple[str, State]) -> None:
    address, state = github

    with pytest.raises(UserError, match="pull-requests: write"):
        post(client(address, "reader"), 7, BODY, BOT)
    assert state.comments == []


def test_a_redirect_is_not_followed_with_the_token(github: tuple[str, State]) -> None:
    address, state = github
    state.faults += [(302, {"location": f"{address}/repos/team/renamed/issues/7/comments"})]

    with pytest.raises(UserError, match="302"):
        post(client(address), 7, BODY, BOT)
    assert len(state.requests) == 1


def test_nothing_is_posted_that_is_no_report_or_too_long(github: tuple[str, State]) -> None:
    address, state = github

    for body in ("free advertising", BODY + "x" * COMMENT_LIMIT):
        with pytest.raises(UserError):
            post(client(address), 7, body, BOT)
    assert state.requests == []


def test_waiting_is_bounded_and_only_for_what_may_pass() -> None:
    assert pause(429, {"retry-after": "30"}, 1, NOW) == 30
    assert pause(429, {}, 2, NOW) == 4
    assert pause(429, {"retry-after": "Sun, 22 Nov 2026 05:00:00 GMT"}, 2, NOW) == 4
    assert pause(429, {"retry-after": "3600"}, 1, NOW) is None, "the job would only pay for waiting"
    assert pause(403, SPENT, 1, NOW - 20) == 20
    assert pause(403, SPENT, 1, NOW + 20) == 1, "this machine's clock is ahead"
    assert pause(403, SPENT, 1, NOW - 900) is None
    assert pause(502, {}, 3, NOW) == 8
    assert pause(404, {}, 1, NOW) is None
    assert pause(403, {"x-ratelimit-remaining": "12"}, 1, NOW) is None


def test_a_spent_limit_is_not_taken_for_a_missing_permission() -> None:
    assert advise(403, SPENT) == "GitHub's limit of requests is used up: run the job again after 05:00 UTC."
    assert advise(429, {}) == "GitHub's limit of requests is used up: run the job again later."
    assert "permission" in advise(403, {})
    assert "renamed" in advise(301, {})


def test_a_token_is_in_no_representation() -> None:
    assert "s3cret" not in repr(Client("http://x", "a/b", "s3cret"))


def test_the_job_tells_where_and_as_whom() -> None:
    job = {"GITHUB_API_URL": "http://x", "GITHUB_REPOSITORY": "team/models", "GITHUB_TOKEN": "writer"}

    assert from_environment(job) == Client("http://x", "team/models", "writer")
    for name in job:
        with pytest.raises(UserError, match=name):
            from_environment({**job, name: ""})


DECIDING = read_owned((ROOT / ".github/CODEOWNERS").read_text(encoding="utf-8"))
ROOMS = {"docs", "model", "serving", "shared", "stacks", "tests"}
"""What may change without an owner: what is deployed, and what describes or tries it."""


def test_everything_has_owners_but_what_is_deployed_described_or_tried() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    free = {name.split("/")[0] for name in tracked if not find_deciding(name, DECIDING)}

    assert free == ROOMS | {"CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"}


@pytest.mark.parametrize(
    "name",
    [
        ".github",  # a link in the folder's place
        "policies",
        "sitecustomize.py",
        "logging/__init__.py",  # found before Python's own where make runs `python -m venv`
        ".gitattributes",
        "Docs/page.md",
        "stacksx/file",
        "environments.yaml",
        "locks/project.txt",
    ],
)
def test_what_can_stand_before_what_decides_has_owners(name: str) -> None:
    assert find_deciding(name, DECIDING) == "*"


@pytest.mark.parametrize(
    ("lines", "name", "pattern"),
    [
        ("* @a\n/docs/", "docs/a/b.md", ""),
        ("* @a\n/docs/\n/docs/adr/ @b", "docs/adr/1.md", "/docs/adr/"),
        ("/docs/ @a\n", "docsx", ""),
        ("/docs @a\n", "docs/a.md", "/docs"),
        ("*.py @a\n", "x/y.py", "*.py"),
        ("*.py @a\n", "x/y.md", ""),
        ("apps/ @a\n", "x/apps/y", "apps/"),
        ("apps/ @a\n", "x/apps", ""),
        ("* @a\n/docs/*", "docs/x.py", "*"),
        ("/docs/* @a", "x", "/docs/*"),
        ("# * @a\n", "x", ""),
    ],
)
def test_the_last_line_that_fits_counts_and_a_pattern_that_is_not_understood_frees_nothing(
    lines: str, name: str, pattern: str
) -> None:
    assert find_deciding(name, read_owned(lines)) == pattern


@pytest.mark.parametrize(
    ("files", "touched"),
    [
        ([{"filename": "stacks/web/__main__.py"}], set()),
        ([{"filename": "docs/gitops/page.md"}], set()),
        ([{"filename": "policies/levels.yaml"}], {"policies/"}),
        ([{"filename": "docs/a.md", "previous_filename": "Makefile"}], {"Makefile"}),
    ],
)
def test_a_pull_request_touches_what_its_files_lie_in(files: list[dict[str, str]], touched: set[str]) -> None:
    assert touched_places(files, DECIDING).keys() == touched


def test_what_a_pull_request_touches_is_a_status_of_its_commit(github: tuple[str, State]) -> None:
    address, state = github
    state.files += [f"docs/{number}.md" for number in range(150)] + ["gitops/run.py"]

    mark(client(address), 7, SHA, DECIDING)

    (status,) = state.statuses
    assert (status["sha"], status["context"]) == (SHA, STATUS)
    assert status["description"] == "touches gitops/: do not trust its own preview"


@pytest.mark.parametrize(
    ("file", "state", "words"),
    [
        ("gitops/run.py", "failure", "touches gitops/: CODEOWNERS asks nobody whom GitHub knows"),
        ("policies/levels.yaml", "success", "touches policies/: do not trust its own preview"),
        ("docs/a.md", "success", "touches none of it"),
    ],
)
def test_the_status_fails_where_nobody_owns_what_decides(
    github: tuple[str, State], file: str, state: str, words: str
) -> None:
    """As in a fork that still names the placeholder: a review of code owners is asked of nobody."""
    address, served = github
    served.files.append(file)
    served.unowned += ["/gitops/          @your-org/ml-platform", "  /rehearsal/ @gone # who left"]

    mark(client(address), 7, SHA, read_owned("* @us\n/gitops/ @your-org/ml-platform\n/docs/"))

    assert (served.statuses[0]["state"], served.statuses[0]["description"]) == (state, words)


def test_what_hides_behind_more_files_than_github_lists_is_not_taken_for_harmless(github: tuple[str, State]) -> None:
    address, state = github
    state.files += [f"docs/{number}.md" for number in range(3000)] + ["gitops/run.py"]

    mark(client(address), 7, SHA, DECIDING)

    expected = "changes 3,001 files, of which GitHub lists 3,000: do not trust its own preview"
    assert state.statuses[0]["description"] == expected
