"""Whose code the workflows' jobs run: pinned actions, caches that any job of main may write, unreviewed upgrades."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from gitops.engine.install import MODULE as ENGINE_MODULE
from tests.git import commit_all, git
from tests.repo import ROOT, list_tracked, name_of
from tests.repo.workflows import WORKFLOWS, composite, workflow
from tests.tools import install
from tests.tools.upgrade import NAMED_IN

MODULES = (ENGINE_MODULE, install.MODULE)


USES = re.compile(r"\s*(?:- )?uses:")


PINNED = re.compile(r"uses: (?:\./\S+|[\w./-]+@[0-9a-f]{40} # v\d+(?:\.\d+)*)$")


def find_unpinned(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if USES.match(line) and not PINNED.search(line)]


@pytest.mark.parametrize("file", list_tracked(".github/*.yml"), ids=name_of)
def test_every_action_is_pinned_by_commit_with_its_version(file: Path) -> None:
    assert find_unpinned(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("uses", ["actions/cache@v6", f"actions/cache@{'a' * 40}", f"actions/cache@{'a' * 7} # v6"])
def test_a_loose_pin_is_found(uses: str) -> None:
    assert find_unpinned(f"      - uses: {uses}\n")


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
    edited, new = tmp_path / file, "locks/new.txt" if file == ".github/CODEOWNERS" else ""
    edited.parent.mkdir(parents=True, exist_ok=True)
    edited.write_text("a line\n" * 20)
    commit_all(tmp_path)
    if new:
        (tmp_path / "locks").mkdir()
        edited.rename(tmp_path / new)
    else:
        edited.write_text("another\n")
    git(tmp_path, "add", "--all")

    (guard,) = [s["run"] for s in workflow("upgrade.yml")["jobs"]["propose"]["steps"] if "grep -vE" in s.get("run", "")]

    assert (subprocess.run(["bash", "-e", "-c", guard], cwd=tmp_path).returncode == 0) == (file in UPGRADED)
