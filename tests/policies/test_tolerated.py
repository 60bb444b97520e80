"""What is accepted beside the exemptions: suppressions in the program, a baseline; and what remediations set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from policies.check import main
from policies.examples import Raw, resources_of
from policies.renamed import RENAMED
from policies.tables import BadTable
from policies.tolerated import baseline_text, read_baseline, suppressions
from tests.policies.test_check import URN, state
from tests.policies.test_config import configure
from tests.policies.wire import Said, host, judge, secret, violations
from tests.policies.wire import _analyze as analyze_request

TWO = "scaling-target-keeps-two"
GUARD = "exemptions-are-in-order"


def target(*ignores: str, minimum: int = 1) -> Raw:
    properties = {"scalableDimension": "ecs:service:DesiredCount", "minCapacity": minimum, "maxCapacity": 4}
    return {"t": {"type": "aws:appautoscaling/target:Target", "properties": properties, "ignores": list(ignores)}}


def ask_by_resource(raw: Raw) -> dict[str, Said]:
    return {finding.rule: finding for finding in judge(raw)}


def test_finding_that_the_program_suppresses_is_advice_with_the_reason() -> None:
    found = ask_by_resource(target(f"[policy:{TWO}] the canary may be down"))

    assert found[TWO].level == "advisory"
    assert found[TWO].message.endswith("; exempted: the canary may be down (the program)")
    assert GUARD not in found


@pytest.mark.parametrize(
    ("entry", "minimum", "why"),
    [
        (f"[policy:{TWO}]", 1, f"ignoreChanges suppresses {TWO} without a reason: write it after the bracket"),
        ("[policy:no-such] x", 1, "ignoreChanges suppresses 'no-such': there is no such rule"),
        (f"[policy:{TWO}] x", 2, f"ignoreChanges suppresses {TWO}, which finds nothing here: remove the entry"),
    ],
)
def test_suppression_that_is_not_in_order_is_a_finding(entry: str, minimum: int, why: str) -> None:
    found = ask_by_resource(target(entry, minimum=minimum))

    assert (found[GUARD].level, found[GUARD].message) == ("mandatory", why)
    assert minimum == 2 or found[TWO].level == "mandatory"


def test_baseline_is_written_from_what_is_found_and_takes_it_away(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    current, file, config = tmp_path / "state.json", tmp_path / "baseline.yaml", tmp_path / "config.json"
    current.write_text(json.dumps(state(minimum=1)))
    config.write_text(json.dumps({"pack-settings": {"baseline": "baseline.yaml"}}))

    assert main([str(current), "--write-baseline", str(file)]) == 0
    assert file.read_text() == baseline_text([(TWO, URN)])
    assert set(read_baseline(file)) == {(TWO, URN)}
    assert main([str(current), "--config", str(config)]) == 0
    assert "0 mandatory and 1 advisory findings (1 exempted)" in capsys.readouterr().out
    worse = state(minimum=1)
    worse["deployment"]["resources"][0]["inputs"]["maxCapacity"] = 1
    worse["deployment"]["resources"][0]["outputs"]["maxCapacity"] = 1
    current.write_text(json.dumps(worse))
    assert main([str(current), "--config", str(config), "--rule", "scaling-target-has-room"]) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [("all: []", "found key 'all'"), ("findings: [{rule: a}]", "found rule, expected rule and resource")],
)
def test_baseline_that_is_none_names_its_line(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "b.yaml").write_text(text)

    with pytest.raises(BadTable, match=rf"b\.yaml:1: {why}"):
        read_baseline(tmp_path / "b.yaml")


def remediate(raw: Raw, rule: str, level: str = "remediate") -> tuple[list[dict[str, Any]], list[Said]]:
    """The properties that the pack gives back for the first resource, and all it says then."""
    pack = configure(host(), {rule: level})
    response = pack.Remediate(analyze_request(resources_of(raw)[1]), None)
    answers = [json_format.MessageToDict(remediation.properties) for remediation in response.remediations]
    key = next(iter(raw))
    repaired = raw | {key: raw[key] | {"properties": answers[-1]}} if answers else raw
    return answers, judge(repaired, pack)


def key(**properties: Any) -> Raw:
    return {"k": {"type": "aws:kms/key:Key", "properties": {"description": secret("models"), **properties}}}


def test_remediation_sets_the_one_right_value_and_says_so() -> None:
    answers, said = remediate(key(enableKeyRotation=False), "storage-key-rotates")

    assert answers == [{"description": secret("models"), "enableKeyRotation": True}]
    assert [(finding.level, finding.message) for finding in said if finding.rule == "storage-key-rotates"] == [
        ("advisory", "remediated: enableKeyRotation is set to true")
    ]


def test_remediation_reaches_into_objects() -> None:
    raw: Raw = {"f": {"type": "aws:lambda/function:Function", "properties": {"loggingConfig": {"logGroup": "g"}}}}

    [answer], _ = remediate(raw, "lambda-logs-are-structured")

    assert answer == {"loggingConfig": {"logGroup": "g", "logFormat": "JSON"}}


def test_nothing_is_remediated_unless_it_is_asked_for_or_where_the_rule_is_content() -> None:
    assert remediate(key(), "storage-key-rotates", "mandatory")[0] == []
    assert remediate(key(enableKeyRotation=True), "storage-key-rotates")[0] == []
    assert remediate(key(customerMasterKeySpec="HMAC_256"), "storage-key-rotates")[0] == []


def test_rule_without_a_remedy_is_mandatory_where_one_is_asked_for() -> None:
    answers, said = remediate(target(), TWO)

    assert answers == []
    assert [finding.level for finding in said if finding.rule == TWO] == ["mandatory"]


def test_engine_is_told_which_rules_remediate() -> None:
    info = configure(host(), {"storage-key-rotates": "remediate"}).GetAnalyzerInfo(None, None)

    [rule] = [policy for policy in info.policies if policy.enforcementLevel == analyzer_pb2.REMEDIATE]
    assert rule.name == "storage-key-rotates"
    assert violations(judge(key(enableKeyRotation=True)), "storage-key-rotates") == []


def test_former_name_of_a_rule_still_suppresses_and_still_stands_in_a_baseline(tmp_path: Path) -> None:
    former, name = next(iter(RENAMED.items()))
    [suppression] = suppressions(resources_of(target(f"[policy:{former}] not here"))[1])
    assert suppression.rule == name

    (tmp_path / "b.yaml").write_text(baseline_text([(former, URN)]))
    assert set(read_baseline(tmp_path / "b.yaml")) == {(name, URN)}
