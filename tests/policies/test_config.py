"""What a team sets through the policy config: levels, thresholds, environments, files; and what a mistake says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from policies.examples import Raw
from policies.host import Host
from policies.rules import catalogue
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


def configure(pack: Host, given: Mapping[str, Any]) -> Host:
    """The pack after the engine has handed on a config: every policy with its level and thresholds, as it does."""
    told = pack.GetAnalyzerInfo(None, None).policies
    config = {finding.name: analyzer_pb2.PolicyConfig(enforcementLevel=finding.enforcementLevel) for finding in told}
    for finding in told:
        defaults = json_format.MessageToDict(finding.configSchema.properties)
        json_format.ParseDict({k: v["default"] for k, v in defaults.items()}, config[finding.name].properties)
    for name, value in given.items():
        row = {"enforcementLevel": value} if isinstance(value, str) else dict(value)
        config.setdefault(name, analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.ADVISORY))
        if level := row.pop("enforcementLevel", None):
            config[name].enforcementLevel = analyzer_pb2.EnforcementLevel.Value(level.upper())
        config[name].properties.MergeFrom(json_format.ParseDict(row, struct_pb2.Struct()))
    pack.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=config), Context())
    return pack


def ask(raw: Raw, given: Mapping[str, Any], stack: str = "prod") -> list[Said]:
    return judge(raw, configure(host(stack), given), stack)


def levels(found: list[Said], rule: str) -> list[str]:
    return [finding.level for finding in found if finding.rule == rule]


def test_config_that_sets_nothing_changes_nothing() -> None:
    assert ask(target(1), {}) == judge(target(1))


def test_level_is_the_one_that_is_set() -> None:
    assert levels(ask(target(1), {TWO: "advisory"}), TWO) == ["advisory"]
    assert levels(ask(target(1), {TWO: "disabled"}), TWO) == []
    assert levels(ask(target(1), {TWO: "mandatory"}, "staging"), TWO) == ["mandatory"]


def test_threshold_is_the_one_that_is_set_at_the_packs_own_level() -> None:
    found = ask(target(2), {TWO: {"least": 3}})

    assert [(finding.level, finding.message) for finding in found if finding.rule == TWO] == [
        ("mandatory", "minCapacity is 2, wanted 3 or more")
    ]


def test_required_tags_are_the_teams_own() -> None:
    raw: Raw = {"c": {"type": "aws:ecs/cluster:Cluster", "properties": {"tags": {"team": "search"}}}}
    rule = "required-tags-are-set"

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
    assert [finding.message for finding in found if finding.rule == TWO and finding.level == "mandatory"] == [
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
    found = judge(target(1), configure(pack, {"pack-settings": {"environments": environments}}), stack)

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
        (
            {"door-is-switched-on": "advisory"},
            "door-is-switched-on: there is no such rule, it is called 'entry-point-is-enabled' now",
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
        configure(host(), given)

    assert why in str(error.value)
