"""Targets are found on disk; a name that means nothing gets the nearest one."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops.checkout.environments import Stray, strays
from gitops.checkout.targets import Target, discover, select
from gitops.commands import common
from gitops.errors import UserError


def stack(root: Path, name: str, *environments: str, project: str | None = None) -> None:
    folder = root / "stacks" / name
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(f"name: {project or name}\nruntime: python\n")
    for environment in environments:
        (folder / f"Pulumi.{environment}.yaml").write_text("config: {}\n")


def test_environments_come_in_deployment_order_whatever_the_disk_says(tmp_path: Path) -> None:
    stack(tmp_path, "b", "prod", "dev", "staging")
    stack(tmp_path, "a", "dev")

    assert [str(t) for t in discover(tmp_path)] == ["a/dev", "b/dev", "b/staging", "b/prod"]


def test_a_folder_without_a_project_file_is_no_stack(tmp_path: Path) -> None:
    (tmp_path / "stacks" / "notes").mkdir(parents=True)

    assert discover(tmp_path) == ()


def test_a_config_file_of_no_listed_environment_is_left_out_and_stops_nothing(tmp_path: Path) -> None:
    stack(tmp_path, "a", "dev", "stagin")

    assert [str(t) for t in discover(tmp_path)] == ["a/dev"]
    assert strays(tmp_path) == (Stray("stacks/a/Pulumi.stagin.yaml", "stagin"),)


def test_the_command_line_names_what_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack(tmp_path, "a", "dev", "stagin")
    monkeypatch.chdir(tmp_path)

    assert common.choose_targets(None) == (Target("a", "dev"),)
    said = capsys.readouterr().err
    assert "stacks/a/Pulumi.stagin.yaml" in said
    assert "Did you mean 'staging'?" in said


def test_a_project_must_be_named_as_its_folder(tmp_path: Path) -> None:
    stack(tmp_path, "a", "dev", project="other")

    with pytest.raises(UserError, match="found 'other', expected 'a'"):
        discover(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: a\nruntime: python\nmain: a: b\n", "Pulumi.yaml:3: invalid YAML: mapping values are not allowed here"),
        ("- name: a\n", "Pulumi.yaml: key 'name': found None, expected 'a'"),
        ("", "Pulumi.yaml: key 'name': found None, expected 'a'"),
    ],
)
def test_a_project_file_that_is_no_project_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    stack(tmp_path, "a", "dev")
    (tmp_path / "stacks/a/Pulumi.yaml").write_text(text)

    with pytest.raises(UserError) as caught:
        discover(tmp_path)

    assert str(caught.value).startswith(f"stacks/a/{said}")


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ((), ["a/dev", "a/prod", "b/dev"]),
        (("a",), ["a/dev", "a/prod"]),
        (("dev",), ["a/dev", "b/dev"]),
        (("a/prod",), ["a/prod"]),
        (("stacks/b/",), ["b/dev"]),
        (("b", "a/dev"), ["a/dev", "b/dev"]),
    ],
)
def test_names_choose_targets_in_their_fixed_order(names: tuple[str, ...], chosen: list[str]) -> None:
    targets = [Target("a", "dev"), Target("a", "prod"), Target("b", "dev")]

    assert [str(t) for t in select(targets, names)] == chosen


@pytest.mark.parametrize(("name", "nearest"), [("sagemaker_endpont", "sagemaker_endpoint"), ("prd", "prod")])
def test_an_unknown_name_is_refused_with_the_nearest(name: str, nearest: str) -> None:
    targets = [Target("sagemaker_endpoint", "dev"), Target("sagemaker_endpoint", "prod")]

    with pytest.raises(UserError, match=f"Did you mean '{nearest}'"):
        select(targets, [name])


@pytest.mark.parametrize(("name", "said"), [("a/qa", "Known: dev, prod"), ("stacks/a/prd", "Did you mean 'prod'")])
def test_of_a_stack_that_is_there_only_the_environment_is_unknown(name: str, said: str) -> None:
    targets = [Target("a", "dev"), Target("a", "prod"), Target("b", "qa")]

    with pytest.raises(UserError, match=f"a has no environment '{name.rpartition('/')[2]}'(?s:.*){said}"):
        select(targets, [name])


@pytest.mark.parametrize(
    "name",
    ["a b", "a\nlegs={}", "--out", "$(id)", "a;id", "*", "a'b", "`id`", "..x", "é", "a.b", "@team", "::error::", "<b>"],
)
def test_a_name_that_a_shell_or_a_workflow_would_read_is_no_stacks(tmp_path: Path, name: str) -> None:
    stack(tmp_path, name, "dev")

    with pytest.raises(UserError, match="cannot be a project's name") as caught:
        discover(tmp_path)
    assert "\n" not in caught.value.message
