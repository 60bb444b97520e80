"""The rules there are, at which level, and that each says all that an author who meets it needs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml

from policies.checked import read_checked
from policies.describe import description
from policies.document import FILE as PAGE
from policies.document import document
from policies.examples import read_examples
from policies.levels import read_levels
from policies.pack import read_pack
from policies.renamed import RENAMED
from policies.rule import CATEGORIES, Rule
from policies.rules import MODULES, catalogue
from policies.tables import BadTable
from shared.settings import StackSettings
from tests.policies.test_survivors import OWN
from tests.stacks import configs

ROOT = Path(__file__).parents[2]
PINNED = Path(__file__).with_name("catalogue.txt")
RULES = catalogue()
LEVELS = read_levels(RULES)


def each_rule(function):
    return pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)(function)


def pinned(rule: Rule) -> str:
    levels = " ".join(level.value for level in LEVELS.row(rule).values())
    return f"{rule.name} {rule.severity.value} {levels}"


def test_rules_and_levels_are_the_pinned_ones() -> None:
    """A rule that goes, or a level that falls, must be taken out of this list in the same change, where it is seen."""
    assert sorted(pinned(rule) for rule in RULES) == PINNED.read_text().splitlines()


def test_every_module_of_rules_is_in_the_catalogue() -> None:
    files = {file.stem for file in (ROOT / "policies" / "rules").glob("*.py")} - {"__init__"}

    assert set(MODULES) == files


def test_names_are_unique_and_there_are_rules_in_every_category() -> None:
    assert max(Counter(rule.name for rule in RULES).values()) == 1
    assert {rule.category for rule in RULES} == set(CATEGORIES)


def test_former_names_lead_to_rules_and_are_no_rules_themselves() -> None:
    names = {rule.name for rule in RULES}

    assert set(RENAMED.values()) <= names
    assert not RENAMED.keys() & names


@each_rule
def test_rule_has_a_title_that_is_a_sentence_and_a_reason(rule: Rule) -> None:
    assert 15 <= len(rule.title) <= 110
    assert len(re.findall(r"[.!?)](?:\s|$)", rule.why)) >= 1
    assert len(rule.why) >= 60


@each_rule
def test_rule_has_a_fix_and_a_reference_of_the_provider(rule: Rule) -> None:
    hosts = ("docs.aws.amazon.com", "learn.microsoft.com", "azure.github.io", "www.pulumi.com")

    assert rule.fix.endswith(".")
    assert rule.reference.split("/")[0] == "https:"
    assert rule.reference.split("/")[2] in hosts


@each_rule
def test_rule_names_types_as_the_engine_does(rule: Rule) -> None:
    assert rule.on
    assert all(re.fullmatch(r"[a-z-]+:[\w/]+:\w+", type_) for type_ in rule.on)


def test_reasons_and_titles_are_each_rules_own() -> None:
    assert max(Counter(rule.why for rule in RULES).values()) == 1
    assert max(Counter(rule.title for rule in RULES).values()) == 1


@cache
def config_keys() -> set[str]:
    """Every key of the common blocks, and every one that some stack sets in some environment, with the keys above."""
    blocks = {name: field.annotation for name, field in StackSettings.model_fields.items()}
    found = {f"{name}.{key}" for name, block in blocks.items() for key in getattr(block, "model_fields", ())}

    def walk(value: object, path: str) -> None:
        found.add(path)
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{path}.{key}")

    for file in configs.FOLDER.glob("*.yaml"):
        for key, value in yaml.safe_load(file.read_text())[configs.FULL].items():
            walk(value, key.partition(":")[2])
    return found


@each_rule
def test_config_key_is_one_that_a_stack_has(rule: Rule) -> None:
    if rule.config_key:
        assert rule.config_key in config_keys()


def test_description_is_the_interface_that_reports_read() -> None:
    out = subprocess.run([sys.executable, "-m", "policies.describe"], cwd=ROOT, capture_output=True, check=True)
    rows = json.loads(out.stdout)

    assert rows == description(RULES, LEVELS, read_pack().settings)
    assert set(rows[0]) == {
        *(
            "rule",
            "formerly",
            "title",
            "why",
            "fix",
            "reference",
            "severity",
            "category",
            "config_key",
            "levels",
            "resource_types",
        ),
        *("frameworks", "parameters", "remedy", "set_by"),
    }
    assert rows[0]["levels"] == dict.fromkeys(LEVELS.environments, "mandatory")


def test_page_is_the_one_the_rules_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(
        RULES, LEVELS, read_examples(), read_checked(RULES), read_pack().settings
    )


def test_page_shows_every_rule_passing_and_failing() -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n### ")[1:]
    without = [section.split("\n")[0] for section in sections if "- Passes" not in section]

    assert len(sections) == len(RULES)
    assert without == ["exemptions-are-in-order", "pack-settings"]


def test_readings_of_sources_are_of_days_that_were_and_of_rules_that_are(tmp_path: Path) -> None:
    readings = read_checked(RULES).readings
    assert all(date(2026, 11, 21) <= date.fromisoformat(reading.day) <= date.today() for reading in readings.values())

    (tmp_path / "checked.yaml").write_text("checked:\n- {on: 2026-11-21, against: a page, rules: [no-such]}\n")
    with pytest.raises(BadTable, match=r"checked\.yaml:2: there is no rule 'no-such'"):
        read_checked(RULES, tmp_path / "checked.yaml")


def test_only_what_rests_on_more_than_advice_stops_a_run(tmp_path: Path) -> None:
    stopping = {rule.name for rule in RULES if "mandatory" in {level.value for level in LEVELS.row(rule).values()}}
    assert set(read_checked(RULES).evidence) == stopping - OWN

    for text, why in (
        ("evidence: {rumour: [ecs-service-scales]}", "there is no evidence 'rumour'"),
        ("evidence: {outage: [ecs-service-scales], refused: [ecs-service-scales]}", "rests on outage already"),
    ):
        (tmp_path / "checked.yaml").write_text(text)
        with pytest.raises(BadTable, match=why):
            read_checked(RULES, tmp_path / "checked.yaml")


def test_page_is_folded_but_for_its_tables() -> None:
    page = PAGE.read_text(encoding="utf-8")
    open_part = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)

    assert page.count("<details>") == page.count("</details>") == len(CATEGORIES)
    assert "### " not in open_part
    assert len(open_part.splitlines()) < 1.6 * len(RULES)
