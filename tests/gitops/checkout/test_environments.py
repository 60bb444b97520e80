"""The list of environments: its order is the order of deployment, and a mistake in it names the row and the key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gitops.checkout import environments
from gitops.checkout.targets import discover
from gitops.cli import app
from gitops.errors import UserError
from gitops.review.regressions import compare_environments
from tests.gitops.checkout.test_targets import stack

ROWS = """environments:
  - {name: dev, levels: dev, approval: none}
  - {name: qa, levels: staging, approval: none}
  - {name: prod, levels: prod}
"""


def write(root: Path, text: str) -> Path:
    (root / "environments.yaml").write_text(text, encoding="utf-8")
    return root


def test_targets_come_in_the_order_of_the_list(tmp_path: Path) -> None:
    stack(write(tmp_path, ROWS), "web", "prod", "qa", "dev")

    assert [str(target) for target in discover(tmp_path)] == ["web/dev", "web/qa", "web/prod"]


def test_a_deployment_is_approved_unless_the_row_says_otherwise(tmp_path: Path) -> None:
    assert [each.approval for each in environments.read(write(tmp_path, ROWS))] == ["none", "none", "required"]


def test_a_config_of_no_listed_environment_is_named_beside_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("api", "web"):
        stack(write(tmp_path, ROWS), name, "dev", "pord")
    monkeypatch.chdir(tmp_path)

    shown = CliRunner().invoke(app, ["environments"])

    assert shown.exit_code == 0
    files = "stacks/api/Pulumi.pord.yaml and stacks/web/Pulumi.pord.yaml"
    assert f"skipped: {files}: environments.yaml lists no environment 'pord'. Did you mean 'prod'?" in shown.stderr


def test_a_workflow_gets_the_list_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack(write(tmp_path, ROWS), "web", "dev")
    monkeypatch.chdir(tmp_path)

    (line,) = CliRunner().invoke(app, ["environments", "--json"]).stdout.splitlines()

    assert json.loads(line)[1] == {"name": "qa", "levels": "staging", "approval": "none"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: qa", "name: Q/A", "environments.2.name: string should match"),
        ("name: qa", "nam: qa", "environments.2.name: field required"),
        ("levels: dev, approval: none", "levels: dev, approval: no one", "environments.1.approval: input should be"),
        ("name: qa", "name: dev", "'dev' stands there twice"),
        ("environments:", "environment:", "environments: field required"),
        ("levels: prod}", "levels: prod", "invalid YAML"),
    ],
)
def test_a_mistake_names_its_row_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in ROWS

    with pytest.raises(UserError, match=r"environments\.yaml") as caught:
        environments.read(write(tmp_path, ROWS.replace(old, new)))

    assert said in str(caught.value)


def test_an_environment_that_is_taken_out_is_told_to_the_reviewer(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for root, text in ((before, ROWS), (after, ROWS.replace("qa", "test"))):
        root.mkdir()
        write(root, text)

    assert compare_environments(before, after) == ["The environment qa is removed."]
