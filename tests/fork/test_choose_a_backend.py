"""The page's table says of each stack what its settings hold; a stack that the fork has deleted is passed over."""

from __future__ import annotations

import re

import pytest

from shared.validate import load_settings
from tests.fork import page
from tests.worlds import ROOT

ROWS = re.findall(
    r"^\| `(\w+)` \| [^|]+ \| [^|]+ \| (\d+) MB[^|]*\| [^|]+ \| [^|]+ \| (\w+) \|$",
    page.read("choose-a-backend.md"),
    re.M,
)

OWN = re.findall(
    r"^\| `(\w+)` \| (?:yes|one)[^|]* \| ([^|]+) \| (\d+) MB \|.*\| (\d+) s \|$", page.read("choose-a-backend.md"), re.M
)


def test_every_stack_is_there() -> None:
    stacks = {file.parent.name for file in ROOT.glob("stacks/*/Pulumi.yaml")}
    assert stacks <= {stack for stack, _, _ in ROWS} or len(ROWS) == 5


@pytest.mark.parametrize(("stack", "largest", "regions"), ROWS)
def test_a_row_is_what_the_settings_say(stack: str, largest: str, regions: str) -> None:
    if not (ROOT / "stacks" / stack).is_dir():
        pytest.skip("this fork has deleted the stack")
    settings = load_settings(ROOT / "stacks" / stack)

    assert settings.largest_model_mb == int(largest)
    assert settings.multi_region == (regions == "two")


@pytest.mark.parametrize(("stack", "chips", "largest", "seconds"), OWN)
def test_a_row_of_containers_is_what_the_settings_say(stack: str, chips: str, largest: str, seconds: str) -> None:
    if not (ROOT / "stacks" / stack).is_dir():
        pytest.skip("this fork has deleted the stack")
    settings = load_settings(ROOT / "stacks" / stack)

    assert settings.largest_in_container_mb == int(largest)
    assert settings.chips == set(chips.split(", "))
    assert settings.longest_call_seconds == int(seconds)


def test_stacks_without_a_row_of_containers_carry_none() -> None:
    for file in ROOT.glob("stacks/*/Pulumi.yaml"):
        carries = load_settings(file.parent).largest_in_container_mb
        assert bool(carries) == (file.parent.name in {row[0] for row in OWN}), file.parent.name
