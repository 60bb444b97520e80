"""A fork stays green while it lives: each thing that a team does to its stacks, done in a copy of the tree.

What the edit could break is run there: the collection of every test, the tests that read the stacks' folders, and one
preview under the policy pack.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from gitops.checkout.targets import Target, discover
from shared.validate import problems
from tests.faults.run import AUTHOR, copied
from tests.worlds import FOLDER, ROOT

NEW, COPY = "renamed_service", "second_service"
pytestmark = pytest.mark.slow("each collects every test and runs an engine in a copy of the tree")

STACKS = sorted({target.stack for target in discover(ROOT)})
READ_THE_STACKS = (
    "(fork and (test_artefacts.py or test_config.py))",
    "test_catalogue.py",
    "test_contents.py",
    "test_document.py",
    "test_documented_commands.py",
    "(test_every_fault_can_be_tried and stacks)",
    "test_every_link",
    "test_every_stack_has_one",
    "test_a_stack_imports",
    "test_sizes.py",
    "test_stack.py",
    "test_validate.py",
    "test_validation.py",
)


def edit(file: Path, change: Callable[[dict[str, object]], None]) -> None:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(document["config"])
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def run(tree: Path, *command: str) -> None:
    """Fails the test with what was printed when the command fails in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    del environment[FOLDER]
    done = subprocess.run([sys.executable, *command], cwd=tree, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def is_green(tree: Path, *targets: str) -> None:
    for command in (["add", "--all"], [*AUTHOR, "commit", "--quiet", "--message", "edit"]):
        subprocess.run(["git", *command], cwd=tree, check=True, capture_output=True)
    run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-x", "tests", "-k", " or ".join(READ_THE_STACKS))
    run(tree, "-m", "gitops", "preview", "--rehearse", *targets)


def numbers(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where the whole numbers of a config are."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, (*path, key))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path


def change_numbers(target: Target, tree: Path, wanted: int) -> int:
    """Raises numbers of a target's config one by one, as long as the contract accepts it. How many it raised."""
    file, raised = target.config_file(tree), 0
    config = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
    for path in numbers(config):
        before = file.read_text(encoding="utf-8")

        def raise_it(values: dict[str, object], path: tuple[str, ...] = path) -> None:
            held: dict[str, object] = values
            for key in path[:-1]:
                held = held[key]  # type: ignore[assignment]
            held[path[-1]] += 1  # type: ignore[operator]

        edit(file, raise_it)
        if problems(target.folder(tree), target.environment):
            file.write_text(before, encoding="utf-8")
        elif (raised := raised + 1) == wanted:
            break
    return raised


@pytest.mark.skipif(len(STACKS) < 2, reason="this fork has one stack")
def test_stacks_are_deleted_ten_numbers_change_dev_alone_releases_another_artefact_one_is_renamed_one_copied() -> None:
    """In one copy: each edit alone would read the whole suite again."""
    with copied() as tree:
        kept, renamed = STACKS[0], STACKS[-1]
        for stack in STACKS[1:-1]:
            shutil.rmtree(tree / "stacks" / stack)
        dev, *_, prod = (target for target in discover(tree) if target.stack == kept)
        assert change_numbers(prod, tree, 10) == 10
        edit(dev.config_file(tree), lambda config: release_another(config[f"{kept}:release"]))
        copy(tree, kept, COPY)
        copy(tree, renamed, NEW)
        shutil.rmtree(tree / "stacks" / renamed)
        page = tree / "README.md"
        page.write_text(page.read_text(encoding="utf-8").replace(renamed, NEW), encoding="utf-8")
        is_green(tree, str(dev), f"{COPY}/{dev.environment}", f"{NEW}/{discover(ROOT)[-1].environment}")


CONTAINER = """
[container]
port = 8080
health = "/ping"
ready = "/ping"
predict = "/invocations"
slowest_seconds = 25
"""
KEEP_TO_THEIR_OWN_MODEL = (
    "tests/shared",
    "tests/serving",
    "tests/stacks/test_contradictions.py",
    "tests/stacks/ecs_service",
)


@pytest.mark.soak
def test_the_model_gets_a_container_of_its_own() -> None:
    """As docs/replace-the-model.md has it: a table more in the description, and the stacks that refuse it deleted."""
    with copied() as tree:
        file = tree / "model" / "model.toml"
        file.write_text(file.read_text(encoding="utf-8") + CONTAINER, encoding="utf-8")
        (tree / "model" / "train.py").unlink(missing_ok=True)
        ours = {target.stack: target for target in discover(tree) if not refuses(tree, target)}
        for stack in {*STACKS} - {*ours}:
            shutil.rmtree(tree / "stacks" / stack)
        run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-x", *KEEP_TO_THEIR_OWN_MODEL)
        is_green(tree, str(next(iter(ours.values()))))


def refuses(tree: Path, target: Target) -> bool:
    """Whether the contract of the copy refuses the target's config."""
    command = [sys.executable, "-m", "shared.validate", str(target.folder(tree)), target.environment]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True).returncode != 0


def release_another(release: object) -> None:
    assert isinstance(release, dict)
    release["artefact"] = release["artefact"].replace(release["model_version"], "9.9.9")
    release |= {"model_version": "9.9.9", "artefact_digest": "sha256:" + "5" * 64}


def copy(tree: Path, old: str, new: str) -> None:
    """Another stack of the same program, as somebody makes one: the folder, the project's name, its config keys."""
    folder = shutil.copytree(tree / "stacks" / old, tree / "stacks" / new)
    for file in folder.glob("Pulumi*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f"{old}:", f"{new}:").replace(f"name: {old}", f"name: {new}"), encoding="utf-8")
    page = folder / "README.md"
    page.write_text(page.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
