"""Every command that a page shows exists, with the options it is given: a stranger types what is written."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from gitops.cli import app
from gitops.engine.install import VERSION
from tests.repo import ROOT, list_tracked, name_of

PAGES = list_tracked("*.md")
SPAN = re.compile(r"`([^`\n]+)`")
LINE = re.compile(r"(?m)^(?: {4,}|\s*\$ )(.+)$")
ACTIVATE = ". .venv/bin/activate"


def shown(page: Path) -> Iterator[str]:
    """Commands in code spans and in indented blocks, without what follows a `#`."""
    text = page.read_text(encoding="utf-8")
    for match in (*SPAN.finditer(text), *LINE.finditer(text)):
        yield match[1].split(" #")[0].strip()


def commands(page: Path, tool: str) -> list[list[str]]:
    found = (line for line in shown(page) if line.startswith(f"{tool} "))
    return [re.sub(r"[\[\]…]|\\?\|", " ", line).split()[1:] for line in found]


def unknown(words: list[str], command: Any) -> list[str]:
    """The subcommand or the options that `command` does not have."""
    if isinstance(command, TyperGroup) and words and words[0].islower() and not words[0].startswith("-"):
        inner = command.commands.get(words[0])
        return unknown(words[1:], inner) if inner else [words[0]]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    return [word for word in words if word.startswith("-") and word.split("=")[0] not in known]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_gitops_command_of_a_page_exists(page: Path) -> None:
    assert [words for words in commands(page, "gitops") if unknown(words, get_command(app))] == []


def test_a_command_that_does_not_exist_is_seen() -> None:
    root = get_command(app)
    assert unknown(shlex.split("deploy dev --target x"), root) == ["--target"]
    assert unknown(shlex.split("destroy dev"), root) == ["destroy"]
    assert unknown(shlex.split("policies --framework nist --strict"), root) == ["--strict"]
    assert sum(len(commands(page, "gitops")) for page in PAGES) > 20


BUILD = re.compile(r"(?m)^ +docker (buildx )?build (.+)$")


def builds(page: Path) -> Iterator[tuple[bool, list[str]]]:
    """Every image that a page has a stranger build: whether by buildx, and the words of the command."""
    for match in BUILD.finditer(page.read_text(encoding="utf-8").replace("\\\n", " ")):
        yield bool(match[1]), match[2].split(" #")[0].split()


@pytest.mark.parametrize("page", [page for page in PAGES if any(builds(page))], ids=name_of)
def test_an_image_is_built_as_its_backend_takes_it(page: Path) -> None:
    """Without platform it is the machine's own; with provenance an index of OCI media types, which SageMaker refuses.

    https://github.com/aws/amazon-sagemaker-feedback/issues/180
    """
    for by_buildx, words in builds(page):
        assert "--platform" in words
        assert not by_buildx or "--provenance=false" in words
        dockerfile = words[words.index("-f" if "-f" in words else "--file") + 1]
        assert (ROOT / dockerfile).is_file(), dockerfile


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_of_a_page_exists(page: Path) -> None:
    targets = re.findall(r"(?m)^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"))

    assert [words for words in commands(page, "make") if words[0] not in targets] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_module_of_ours_that_a_page_runs_exists(page: Path) -> None:
    modules = [words[1] for words in commands(page, "python") if words[:1] == ["-m"]]
    paths = [ROOT / module.replace(".", "/") for module in modules]

    assert [p for p in paths if not p.with_suffix(".py").exists() and not (p / "__main__.py").exists()] == []


@pytest.mark.parametrize(
    "name",
    [
        *(f"{room}README.md" for room in ("", "serving/", "tests/")),
        *(f"docs/{page}.md" for page in ("add-a-backend", "rehearsal", "workflows")),
    ],
)
def test_a_page_with_commands_says_how_they_are_found(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert ACTIVATE in text
    assert ".venv/bin/" not in text.replace(ACTIVATE, "")


def test_the_engine_that_a_page_puts_on_the_path_is_the_pinned_one() -> None:
    text = (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8")

    assert set(re.findall(r"inference-gitops/pulumi-([\d.]+\d)", text)) == {VERSION}
