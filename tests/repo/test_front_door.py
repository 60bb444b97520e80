"""What a stranger meets first: the pages' links, the licence, the hooks, the devcontainer, a folder of any name."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.repo import ROOT, list_tracked, name_of
from tests.stacks import configs

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)")
STACKS = ROOT / "stacks"
DELETED = {file.stem for file in configs.FOLDER.glob("*.yaml")} - {*configs.STACKS}
HEADING = re.compile(r"(?m)^#+ (.+)$")
FILE = re.compile(r"`((?:[\w.-]+/)+[\w-]+\.(?:py|toml|ya?ml|json|txt))`")
MADE_BY_THE_READER = {
    "learned/seconds.json",
    "model/train.py",  # goes with the reference model
    "policies/accepted.yaml",
    "report/faults.txt",
    "tests/stacks/apprunner_service/test_changes.py",
}


def anchor(heading: str) -> str:
    """The fragment that GitHub gives a heading: lower case, spaces as hyphens, without punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(page: Path, text: str) -> list[str]:
    return [match[0] for match in LINK.finditer(text) if not leads_somewhere(page, match[1], match[2])]


def leads_somewhere(page: Path, file: str, fragment: str | None) -> bool:
    """Or to a stack that came with the repository and that this fork has deleted, as the README invites to."""
    target = (page.parent / file).resolve() if file else page
    if STACKS in target.parents and target.relative_to(STACKS).parts[0] in DELETED:
        return True
    if fragment is None or not target.exists():
        return target.exists()
    return fragment in map(anchor, HEADING.findall(target.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", list_tracked("*.md"), ids=name_of)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    text = "[a](docs/workflows.md#a-fresh-fork) [b](docs/none.md) [c](docs/workflows.md#no-such-heading)"

    assert broken_links(ROOT / "README.md", text) == ["](docs/none.md)", "](docs/workflows.md#no-such-heading)"]


@pytest.mark.skipif(bool(DELETED), reason="this fork has deleted stacks whose files the pages name")
@pytest.mark.parametrize("page", list_tracked("*.md"), ids=name_of)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    """By its path from the root, or by as much of its end as says which one it is."""
    named = set(FILE.findall(page.read_text(encoding="utf-8"))) - MADE_BY_THE_READER
    files = ["/" + file.relative_to(ROOT).as_posix() for file in list_tracked("*")]

    assert [path for path in sorted(named) if not any(file.endswith(f"/{path}") for file in files)] == []


def test_the_policy_pack_has_the_repositorys_licence() -> None:
    pack = yaml.safe_load((ROOT / "policies" / "PulumiPolicy.yaml").read_text(encoding="utf-8"))

    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith(f"{pack['license']} License\n")


def test_the_hooks_are_the_parts_of_make_check_and_download_nothing() -> None:
    file = ROOT / ".pre-commit-config.yaml"
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(file)]
    assert subprocess.run(command, capture_output=True).returncode == 0
    repos = yaml.safe_load(file.read_text(encoding="utf-8"))["repos"]
    parts = re.search(r"(?m)^check: ([a-z ]+) ##", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert parts

    assert [repo["repo"] for repo in repos] == ["local"]
    assert [hook["entry"] for hook in repos[0]["hooks"]] == [f"make {part}" for part in parts[1].split()]
    assert {hook["language"] for hook in repos[0]["hooks"]} == {"system"}


def test_the_devcontainer_sets_up_on_the_servers_base_image() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    dockerfile = (ROOT / ".devcontainer" / container["build"]["dockerfile"]).read_text(encoding="utf-8")
    base = re.search(r"(?m)^FROM (\S+@sha256:[0-9a-f]{64})", dockerfile)
    assert base

    assert base[1] in (ROOT / "serving" / "Dockerfile").read_text(encoding="utf-8")
    assert container["postCreateCommand"].endswith("make setup")
    assert f"useradd --create-home --shell /bin/bash {container['remoteUser']}" in dockerfile


@pytest.mark.parametrize("project", list_tracked("stacks/*/Pulumi.yaml"), ids=name_of)
def test_the_official_command_line_finds_the_environment_from_a_stacks_folder(project: Path) -> None:
    runtime = yaml.safe_load(project.read_text(encoding="utf-8"))["runtime"]
    environment = re.search(r"(?m)^VENV := (\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert environment

    assert runtime["name"] == "python"
    assert project.parent / runtime["options"]["virtualenv"] == project.parent / "../.." / environment[1]


def test_the_environment_is_installed_where_it_belongs_in_a_folder_with_a_space(tmp_path: Path) -> None:
    checkout = tmp_path / "my checkout"
    for name in ("pyproject.toml", "locks/uv.txt", "locks/project.txt"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).touch()
    (checkout / ".venv" / "bin").mkdir(parents=True)
    for name, script in {"pip": "", "uv": 'echo "$VIRTUAL_ENV" "$1" >> "$VIRTUAL_ENV"/told'}.items():
        (checkout / ".venv" / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (checkout / ".venv" / "bin" / name).chmod(0o755)

    makefile = ["make", "-f", str(ROOT / "Makefile"), "PYTHON=true", ".venv/.locked"]
    done = subprocess.run(makefile, cwd=checkout, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert (checkout / ".venv" / "told").read_text() == f"{checkout}/.venv pip\n" * 2
