"""The table of levels: what it must hold, and what a mistake in it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel

from policies import environments
from policies.environments import environment_of
from policies.levels import FILE, read_levels
from policies.rules import catalogue
from policies.tables import BadTable, name_file

TABLE = FILE.read_text(encoding="utf-8")
RULES = catalogue()


def read(tmp_path: Path, text: str, environments: str = ""):
    file, listed = tmp_path / "levels.yaml", tmp_path / "environments.yaml"
    file.write_text(text, encoding="utf-8")
    if environments:
        listed.write_text(environments, encoding="utf-8")
    return read_levels(RULES, file, listed)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("cost: {dev: advisory", "cost: {dev: advisry", "there is no level 'advisry'"),
        ("cost: {dev: advisory", "cost: {development: advisory", "there is no column 'development'"),
        ("cost: {dev: advisory, ", "cost: {", "no level for dev"),
        ("  cost: {", "  costs: {", "there is no category 'costs'"),
        (
            "  scaling-target-keeps-two: {",
            "  scaling-target-keeps-too: {",
            "there is no rule 'scaling-target-keeps-too'",
        ),
        ("stacks:\n  dev:", "stacks:\n  development:", "there is no column 'development'"),
        ("rules:", "exceptions:", "'exceptions' is none of 'stacks', 'categories' and 'rules'"),
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
    ("name", "column"),
    [
        ("dev", "dev"),
        ("org/project/staging", "staging"),
        ("prod", "prod"),
        ("feature-x", "dev"),
        ("pr-123", "dev"),
        ("qa", "staging"),
        ("test", "staging"),
        ("live", "prod"),
        ("", "prod"),
        (None, "prod"),
    ],
)
def test_stack_is_judged_by_its_name_and_any_other_at_the_strictest_levels(
    tmp_path: Path, name: str | None, column: str
) -> None:
    assert read(tmp_path, TABLE).column(environment_of(name)) == column


def test_an_environment_is_judged_at_the_levels_that_its_row_names(tmp_path: Path) -> None:
    rows = "environments:\n  - {name: lab, levels: dev}\n  - {name: qa, levels: staging, approval: none}\n"
    levels = read(tmp_path, TABLE, rows)

    assert [levels.column(name) for name in ("lab", "qa", "dev", "live")] == ["dev", "staging", "dev", "prod"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("{name: qa, levels: stagin}", "policies/levels.yaml has no column 'stagin'"),
        ("{name: qa}", "an environment needs 'name' and 'levels'"),
    ],
)
def test_an_environment_that_no_column_judges_is_refused(tmp_path: Path, row: str, why: str) -> None:
    with pytest.raises(BadTable, match=rf"environments\.yaml:2: {why}"):
        read(tmp_path, TABLE, f"environments:\n  - {row}\n")


def test_a_file_is_named_as_in_the_checkout_whatever_that_is_called() -> None:
    assert name_file(FILE) == "policies/levels.yaml"
    assert name_file(environments.FILE) == "environments.yaml"
