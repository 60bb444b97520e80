"""The list of faults fits the tree: each edit applies and leaves a file that can be read, each test named is there."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.faults import ROOT, Fault, rooms
from tests.faults.run import Outcome, try_fault


def problems(fault: Fault) -> Iterator[str]:
    """Why the fault cannot be tried. A stack that a fork has deleted takes its faults along."""
    room, stack, *_ = [*Path(fault.file).parts, ""]
    if room == "stacks" and not (ROOT / room / stack).is_dir():
        return
    try:
        before = (ROOT / fault.file).read_text(encoding="utf-8")
        after = fault.edit(before)
    except (OSError, ValueError) as error:
        yield str(error)
        return
    if after == before:
        yield f"{fault.id}: the edit changes nothing"
    try:
        read(fault.file, after)
    except (SyntaxError, yaml.YAMLError) as error:
        yield f"{fault.id}: the edited file cannot be read: {error}"
    yield from (f"{fault.id}: there is no test {test}" for test in fault.tests if not exists(test))


def read(file: str, text: str) -> None:
    if file.endswith(".py"):
        ast.parse(text)
    elif file.endswith((".yml", ".yaml")):
        yaml.safe_load(text)


def exists(test: str) -> bool:
    file, _, name = test.partition("::")
    if not (ROOT / file).is_file() or name.count("[") != name.endswith("]"):
        return False
    return not name or name.partition("[")[0] in functions(ROOT / file)


@cache
def functions(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("room", rooms())
def test_every_fault_can_be_tried(room: str) -> None:
    assert [problem for fault in rooms()[room] for problem in problems(fault)] == []
    assert all(fault.tests for fault in rooms()[room])


def test_what_cannot_be_tried_is_seen() -> None:
    fault = rooms()["report"][0]
    broken = [
        fault.model_copy(update={"find": "nowhere to be found"}),
        fault.model_copy(update={"find": "\n"}),
        fault.model_copy(update={"replace": fault.find}),
        fault.model_copy(update={"replace": "(" + fault.replace}),
        fault.model_copy(update={"file": "gitops/nowhere.py"}),
        fault.model_copy(update={"tests": ("tests/report/test_verdict.py::test_nothing",)}),
    ]

    assert [len(list(problems(each))) for each in broken] == [1] * len(broken)


def test_there_are_enough_and_no_two_have_one_name() -> None:
    names = Counter(fault.id for faults in rooms().values() for fault in faults)

    assert len(names) >= 120
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    ("replace", "outcome"),
    [('f"one {noun}"', Outcome.FOUND), ('f"1 {noun}"  # the same', Outcome.SURVIVED)],
)
def test_the_runner_tests_a_copy_and_not_the_checkout(replace: str, outcome: Outcome) -> None:
    """An edit that changes what is said is found, one that does not survives; both are made in the copy alone."""
    fault = rooms()["report"][0].model_copy(
        update={"file": "gitops/report/text/words.py", "find": 'f"1 {noun}"', "replace": replace}
    )
    assert fault.tests == ("tests/report/test_verdict.py",)

    assert try_fault(fault) is outcome
