"""What model/model.toml may say, what a mistake in it says, and what a request to such a model may be."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from serving import environments
from serving.contract import CONTENT_TYPE, BadRequest, parse_request
from serving.description import BadDescription, Description, read

TEXT = """
name = "house-prices"
version = "2.1"
[[inputs]]
name = "area"
lowest = 10
[[inputs]]
name = "rooms"
integer = true
lowest = 1
highest = 20
[[inputs]]
name = "history"
shape = [2, 2]
[[outputs]]
name = "price"
[[outputs]]
name = "class"
labels = ["cheap", "dear"]
[canary]
instance = {area = 80.5, rooms = 3, history = [[1, 2], [3, 4]]}
answer = {price = 200.25, class = "dear"}
"""
OWN = """
[container]
port = 8000
health = "/health"
"""
GOOD = {"area": 80.5, "rooms": 3, "history": [[1, 2], [3, 4]]}


def describe(folder: Path, text: str = TEXT) -> Description:
    file = folder / "model.toml"
    file.write_text(text, encoding="utf-8")
    return read(file)


def test_the_canary_is_a_request_and_its_answer_may_differ_in_the_fourth_place(tmp_path: Path) -> None:
    found = describe(tmp_path)

    assert parse_request(CONTENT_TYPE, found.canary_request, found).instances == [GOOD]
    assert found.misses_canary({"price": 200.2504, "class": "dear", "more": 1}) == ""
    assert found.misses_canary({"price": 200.3, "class": "dear"}) == "price: expected 200.25, found 200.3"
    assert found.misses_canary({"price": 200.25, "class": "cheap"}) == "class: expected 'dear', found 'cheap'"


@pytest.mark.parametrize(
    ("expected", "found", "near"),
    [
        ([1.5, [2.25]], [1.5004, [2.2504]], True),
        ([1.5, [2.25]], [1.5, [2.26]], False),
        ([1.5, 2.5], [1.5], False),
        (231415.9, 231416.9, True),
        (231415.9, 231425.9, False),
        (3, 3.0004, False),
        (0.5, None, False),
    ],
)
def test_numbers_are_near_in_lists_too_and_large_ones_by_their_share(
    tmp_path: Path, expected: object, found: object, near: bool
) -> None:
    one = describe(tmp_path, TEXT.replace('{price = 200.25, class = "dear"}', f"{{price = {json.dumps(expected)}}}"))

    assert (one.misses_canary({"price": found}) == "") == near


@pytest.mark.parametrize(
    ("instance", "field", "message"),
    [
        ({"area": 80.5, "rooms": 3}, "instances[0].history", "missing"),
        ({**GOOD, "garden": 1}, "instances[0].garden", "unknown input, expected area, rooms, history"),
        ({**GOOD, "area": 9}, "instances[0].area", "expected a number from 10, found 9"),
        ({**GOOD, "area": "80"}, "instances[0].area", 'expected a number from 10, found "80"'),
        ({**GOOD, "area": True}, "instances[0].area", "expected a number from 10, found true"),
        ({**GOOD, "rooms": 2.5}, "instances[0].rooms", "expected a whole number from 1 to 20, found 2.5"),
        ({**GOOD, "history": [[1, 2]]}, "instances[0].history", "expected 2 lists, found 1"),
        ({**GOOD, "history": [[1, 2], [3]]}, "instances[0].history[1]", "expected 2 numbers, found 1"),
        ({**GOOD, "history": [[1, 2], [3, None]]}, "instances[0].history[1][1]", "expected a number, found null"),
        ([80.5, 3], "instances[0]", "expected an object of area, rooms, history, found a list of 2"),
    ],
)
def test_a_wrong_instance_is_named_by_its_place(tmp_path: Path, instance: object, field: str, message: str) -> None:
    body = json.dumps({"instances": [instance]}).encode()

    with pytest.raises(BadRequest) as caught:
        parse_request(CONTENT_TYPE, body, describe(tmp_path))

    assert (caught.value.field, caught.value.message) == (field, message)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('version = "2.1"', "", "model.toml: version: missing"),
        ('version = "2.1"', "version = 2.1", "model.toml: version: expected str, found 2.1"),
        ("lowest = 10", "minimum = 10", r"inputs\[0\]: minimum: unknown, expected name, shape, lowest"),
        ("shape = [2, 2]", "shape = 4", r"inputs\[2\]: shape: expected list, found 4"),
        ("[canary]", "[canaries]", "model.toml: canary: expected a table"),
        ("[[outputs]]", "[outputs]", "no TOML"),
        ("answer = {", "answers = {", "canary: answers: unknown"),
    ],
)
def test_a_mistake_names_the_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in TEXT

    with pytest.raises(BadDescription, match=said):
        describe(tmp_path, TEXT.replace(old, new))


def test_a_program_says_a_mistake_in_a_sentence(tmp_path: Path) -> None:
    for name in ("__init__", "description"):
        (tmp_path / "serving").mkdir(exist_ok=True)
        shutil.copy(environments.ROOT / f"serving/{name}.py", tmp_path / "serving")
    (tmp_path / "model").mkdir()
    (tmp_path / "model/model.toml").write_text(TEXT.replace("lowest = 10", "lowst = 10"), encoding="utf-8")

    done = subprocess.run([sys.executable, "-m", "serving.description"], cwd=tmp_path, capture_output=True, text=True)

    wanted = "error: model/model.toml: inputs[0]: lowst: unknown, expected name, shape, lowest, highest, integer\n"
    assert (done.returncode, done.stderr) == (2, wanted)


def test_a_container_of_ones_own_is_left_to_whoever_runs_it(tmp_path: Path) -> None:
    file = tmp_path / "model.toml"
    file.write_text(TEXT + OWN, encoding="utf-8")

    assert read(file).container == {"port": 8000, "health": "/health"}
    file.write_text(TEXT, encoding="utf-8")
    assert read(file).container == {}
