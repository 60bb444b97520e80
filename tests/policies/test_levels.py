"""The table of levels: what it must hold, and what a mistake in it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel

from policies.levels import FILE, environment_of, read_levels
from policies.rules import catalogue
from policies.tables import BadTable

TABLE = FILE.read_text(encoding="utf-8")
RULES = catalogue()


def read(tmp_path: Path, text: str):
    file = tmp_path / "levels.yaml"
    file.write_text(text, encoding="utf-8")
    return read_levels(RULES, file)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("cost: {dev: advisory", "cost: {dev: advisry", "there is no level 'advisry'"),
        ("cost: {dev: advisory", "cost: {development: advisory", "there is no environment 'development'"),
        ("cost: {dev: advisory, ", "cost: {", "no level for dev"),
        ("  cost: {", "  costs: {", "there is no category 'costs'"),
        (
            "  scaling-target-keeps-two: {",
            "  scaling-target-keeps-too: {",
            "there is no rule 'scaling-target-keeps-too'",
        ),
        ("rules:", "exceptions:", "'exceptions' is neither 'categories' nor 'rules'"),
    ],
)
def test_mistake_names_file_line_and_what_was_found(tmp_path: Path, old: str, new: str, why: str) -> None:
    text = TABLE.replace(old, new, 1)

    with pytest.raises(BadTable) as error:
        read(tmp_path, text)

    place, _, message = str(error.value).partition(": ")
    assert message.startswith(why)
    assert place.startswith(f"{tmp_path.name}/levels.yaml:")
    assert abs(int(place.rpartition(":")[2]) - line_of(text, new)) <= 3


def test_category_without_a_row_is_refused(tmp_path: Path) -> None:
    text = "".join(line for line in TABLE.splitlines(keepends=True) if not line.startswith("  security:"))

    with pytest.raises(BadTable, match="categories without a row: security"):
        read(tmp_path, text)


def test_yaml_that_is_none_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"levels\.yaml:2: "):
        read(tmp_path, "categories:\n  cost: {dev: [}\n")


def test_rules_row_replaces_its_categorys(tmp_path: Path) -> None:
    levels = read(tmp_path, TABLE)
    by_name = {rule.name: rule for rule in RULES}

    assert levels.of(by_name["scaling-target-keeps-two"], "dev") is EnforcementLevel.DISABLED
    assert levels.of(by_name["scaling-target-has-room"], "dev") is EnforcementLevel.MANDATORY


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("dev", "dev"),
        ("org/project/staging", "staging"),
        ("prod", "prod"),
        ("feature-x", "prod"),
        ("", "prod"),
        (None, "prod"),
    ],
)
def test_stack_that_is_no_environment_is_judged_as_prod(name: str | None, environment: str) -> None:
    assert environment_of(name) == environment
