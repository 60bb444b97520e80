"""What a team sets through the policy config: levels, thresholds, environments, files; and what a mistake says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grpc
import jsonschema
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from policies.check import main
from policies.config import read_config
from policies.describe import description
from policies.examples import Raw
from policies.host import Host
from policies.pack import CONFIG, Pack, read_pack
from policies.rules import catalogue
from policies.schema import FOLDER, schemas, text
from policies.settings import BadConfig, Settings
from tests.policies.test_check import state
from tests.policies.wire import Said, host, judge, violations

RULES = catalogue()
TARGET = "aws:appautoscaling/target:Target"
TWO = "scaling-target-keeps-two"


class Refused(Exception):
    pass


class Context:
    """gRPC's, as far as a refusal goes."""

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise Refused(f"{code.name}: {details}")


def target(minimum: int = 2, **properties: Any) -> Raw:
    base = {"scalableDimension": "ecs:service:DesiredCount", "serviceNamespace": "ecs", "maxCapacity": 40}
    return {"target": {"type": TARGET, "properties": {**base, "minCapacity": minimum, **properties}}}


def configured(pack: Host, given: Mapping[str, Any]) -> Host:
    """The pack after the engine has handed on a config: every policy with its level and thresholds, as it does."""
    told = pack.GetAnalyzerInfo(None, None).policies
    config = {each.name: analyzer_pb2.PolicyConfig(enforcementLevel=each.enforcementLevel) for each in told}
    for each in told:
        defaults = json_format.MessageToDict(each.configSchema.properties)
        json_format.ParseDict({k: v["default"] for k, v in defaults.items()}, config[each.name].properties)
    for name, value in given.items():
        row = {"enforcementLevel": value} if isinstance(value, str) else dict(value)
        config.setdefault(name, analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.ADVISORY))
        if level := row.pop("enforcementLevel", None):
            config[name].enforcementLevel = analyzer_pb2.EnforcementLevel.Value(level.upper())
        config[name].properties.MergeFrom(json_format.ParseDict(row, struct_pb2.Struct()))
    pack.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=config), Context())
    return pack


def ask(raw: Raw, given: Mapping[str, Any], stack: str = "prod") -> list[Said]:
    return judge(raw, configured(host(stack), given), stack)


def levels(found: list[Said], rule: str) -> list[str]:
    return [each.level for each in found if each.rule == rule]


def test_config_that_sets_nothing_changes_nothing() -> None:
    assert ask(target(1), {}) == judge(target(1))


def test_level_is_the_one_that_is_set() -> None:
    assert levels(ask(target(1), {TWO: "advisory"}), TWO) == ["advisory"]
    assert levels(ask(target(1), {TWO: "disabled"}), TWO) == []
    assert levels(ask(target(1), {TWO: "mandatory"}, "staging"), TWO) == ["mandatory"]


def test_threshold_is_the_one_that_is_set_at_the_packs_own_level() -> None:
    found = ask(target(2), {TWO: {"least": 3}})

    assert [(each.level, each.message) for each in found if each.rule == TWO] == [
        ("mandatory", "minCapacity is 2, wanted 3 or more")
    ]


def test_required_tags_are_the_teams_own() -> None:
    raw: Raw = {"c": {"type": "aws:ecs/cluster:Cluster", "properties": {"tags": {"team": "search"}}}}
    rule = "tags-say-whose-it-is"

    assert violations(ask(raw, {rule: {"tags": ["team", "tier"]}}), rule) == ["tags has no tier, wanted it"]


def test_category_has_one_level_or_one_for_each_column() -> None:
    off = {"pack-settings": {"categories": {"autoscaling": "disabled"}}}
    soft = {"pack-settings": {"categories": {"autoscaling": {"prod": "advisory"}}}}

    assert levels(ask(target(1), off), TWO) == []
    assert levels(ask(target(1), soft), TWO) == ["advisory"]
    assert levels(ask(target(1), soft | {TWO: "mandatory"}), TWO) == ["advisory"]  # the pack's own level sets nothing


def test_a_rule_has_a_level_for_each_column_which_says_more_than_its_own_and_its_categorys() -> None:
    given = {"rules": {TWO: {"staging": "mandatory", "dev": "disabled"}}, "categories": {"autoscaling": "disabled"}}
    both = {TWO: "advisory", "pack-settings": given}

    found = ask(target(1), {"pack-settings": given}, "staging")
    assert [each.message for each in found if each.rule == TWO and each.level == "mandatory"] == [
        "minCapacity is 1, wanted 2 or more (mandatory by the policy config)"
    ]
    assert [levels(ask(target(1), both, stack), TWO) for stack in ("dev", "staging", "prod")] == [
        [],
        ["mandatory"],
        ["advisory"],
    ]


@pytest.mark.parametrize(
    ("stack", "tags", "level"),
    [
        ("live-eu", {}, ["mandatory"]),
        ("pr-12", {}, []),
        ("acme/web/pr-12", {}, []),
        ("anything", {"tier": "trial"}, []),
        ("anything", {"tier": "gold"}, ["mandatory"]),
    ],
)
def test_environment_is_the_one_whose_pattern_or_tag_matches(
    stack: str, tags: dict[str, str], level: list[str]
) -> None:
    environments = {"prod": {"stacks": ["live-*"]}, "dev": {"stacks": ["pr-*"], "tags": {"tier": "tr*"}}}
    pack = host(stack)
    pack.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack=stack, tags=tags), None)
    found = judge(target(1), configured(pack, {"pack-settings": {"environments": environments}}), stack)

    assert levels(found, TWO) == level
    known = stack != "anything" or tags["tier"] == "trial"
    assert violations(found, "pack-settings") == (
        [] if known else ["no environment of the settings has this stack: judged as the strictest"]
    )


