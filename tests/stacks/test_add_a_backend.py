"""`docs/add-a-backend.md`, followed to the letter in a copy of the repository, with no edit elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gitops.records import Level, Op, Operation
from gitops.run import Sandbox
from shared.validate import problems
from tests.stacks import configs
from tests.worlds import ROOT, change, living, of_type

PAGE = ROOT / "docs" / "add-a-backend.md"
FILE = re.compile(r'^```\w+ title="(?P<path>[^"]+)"\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(?P<key>\w+\.\w+)` \| (?P<staging>\S+) \| (?P<prod>\S+) \| [^|]+ \|$", re.MULTILINE)
STACK = "apprunner_service"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The page's files beside links to the tests' model and the repository's rooms."""
    root = tmp_path / "repository"
    for found in FILE.finditer(PAGE.read_text(encoding="utf-8")):
        path = root / found["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found["text"], encoding="utf-8")
    (root / "model").symlink_to(configs.MODEL)
    for room in ("shared", "policies", "gitops"):
        (root / room).symlink_to(ROOT / room)
    return root


def test_the_page_shows_every_file_of_a_stack(copy: Path) -> None:
    names = {path.name for path in (copy / "stacks" / STACK).iterdir()}
    assert names == {"Pulumi.yaml", "Pulumi.dev.yaml", "settings.py", "runner.py", "__main__.py"}


@pytest.mark.parametrize("command", [("check",), ("format", "--check")])
def test_ruff_has_nothing_to_say(copy: Path, command: tuple[str, ...]) -> None:
    options = ["--config", str(ROOT / "pyproject.toml"), "--no-cache", str(copy / "stacks")]
    done = subprocess.run([sys.executable, "-m", "ruff", *command, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_its_config_is_validated(copy: Path) -> None:
    command = [sys.executable, "-m", "shared.validate", f"stacks/{STACK}", "dev"]
    assert subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False).returncode == 0
    path = copy / "stacks" / STACK / "Pulumi.dev.yaml"
    path.write_text(path.read_text().replace("max: 3", "max: 30"))
    refused = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert f"{STACK}:scaling.max" in refused.stdout
    assert "at most 25" in refused.stdout


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_the_other_environments_differ_as_the_page_says(copy: Path, environment: str) -> None:
    folder = copy / "stacks" / STACK
    document = yaml.safe_load((folder / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    rows = list(ROW.finditer(PAGE.read_text(encoding="utf-8")))
    for row in rows:
        change(document["config"], STACK, row["key"], yaml.safe_load(row[environment]))
    (folder / f"Pulumi.{environment}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")

    assert len(rows) == 8
    assert problems(folder, environment) == []


def test_it_is_previewed_and_judged(copy: Path, tmp_path: Path) -> None:
    with living(copy, f"{STACK}/dev", Sandbox(tmp_path / "sandbox")) as life:
        record = life.run(Operation.PREVIEW, judged=True)
    assert {step.op for step in record.steps} == {Op.CREATE}
    (service,) = of_type(record, "aws:apprunner/service:Service")
    assert service.inputs["tags"]["owner"] == "ml-platform"
    assert service.source is not None
    assert service.source.file.startswith(f"stacks/{STACK}/")
    assert record.outputs["scaling"]["max"] == 3
    assert [finding for finding in record.findings if finding.level is Level.MANDATORY] == []


def test_it_is_seen_when_it_is_worse(copy: Path, tmp_path: Path) -> None:
    """The judge knows the new stack's resources without being told: a bucket that anybody reads is a finding."""
    program = copy / "stacks" / STACK / "__main__.py"
    program.write_text(program.read_text() + '\nimport pulumi_aws as aws\naws.s3.Bucket("old", acl="public-read")\n')
    with living(copy, f"{STACK}/dev", Sandbox(tmp_path / "sandbox")) as life:
        record = life.run(Operation.PREVIEW, judged=True)
    assert "storage-bucket-has-no-public-acl" in {f.rule for f in record.findings if f.level is Level.MANDATORY}
