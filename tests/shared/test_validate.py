"""`python -m shared.validate`: what the tool reads before it starts an engine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.environments import is_production
from shared.validate import main, problems
from tests.shared.configs import EXAMPLE, ON_DISK, ROOT, Config

FIELDS = {"file", "line", "key", "found", "expected", "message"}


def validate(folder: Path, environment: str) -> tuple[int, list[dict[str, Any]]]:
    command = [sys.executable, "-m", "shared.validate", str(folder), environment, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def stack(folder: Path, text: str) -> Path:
    """The Fargate service with another text as its prod config."""
    target = folder / "stacks" / EXAMPLE
    target.mkdir(parents=True)
    shutil.copy(ROOT / "stacks" / EXAMPLE / "settings.py", target)
    (target / "Pulumi.prod.yaml").write_text(text, encoding="utf-8")
    return target


def test_a_valid_config_is_an_empty_list() -> None:
    assert validate(ROOT / "stacks" / EXAMPLE, "prod") == (0, [])


def test_a_person_reads_a_line_per_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = stack(tmp_path, "config:\n  a: 1\n  b: [1, 2\nc: 3\n")

    codes = [main([str(folder), "prod"]) for folder in (ROOT / "stacks" / EXAMPLE, broken)]
    fine, fault = capsys.readouterr().out.splitlines()

    assert codes == [0, 2]
    assert fine == f"stacks/{EXAMPLE}/Pulumi.prod.yaml: valid"
    assert fault.startswith(f"stacks/{EXAMPLE}/Pulumi.prod.yaml:4: found invalid YAML")


def test_yaml_that_is_none_names_its_line(tmp_path: Path) -> None:
    code, (problem,) = validate(stack(tmp_path, "config:\n  a: 1\n  b: [1, 2\nc: 3\n"), "prod")
    assert (code, problem["line"], problem["file"]) == (2, 4, f"stacks/{EXAMPLE}/Pulumi.prod.yaml")
    assert set(problem) == FIELDS


@pytest.mark.parametrize("text", ["", "config:\n", "config: []\n", "- 1\n", "other: {}\n"])
def test_a_file_without_config_is_refused(text: str, tmp_path: Path) -> None:
    code, (problem,) = validate(stack(tmp_path, text), "prod")
    assert (code, problem["expected"]) == (2, "a mapping")


def test_a_config_of_another_project_is_one_fault(tmp_path: Path) -> None:
    text = (ROOT / "stacks" / EXAMPLE / "Pulumi.prod.yaml").read_text(encoding="utf-8")
    code, (problem,) = validate(stack(tmp_path, text.replace(f"{EXAMPLE}:", "former_name:")), "prod")

    assert code == 2
    assert problem["found"] == "keys that begin with former_name:"
    assert problem["expected"] == f"{EXAMPLE}:, the project's name"


def test_an_unknown_environment_is_refused_and_the_nearest_offered() -> None:
    code, (problem,) = validate(ROOT / "stacks" / EXAMPLE, "prd")
    assert code == 2
    assert problem["message"].endswith("did you mean 'Pulumi.prod.yaml'?")


def test_a_folder_without_settings_is_refused(tmp_path: Path) -> None:
    code, (problem,) = validate(tmp_path, "prod")
    assert code == 2
    assert "class Settings(StackSettings)" in problem["expected"]


def test_a_stack_that_is_not_there_is_refused_and_the_nearest_offered() -> None:
    code, (problem,) = validate(ROOT / "stacks" / EXAMPLE[:-1], "prod")
    assert code == 2
    assert problem["message"].endswith(f"did you mean {EXAMPLE!r}?")


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("environments: [{name: dev", 1, "invalid YAML"),
        ("environments:\n  - {name: dev}\n", 0, "no key 'levels'"),
        ("- dev\n", 0, "something else"),
    ],
)
def test_a_list_of_environments_that_cannot_be_read_is_the_one_problem(
    text: str, line: int, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "environments.yaml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(is_production, "__defaults__", (file,))

    (problem,) = problems(ROOT / "stacks" / EXAMPLE, "prod")

    assert (problem.file, problem.line, problem.found) == ("environments.yaml", line, found)


def test_an_encrypted_value_is_left_to_the_engine(tmp_path: Path) -> None:
    config = Config(EXAMPLE)
    config.set(["alarms", "notify"], [{"secure": "v1:abc"}]).set(["tags", "owner"], {"secure": "v1:def"})
    assert config.problems(tmp_path) == []


def test_a_key_without_a_namespace_is_the_projects(tmp_path: Path) -> None:
    config = Config(EXAMPLE)
    config.values["scaling"] = {**config.values.pop(f"{EXAMPLE}:scaling"), "min": 900}
    (problem, *_) = config.problems(tmp_path)
    assert problem.key == f"{EXAMPLE}:scaling.min"
    text = (tmp_path / f"stacks/{EXAMPLE}/Pulumi.prod.yaml").read_text().splitlines()
    assert text[problem.line - 1].strip() == "min: 900"


def test_no_cloud_sdk_and_no_engine_is_imported() -> None:
    one_of_each = {target.stack: target.environment for target in ON_DISK.values()}
    program = (
        "import sys; from shared.validate import main; "
        f"assert [main([f'stacks/{{s}}', e]) for s, e in {one_of_each}.items()] == [0] * {len(one_of_each)}; "
        "print(sorted(m for m in sys.modules if m.split('.')[0].startswith('pulumi') or m == 'boto3'))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