def test_exemptions_and_baseline_are_the_teams_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    urn = f"urn:pulumi:prod::example::{TARGET}::target"
    (tmp_path / "exempt.yaml").write_text(
        f"exemptions:\n- {{resource: '{urn}', rule: {TWO}, reason: a trial, owner: search, expires: 2099-01-01}}\n"
    )
    (tmp_path / "base.yaml").write_text(f"findings:\n- {{rule: scaling-target-has-a-policy, resource: '{urn}'}}\n")
    monkeypatch.setenv("PWD", str(tmp_path))
    found = ask(target(1), {"pack-settings": {"exemptions": "exempt.yaml", "baseline": "base.yaml"}})

    assert levels(found, TWO) == levels(found, "scaling-target-has-a-policy") == ["advisory"]
    [message] = violations(found, "scaling-target-has-a-policy")
    assert message.endswith(f"; exempted: it was there before (the baseline, {tmp_path.name}/base.yaml:2)")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (
            {"scaling-target-keeps-too": "advisory"},
            f"scaling-target-keeps-too: there is no such rule, did you mean '{TWO}'?",
        ),
        ({TWO: {"most": 3}}, f"{TWO}.most: found 3, expected one of least"),
        ({TWO: {"least": "three"}}, f"{TWO}.least: found 'three', expected a whole number from 0"),
        ({TWO: {"least": -1}}, f"{TWO}.least: found -1, expected a whole number from 0"),
        ({"storage-key-rotates": {"days": 3}}, "storage-key-rotates.days: found 3, expected one of no settings"),
        ({"pack-settings": {"environments": {"live": {}}}}, "pack-settings.environments: found 'live', expected dev"),
        ({"pack-settings": {"categories": {"money": "disabled"}}}, "pack-settings.categories: found 'money', expected"),
        (
            {"pack-settings": {"categories": {"cost": {"live": "disabled"}}}},
            "categories.cost: found 'live', expected dev",
        ),
        ({"pack-settings": {"categories": {"cost": "off"}}}, "pack-settings.categories.cost"),
        (
            {"pack-settings": {"rules": {"ecs-service-scale": {"prod": "advisory"}}}},
            "pack-settings.rules: there is no rule 'ecs-service-scale', did you mean 'ecs-service-scales'?",
        ),
        (
            {"pack-settings": {"rules": {TWO: {"live": "advisory"}}}},
            f"pack-settings.rules.{TWO}: found 'live', expected",
        ),
        ({"pack-settings": {"rules": {TWO: {"prod": "strict"}}}}, f"pack-settings.rules.{TWO}.prod: found 'strict'"),
        ({"pack-settings": {"rules": {TWO: "advisory"}}}, f"pack-settings.rules.{TWO}: found 'advisory'"),
        ({"pack-settings": {"exemptions": "none.yaml"}}, "none.yaml:1: cannot be read"),
    ],
)
def test_mistake_is_refused_and_names_key_found_and_expected(given: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match="INVALID_ARGUMENT: the policy config cannot be used: ") as error:
        configured(host(), given)

    assert why in str(error.value)


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
    pack = repository(tmp_path, {TWO: {"least": 3}, "tags-say-whose-it-is": "mandatory"})

    said = judge(target(2), Host(pack, "prod"))

    assert violations(said, TWO) == ["minCapacity is 2, wanted 3 or more"]
    rows = {row["rule"]: row for row in description(pack.rules, pack.levels, pack.settings)}
    assert rows[TWO]["parameters"]["least"]["default"] == 3
    assert set(rows["tags-say-whose-it-is"]["levels"].values()) == {"mandatory"}


def test_level_by_column_beside_the_pack_is_told_with_the_files_name_until_the_engines_config_says_another(
    tmp_path: Path,
) -> None:
    raised = {"lambda-alias-scales": {"prod": "mandatory"}, TWO: {"prod": "advisory", "staging": "mandatory"}}
    pack = repository(tmp_path, {"pack-settings": {"rules": raised}})
    beside = f"{tmp_path.name}/config.json"

    (said,) = [each for each in judge(target(1), Host(pack, "staging"), "staging") if each.rule == TWO]
    assert said[1:3] == ("mandatory", f"minCapacity is 1, wanted 2 or more (mandatory by {beside})")
    rows = {row["rule"]: row for row in description(pack.rules, pack.levels, pack.settings)}
    assert rows["lambda-alias-scales"]["levels"]["prod"] == "mandatory"
    assert rows["lambda-alias-scales"]["set_by"] == {"prod": beside}
    assert rows[TWO]["set_by"] == dict.fromkeys(["staging", "prod"], beside)

    other = configured(Host(pack, "staging"), {TWO: "disabled"})
    assert levels(judge(target(1), other, "staging"), TWO) == []
    third = configured(Host(pack, "prod"), {"pack-settings": {"rules": {TWO: {"staging": "disabled"}}}})
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
    pack = configured(Host(repository(tmp_path, beside), "prod"), {TWO: {"enforcementLevel": "advisory", "least": 4}})

    said = judge(target(3, maxCapacity=3), pack)

    assert [(each.level, each.message) for each in said if each.rule == TWO] == [
        ("advisory", "minCapacity is 3, wanted 4 or more (advisory by the policy config)")
    ]
    assert violations(said, "scaling-target-has-room") == []
    assert violations(judge(target(4, maxCapacity=4000), pack), "scaling-target-is-bounded") == []


def test_mistake_in_the_config_beside_the_pack_names_the_file_and_the_key(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"config\.json: scaling-target-keeps-two\.least: found 'three'"):
        repository(tmp_path, {TWO: {"least": "three"}})
