"""A change reaches exactly the targets whose programs could come out otherwise: none is missed, few are too many."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gitops.checkout.durations import join_durations, read_durations, write_durations
from gitops.checkout.impact import Affected, find_affected
from gitops.checkout.legs import sort_into_waves, spread_deployments, spread_previews
from gitops.checkout.targets import Target
from gitops.commands.impact import group_by_environment, list_changed
from gitops.errors import UserError
from tests.gitops.worlds_of_text import World

ECS, LAMBDA = "stacks/ecs/__main__.py", "stacks/api/__main__.py"
FILES = {
    ECS: "from shared.aws import network\nfrom helper import size\n",
    "stacks/ecs/helper.py": "size = 1\n",
    "stacks/ecs/README.md": "prose",
    "stacks/ecs/Pulumi.dev.yaml": "config: {a: 1}\n",
    "stacks/ecs/Pulumi.prod.yaml": "config: {release: serving/digits.onnx}\n",
    LAMBDA: "import shared.naming\nfrom pathlib import Path\nSCHEMA = Path(__file__).with_name('request.json')\n"
    "CODE = ('serving/model.py',)\n",
    "stacks/api/Pulumi.dev.yaml": "config: {}\n",
    "stacks/api/Pulumi.prod.yaml": "config: {}\n",
    "shared/__init__.py": "",
    "shared/naming.py": "from . import keys\n",
    "shared/keys.py": "",
    "shared/aws/__init__.py": "",
    "shared/aws/network.py": "from ..keys import x\n",
    "shared/alone.py": "",
}
TARGETS = tuple(Target(stack, environment) for stack in ("api", "ecs") for environment in ("dev", "prod"))
API, BOTH = ["api/dev", "api/prod"], ["api/dev", "api/prod", "ecs/dev", "ecs/prod"]


def affected(*changed: str, files: dict[str, str] = FILES) -> list[Affected]:
    return find_affected(changed, TARGETS, files, files.get)


@pytest.mark.parametrize(
    ("file", "reached"),
    [
        ("stacks/ecs/helper.py", ["ecs/dev", "ecs/prod"]),
        ("stacks/ecs/Pulumi.dev.yaml", ["ecs/dev"]),
        ("stacks/ecs/Pulumi.yaml", ["ecs/dev", "ecs/prod"]),
        ("stacks/ecs/README.md", []),
        ("stacks/api/request.json", API),
        ("shared/aws/network.py", ["ecs/dev", "ecs/prod"]),
        ("shared/aws/__init__.py", ["ecs/dev", "ecs/prod"]),
        ("shared/keys.py", BOTH),
        ("shared/__init__.py", BOTH),
        ("shared/naming/__init__.py", API),
        ("shared/alone.py", []),
        ("serving/model.py", API),
        ("serving/other.py", []),
        ("serving/digits.onnx", ["ecs/prod"]),
        ("locks/project.txt", BOTH),
        ("pyproject.toml", BOTH),
        ("policies/rules/ecs.py", BOTH),
        ("policies/README.md", []),
        ("gitops/run.py", BOTH),
        ("rehearsal/aws/computed.py", BOTH),
        ("README.md", []),
        ("docs/policies.md", []),
        ("tests/repo/test_rooms.py", []),
        (".github/workflows/deploy.yml", []),
        ("a_new_room/module.py", BOTH),
    ],
)
def test_a_file_reaches(file: str, reached: list[str]) -> None:
    assert [str(one.target) for one in affected(file)] == reached


def test_a_reason_names_the_file_and_what_reaches_it() -> None:
    assert affected("shared/keys.py")[0].reason == "shared/naming.py imports shared/keys.py"
    assert affected("stacks/ecs/Pulumi.dev.yaml", "policies/a.py")[2] == Affected(
        Target("ecs", "dev"), "stacks/ecs/Pulumi.dev.yaml configures it, and 1 more", deployed=True
    )
    assert [one.deployed for one in affected("policies/a.py")] == [False] * 4


def test_who_reads_another_stacks_outputs_comes_after_it() -> None:
    reading = {**FILES, LAMBDA: "import pulumi\npulumi.StackReference('organization/ecs/dev')\n"}

    found = affected("stacks/ecs/Pulumi.dev.yaml", files=reading)

    assert [(str(one.target), [*map(str, one.after)]) for one in found] == [("api/dev", ["ecs/dev"]), ("ecs/dev", [])]
    assert found[0].reason == "it reads outputs of ecs/dev"
    assert sort_into_waves(found) == ((Target("ecs", "dev"),), (Target("api", "dev"),))
    assert spread_deployments(found) == ((Target("ecs", "dev"), Target("api", "dev")),)
    assert affected("policies/a.py", files=reading)[0].reason == "policies/a.py judges it"


def test_a_module_that_imports_by_a_variable_may_import_any() -> None:
    dynamic = {**FILES, ECS: "import importlib\nimportlib.import_module(name)\n"}

    assert [str(one.target) for one in affected("shared/alone.py", files=dynamic)] == ["ecs/dev", "ecs/prod"]


def test_legs_are_one_a_stack_for_previews_one_a_target_for_deployments_and_never_too_many() -> None:
    many = [Target(f"s{number:03}", name) for number in range(300) for name in ("dev", "prod")]

    assert spread_previews(many[:4]) == (tuple(many[:2]), tuple(many[2:4]))
    for legs in (spread_previews(many), spread_deployments(Affected(target, "") for target in many)):
        assert len(legs) == 256
        assert sorted(target for leg in legs for target in leg) == sorted(many)
        assert max(map(len, legs)) <= 4


def test_legs_are_sized_by_what_their_targets_took_the_longest_first() -> None:
    targets = [Target(stack, "dev") for stack in ("a", "b", "c", "d")]
    seconds = {"a/dev": 10.0, "b/dev": 90.0, "c/dev": 20.0}  # d is new, and counts as the median

    legs = spread_previews(targets, 3, seconds)

    assert [[target.stack for target in leg] for leg in legs] == [["b"], ["a", "c"], ["d"]]
    assert [len(leg) for leg in spread_previews(targets, 2, seconds)] == [1, 3]


def test_what_targets_took_is_kept_and_a_file_that_is_none_costs_nothing(tmp_path: Path) -> None:
    for name, seconds in (("one", {"b/dev": 2.04, "a/dev": 1.0}), ("two", {"c/dev": 3.0})):
        write_durations(tmp_path / name, seconds)
    (tmp_path / "broken").write_text('{"a/dev": "long"}')

    joined = join_durations(tmp_path / name for name in ("one", "missing", "broken", "two"))

    assert joined == {"a/dev": 1.0, "b/dev": 2.0, "c/dev": 3.0}
    assert read_durations(None) == {}


def test_a_real_preview_is_of_what_would_be_deployed_environment_by_environment() -> None:
    found = affected("shared/keys.py", "policies/a.py")

    assert group_by_environment(found) == [
        {"name": "dev", "targets": "api/dev ecs/dev"},
        {"name": "prod", "targets": "api/prod ecs/prod"},
    ]
    assert group_by_environment(affected("policies/a.py")) == []


def edits(seed: int, count: int) -> Iterator[tuple[set[Target], set[Target], str]]:
    """What came out otherwise, what was said to be affected, and what was edited, of `count` random edits."""
    dice = random.Random(seed)  # noqa: S311
    world = World.random(dice)
    for _ in range(count):
        after, changed = world.edit(dice)
        said = find_affected(changed, after.targets, after.files, after.files.get)
        yield world.differences(after), {one.target for one in said}, str(changed)
        world = after


def check(worlds: int, count: int) -> None:
    needed = told = 0
    for seed in range(worlds):
        for truth, said, changed in edits(seed, count):
            assert truth <= said, (seed, changed)
            needed, told = needed + len(truth), told + len(said)
    assert told <= 1.3 * needed, (told, needed)


def test_random_edits_reach_what_running_every_program_shows() -> None:
    check(worlds=10, count=40)


@pytest.mark.soak
def test_ten_thousand_random_edits() -> None:
    check(worlds=100, count=100)


def test_three_hundred_targets_take_less_than_two_seconds() -> None:
    files: dict[str, Any] = {f"shared/m{n}.py": f"from shared import m{n + 1}\n" + "x = 'y'\n" * 80 for n in range(60)}
    targets = [Target(f"s{n:03}", name) for n in range(100) for name in ("dev", "staging", "prod")]
    for n in range(100):
        files[f"stacks/s{n:03}/__main__.py"] = f"from shared import m{n % 60}\n" + "a = 'b'\n" * 60
    files |= {f"stacks/{t.stack}/Pulumi.{t.environment}.yaml": "config: {a: {b: 1}}\n" * 1 for t in targets}

    started = time.process_time()
    found = find_affected(["shared/m59.py", "README.md"], targets, files, files.get)

    assert len(found) == 300
    assert time.process_time() - started < 2


def test_a_base_that_is_an_option_of_git_writes_no_file(tmp_path: Path) -> None:
    """`git diff --output=FILE` writes FILE, and the base is a text of whoever opens the pull request."""
    subprocess.run(["git", "init", "--quiet", "."], cwd=tmp_path, check=True)
    with pytest.raises(UserError):
        list_changed(tmp_path, f"--output={tmp_path / 'written'}")

    assert not (tmp_path / "written").exists()
