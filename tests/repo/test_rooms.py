"""Who may import whom: the contracts in pyproject.toml for packages, this file for stacks, which are no package."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repo import ROOT, list_tracked, name_of

SDKS = {"pulumi", "pulumi_aws", "pulumi_awsx", "pulumi_azure_native", "pulumi_docker", "pulumi_docker_build"}
SDKS |= {"pulumi_random", "pulumi_tls", "pydantic"}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--config",
        str(folder / "pyproject.toml"),
        "--no-cache",
    ]
    alone = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=alone, capture_output=True, text=True)


def test_the_contracts_hold() -> None:
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout


BREACHES = [
    ("gitops/a.py", "shared"),
    ("gitops/a.py", "rehearsal"),
    ("rehearsal/a.py", "policies"),
    ("rehearsal/a.py", "gitops.files"),
    ("rehearsal/judge/a.py", "rehearsal.aws.account"),
    ("shared/a.py", "rehearsal.values"),
    ("shared/a.py", "gitops.report"),
    ("policies/a.py", "pulumi_aws"),
    ("gitops/report/a.py", "gitops.engine"),
    ("gitops/report/model/a.py", "gitops.report.formats.html"),
    ("gitops/report/formats/html.py", "gitops.report.formats.terminal"),
    ("serving/a.py", "shared"),
]


def test_every_breach_is_found(tmp_path: Path) -> None:
    """All at once, in files that are empty otherwise."""
    for file in list_tracked("*.py"):
        if name_of(file).split("/")[0] in ("gitops", "rehearsal", "shared", "policies", "serving"):
            (tmp_path / name_of(file)).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name_of(file)).touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert lint(tmp_path).returncode == 0

    for module, imported in BREACHES:
        with (tmp_path / module).open("a") as file:
            file.write(f"import {imported}\n")
    done = lint(tmp_path)

    assert done.returncode == 1
    arrows = [f"{module.removesuffix('.py').replace('/', '.')} -> {imported}" for module, imported in BREACHES]
    assert [arrow for arrow in arrows if arrow not in done.stdout] == []


@pytest.mark.parametrize("file", list_tracked("stacks/*.py"), ids=name_of)
def test_a_stack_imports_shared_its_own_files_and_sdks(file: Path) -> None:
    stack = ROOT / "stacks" / file.relative_to(ROOT).parts[1]
    own = {path.stem for path in stack.rglob("*.py")} | {path.name for path in stack.iterdir() if path.is_dir()}

    strange = (
        set(list_imports(file.read_text(encoding="utf-8"))) - SDKS - own - set(sys.stdlib_module_names) - {"shared"}
    )

    assert not strange, f"{name_of(file)} imports {sorted(strange)}"


def test_nobody_imports_a_stack() -> None:
    importing = [name_of(f) for f in list_tracked("*.py") if "stacks" in list_imports(f.read_text(encoding="utf-8"))]

    assert importing == []


def list_imports(source: str) -> Iterator[str]:
    """First names of the absolute imports of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module).split(".")[0]
