"""`docs/add-an-environment.md`, followed to the letter in a copy of the tree, whatever stacks the fork has."""

from __future__ import annotations

import json

import pytest

from gitops import catalogue
from gitops.checkout import deployment_jobs, environments
from gitops.checkout.targets import discover
from tests.faults.run import copied
from tests.fork import page
from tests.worlds import ROOT

PAGE = page.read("add-an-environment.md")
SHOWN = "ecs_service"
STACK = SHOWN if (ROOT / "stacks" / SHOWN).is_dir() else discover(ROOT)[0].stack
"""The page's stack, or another where the fork has it no longer."""


@pytest.mark.slow("an engine previews a stack in a copy of the tree")
def test_an_environment_is_a_row_and_a_config_file() -> None:
    ((_, file, row),) = page.blocks(PAGE)
    with copied() as tree:
        lines = (tree / file).read_text(encoding="utf-8").splitlines(keepends=True)
        before = next(index for index, line in enumerate(lines) if "name: prod" in line)
        (tree / file).write_text("".join([*lines[:before], row, *lines[before:]]), encoding="utf-8")

        said = [page.run(tree, command.replace(SHOWN, STACK)) for command in page.commands(PAGE)]

        names = environments.names(tree)
        assert names.index("qa") == names.index("prod") - 1
        assert [line.split()[-1] for line in said[1].splitlines() if line.startswith("qa ")] == ["1"]
        assert "Pulumi.qa.yaml: valid" in said[2]
        assert f"{STACK}/qa ✓" in said[3]
        assert all(rule.levels["qa"] == rule.levels["staging"] for rule in catalogue.read(tree).values())
        page.run(tree, "python -m pytest -q -p no:cacheprovider tests/gitops/checkout/test_deployment_jobs.py")
        changed = page.run(tree, "git status --porcelain").split()[1::2]
        assert changed == [deployment_jobs.FILE, file, f"stacks/{STACK}/Pulumi.qa.yaml"]
        assert json.loads(page.run(tree, "gitops environments --json"))[-2]["name"] == "qa"
