"""The config as a file: what it may hold, the one beside the pack, and the schema by which editors check it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from policies.check import main
from policies.config import read_config
from policies.describe import description
from policies.host import Host
from policies.pack import CONFIG, Pack, read_pack
from policies.rules import catalogue
from policies.schema import FOLDER, schemas, text
from policies.settings import BadConfig, Settings
from tests.policies.test_check import state
from tests.policies.test_config import TWO, configure, levels, target
from tests.policies.wire import judge, violations

RULES = catalogue()


def read(tmp_path: Path, document: Any) -> Settings:
    file = tmp_path / "config.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return read_config(file, RULES, ("dev", "staging", "prod"))


def test_file_is_read_as_the_engine_reads_it(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "all": "advisory",
            TWO: {"enforcementLevel": "mandatory", "least": 4},
            "iam-policy-is-not-a-wildcard": "disabled",
        },
    )

    assert found.parameters == {TWO: {"least": 4}}
    assert {
        found.levels[name].level.value for name in (TWO, "iam-policy-is-not-a-wildcard", "storage-key-rotates")
    } == {*("mandatory", "disabled", "advisory")}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("{", "no JSON"),
        ("[]", "found list, expected an object"),
        ({TWO: 3}, "found 3, expected a level or an object"),
        ({TWO: "strict"}, f"{TWO}.enforcementLevel: found 'strict', expected"),
    ],
)
def test_file_that_is_no_config_is_named(tmp_path: Path, document: Any, why: str) -> None:
    with pytest.raises(BadConfig, match=why):
        read(tmp_path, document)


def test_check_takes_the_same_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(json.dumps(state(minimum=1)))
    (tmp_path / "config.json").write_text(json.dumps({TWO: "advisory"}))
    (tmp_path / "wrong.json").write_text(json.dumps({TWO: "strict"}))

    assert main([str(tmp_path / "state.json"), "--config", str(tmp_path / "config.json")]) == 0
    assert "0 mandatory and 1 advisory findings" in capsys.readouterr().out
    assert main([str(tmp_path / "state.json"), "--config", str(tmp_path / "wrong.json")]) == 2
    assert f"wrong.json: {TWO}.enforcementLevel: found 'strict'" in capsys.readouterr().err


def test_schemas_are_those_that_the_rules_make_and_hold_what_the_pack_takes() -> None:
    made = schemas(RULES)

    assert {file.stem: file.read_text() for file in FOLDER.glob("*.json")} == {n: text(s) for n, s in made.items()}
    jsonschema.validate(json.loads(CONFIG.read_text(encoding="utf-8")), made["config"])
    good = {
        TWO: {"least": 3},
        "storage-key-rotates": "remediate",
        "pack-settings": {"categories": {"cost": "disabled"}, "rules": {TWO: {"staging": "mandatory"}}},
    }
    jsonschema.validate(good, made["config"])
    by_rule = [{"no-such-rule": {"prod": "mandatory"}}, {TWO: {"prod": "strict"}}, {TWO: "mandatory"}]
    for bad in (
        {TWO: {"most": 3}},
        {"no-such-rule": "advisory"},
        {"pack-settings": {"levels": 1}},
        {"pack-settings": {"categories": {"money": "disabled"}}},
        *({"pack-settings": {"rules": rules}} for rules in by_rule),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, made["config"])


def repository(tmp_path: Path, config: Mapping[str, Any]) -> Pack:
    """The pack of a repository that has a `config.json` beside it."""
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    return read_pack(file)


def test_config_beside_the_pack_holds_in_every_run(tmp_path: Path) -> None:
    pack = repository(tmp_path, {TWO: {"least": 3}, "required-tags-are-set": "mandatory"})

    said = judge(target(2), Host(pack, "prod"))

    assert violations(said, TWO) == ["minCapacity is 2, wanted 3 or more"]
    rows = {row["rule"]: row for row in description(pack.rules, pack.levels, pack.settings)}
    assert rows[TWO]["parameters"]["least"]["default"] == 3
    assert set(rows["required-tags-are-set"]["levels"].values()) == {"mandatory"}


def test_level_by_column_beside_the_pack_is_told_with_the_files_name_until_the_engines_config_says_another(
    tmp_path: Path,
) -> None:
    raised = {"lambda-alias-scales": {"prod": "mandatory"}, TWO: {"prod": "advisory", "staging": "mandatory"}}
    pack = repository(tmp_path, {"pack-settings": {"rules": raised}})
    beside = f"{tmp_path.name}/config.json"

    (said,) = [finding for finding in judge(target(1), Host(pack, "staging"), "staging") if finding.rule == TWO]
    assert said[1:3] == ("mandatory", f"minCapacity is 1, wanted 2 or more (mandatory by {beside})")
    rows = {row["rule"]: row for row in description(pack.rules, pack.levels, pack.settings)}
    assert rows["lambda-alias-scales"]["levels"]["prod"] == "mandatory"
    assert rows["lambda-alias-scales"]["set_by"] == {"prod": beside}
    assert rows[TWO]["set_by"] == dict.fromkeys(["staging", "prod"], beside)

    other = configure(Host(pack, "staging"), {TWO: "disabled"})
    assert levels(judge(target(1), other, "staging"), TWO) == []
    third = configure(Host(pack, "prod"), {"pack-settings": {"rules": {TWO: {"staging": "disabled"}}}})
    assert levels(judge(target(1), third), TWO) == ["advisory"]


def test_the_repositorys_own_config_only_raises_and_only_rules_that_are_advice_elsewhere() -> None:
    pack = read_pack()
    rows = {row["rule"]: row for row in description(pack.rules, pack.levels, pack.settings)}
    own = {row["rule"]: row["levels"] for row in description(pack.rules, pack.levels)}

    assert len(pack.settings.rules) >= 20
    for name, choices in pack.settings.rules.items():
        assert rows[name]["set_by"] == dict.fromkeys(choices, "policies/config.json")
        assert {own[name][column] for column in choices} == {"advisory"}
        assert {rows[name]["levels"][column] for column in choices} == {"mandatory"}


def test_config_of_the_engine_says_more_than_the_one_beside_the_pack(tmp_path: Path) -> None:
    beside = {
        TWO: {"least": 3},
        "scaling-target-has-room": "disabled",
        "pack-settings": {"categories": {"cost": "disabled"}},
    }
    pack = configure(Host(repository(tmp_path, beside), "prod"), {TWO: {"enforcementLevel": "advisory", "least": 4}})

    said = judge(target(3, maxCapacity=3), pack)

    assert [(finding.level, finding.message) for finding in said if finding.rule == TWO] == [
        ("advisory", "minCapacity is 3, wanted 4 or more (advisory by the policy config)")
    ]
    assert violations(said, "scaling-target-has-room") == []
    assert violations(judge(target(4, maxCapacity=4000), pack), "scaling-target-is-bounded") == []


def test_mistake_in_the_config_beside_the_pack_names_the_file_and_the_key(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"config\.json: scaling-target-keeps-two\.least: found 'three'"):
        repository(tmp_path, {TWO: {"least": "three"}})
