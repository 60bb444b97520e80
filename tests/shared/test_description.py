"""What is wrong with model/model.toml is said at once, each fault with its line, before an engine starts."""

from __future__ import annotations

import asyncio
import json
from dataclasses import fields
from pathlib import Path
from typing import NoReturn

import pulumi
import pytest
from pulumi.runtime import settings

from serving import description as of_the_app
from shared import description
from shared.container import read_container
from shared.description import Canary, Description, Input, Output, find_problems
from shared.problem import InvalidConfig
from shared.stack import Stack
from shared.validate import load_settings, problems
from tests.shared.configs import EXAMPLE, ROOT, Config

ONE = """name = "digits"
version = "1.0.0"
[[inputs]]
name = "pixels"
shape = [2, 2]
lowest = 0
highest = 16
[[outputs]]
name = "label"
[canary]
instance = [[0, 1], [2, 3]]
answer = {label = 7}
"""
TWO = """name = "house-prices"
version = "2.1"
[[inputs]]
name = "area"
[[inputs]]
name = "rooms"
integer = true
[[outputs]]
name = "price"
[canary]
instance = {area = 80.5, rooms = 3}
answer = {price = 200.25}
"""
CONTAINER = '[container]\nport = 80\nhealth = "/"\nready = "/"\npredict = "/"\n'


def told(folder: Path, text: str) -> list[str]:
    file = folder / "model" / "model.toml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return [str(problem) for problem in find_problems(file)]


@pytest.mark.parametrize("text", [ONE, TWO, TWO + CONTAINER.replace("80", "8080")])
def test_a_good_description_is_let_be(text: str, tmp_path: Path) -> None:
    assert told(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "says"),
    [
        (ONE, "highest", "higest", [":7: inputs.0.higest: found an unknown key, expected one of name, shape, lowest"]),
        (ONE, 'version = "1.0.0"', "version = 1.0", [":2: version: found 1.0, expected a valid string; put it in"]),
        (ONE, '"1.0.0"', '"1 0"', [':2: version: found "1 0", expected text matching']),
        (ONE, "[canary]", "[canry]", [":10: canry: found an unknown key", ":1: canary: found nothing"]),
        (ONE, "shape = [2, 2]", "shape = [2, 0]", [":5: inputs.0.shape.1: found 0, expected greater than or equal"]),
        (ONE, "lowest = 0", "lowest = 17", [":6: inputs.0.lowest: found 17, expected at most highest (16)"]),
        (ONE, "[2, 3]]", "[2]]", [":11: canary.instance.1: found a list of 1, expected a list of 2"]),
        (ONE, "[2, 3]]", "[2, 17]]", [":11: canary.instance.1.1: found 17, expected a number from 0 to 16"]),
        (ONE, "highest = 16", "highest = 0.5", [":11: canary.instance.0.1: found 1, expected a number from 0 to 0.5"]),
        (ONE, "label = 7", "lable = 7", [":12: canary.answer.lable: found 'lable', expected one of outputs: label"]),
        (
            TWO,
            '"rooms"',
            '"area"',
            [
                ":6: inputs.1.name: found 'area', expected a name that no other has",
                ":11: canary.instance: found a table of area, rooms, expected a table of area, area",
            ],
        ),
        (TWO, "rooms = 3", "room = 3", [":11: canary.instance: found a table of area, room, expected a table of area"]),
        (TWO, "rooms = 3", "rooms = 3.5", [":11: canary.instance.rooms: found 3.5, expected a whole number"]),
        (TWO, "rooms = 3", "rooms = true", [":11: canary.instance.rooms: found True, expected a whole number"]),
        (TWO, "{area = 80.5, rooms = 3}", "[80.5, 3]", [":11: canary.instance: found a list of 2, expected a table"]),
        (TWO, "[canary]", CONTAINER + "[canary]", [":11: container.port: found 80, expected greater than or equal"]),
        (TWO, "[canary]", "[canary", [":10: found no TOML, expected a well-formed file"]),
        (
            ONE,
            "[[outputs]]\nname",
            "outputs = []\nx",
            [": inputs.0.outputs: found an", ": inputs.0.x", ": outputs: fou"],
        ),
    ],
)
def test_a_mistake_names_line_key_found_and_expected(
    text: str, old: str, new: str, says: list[str], tmp_path: Path
) -> None:
    assert old in text

    lines = told(tmp_path, text.replace(old, new))

    assert [want for want, line in zip(says, lines, strict=True) if want not in line] == [], lines
    assert all(line.startswith("model/model.toml:") for line in lines)


def test_a_misspelt_key_is_told_the_nearest_and_all_mistakes_come_at_once(tmp_path: Path) -> None:
    lines = told(tmp_path, TWO.replace("integer", "integr").replace("2.1", "2 1").replace("answer", "anwser"))

    assert [line.partition("; ")[2] for line in lines if "did you mean" in line] == [
        "did you mean 'integer'?",
        "did you mean 'answer'?",
    ]
    assert len(lines) == 4


def test_a_description_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    (problem,) = find_problems(tmp_path / "model" / "model.toml")

    assert str(problem) == "model/model.toml: found no such file or directory, expected a description"


def test_the_app_and_the_contract_know_the_same_keys() -> None:
    for ours, theirs in (
        (Input, of_the_app.Input),
        (Output, of_the_app.Output),
        (Canary, of_the_app.Canary),
        (Description, of_the_app.Description),
    ):
        assert set(ours.model_fields) == {field.name for field in fields(theirs)}


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository's description has a wrong key, and a container that has no port."""
    file = tmp_path / "model.toml"
    file.write_text(ONE.replace("highest", "higest") + CONTAINER.replace("port = 80\n", ""), encoding="utf-8")
    monkeypatch.setattr(description.find_problems, "__defaults__", (file,))
    monkeypatch.setattr(read_container, "__defaults__", (file,))


@pytest.mark.usefixtures("broken")
def test_a_stacks_config_is_not_valid_beside_a_broken_description_and_is_not_blamed_for_it() -> None:
    found = problems(ROOT / "stacks" / EXAMPLE, "prod")

    assert [problem.key for problem in found] == ["inputs.0.higest", "container.port"]


@pytest.mark.usefixtures("broken")
def test_a_program_that_the_plain_engine_runs_says_so_too() -> None:
    asyncio.set_event_loop(asyncio.new_event_loop())  # a test that ran before may have closed the thread's own
    pulumi.runtime.set_mocks(NoCloud(), project=EXAMPLE, stack="prod")
    pulumi.runtime.set_all_config(
        {k: v if isinstance(v, str) else json.dumps(v) for k, v in Config(EXAMPLE).values.items()}
    )
    try:
        with pytest.raises(InvalidConfig, match="did you mean 'highest'"):
            Stack.load(load_settings(ROOT / "stacks" / EXAMPLE))
    finally:
        pulumi.runtime.set_all_config({})
        settings.ROOT.set(None)  # it waits for this loop, and whoever registers after this would wait for it


class NoCloud(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> NoReturn:
        raise AssertionError(args.name)

    def call(self, args: pulumi.runtime.MockCallArgs) -> NoReturn:
        raise AssertionError(args.token)
