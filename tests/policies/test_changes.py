"""Rules about changes: where the state before comes from, what they say without it, and what is no change."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from policies.check import main
from policies.examples import Raw, read_examples
from policies.previous import PREVIOUS_STATE, previous_stack
from policies.rule import STACK
from policies.rules import catalogue
from policies.state import BadState
from tests.policies.test_check import state
from tests.policies.wire import UNKNOWN, host, judge, violations

ECS = next(example.resources for example in read_examples() if example.name == "ecs")
LOG = "aws:cloudwatch/logGroup:LogGroup"
COMPARING = {rule.name for rule in catalogue() if rule.compares}


def change(key: str, **fields: Any) -> Raw:
    """The ECS example with other fields of one resource, its properties merged."""
    found = deepcopy(ECS)
    properties = fields.pop("properties", {})
    found[key] = found[key] | fields
    found[key]["properties"] = found[key]["properties"] | properties
    return found


def ask(after: Raw, rule: str) -> list[str]:
    return violations(judge(after, host(before=ECS)), rule)


def test_without_the_state_before_each_rule_says_that_it_could_not_judge() -> None:
    found = [finding for finding in judge(ECS, host(before=None)) if finding.rule in COMPARING]

    types = {STACK, *(resource["type"] for resource in ECS.values())}
    assert {finding.rule for finding in found} == {r.name for r in catalogue() if r.compares and types & set(r.on)}
    assert {(finding.level, finding.message) for finding in found} == {
        (
            "advisory",
            f"not judged: what was deployed is not known: {PREVIOUS_STATE} may name a file of `pulumi stack export`",
        )
    }


def test_stack_that_is_new_changes_nothing() -> None:
    assert [finding for finding in judge(ECS, host(before={})) if finding.rule in COMPARING] == []


def test_value_that_is_not_known_before_apply_is_said_so() -> None:
    [message] = ask(change("target", properties={"minCapacity": UNKNOWN}), "change-keeps-capacity")

    assert message == "not judged: minCapacity is not known before apply"


def test_more_is_no_less() -> None:
    assert ask(change("target", properties={"minCapacity": 4, "maxCapacity": 30}), "change-keeps-capacity") == []


def test_number_that_another_owns_is_left_to_it() -> None:
    assert ask(change("service", properties={"desiredCount": 2}), "change-keeps-capacity") == []


def test_what_is_retained_is_not_lost() -> None:
    kept = {"type": "aws:s3/bucket:Bucket", "properties": {"bucket": "logs"}, "retained": True}
    lost = kept | {"retained": False}

    assert violations(judge({}, host(before={"logs": kept})), "change-keeps-data") == []
    assert violations(judge({}, host(before={"logs": lost})), "change-keeps-data")


def test_renamed_with_an_alias_is_not_deleted() -> None:
    renamed = deepcopy(ECS)
    balancer = renamed.pop("balancer")
    old = "urn:pulumi:prod::example::aws:lb/loadBalancer:LoadBalancer::balancer"

    assert ask(renamed | {"front": balancer | {"aliases": [old]}}, "change-keeps-entry-points") == []
    assert ask(renamed | {"front": balancer}, "change-keeps-entry-points")


def test_balancer_that_is_replaced_with_new_groups_is_fine() -> None:
    after = change("balancer", properties={"internal": True})
    after["group"] = change("group", properties={"port": 9090, "name": "demand-20260215"})["group"]

    assert ask(after, "change-of-a-load-balancer-renews-target-groups") == []
    assert ask(after, "change-can-replace-the-target-group") == []


def test_guard_that_goes_with_what_it_guarded_is_fine() -> None:
    after = deepcopy(ECS)
    del after["acl-balancer"], after["balancer"], after["acl"]

    assert ask(after, "change-keeps-guards") == []


def record(name: str, **routing: Any) -> dict[str, Any]:
    properties = {"zoneId": "z", "name": name, "type": "A", "ttl": 60, "records": ["192.0.2.1"], **routing}
    return {"type": "aws:route53/record:Record", "properties": properties}


LATENCY = {"setIdentifier": "east", "latencyRoutingPolicies": [{"region": "us-east-1"}]}
FAILOVER = {"setIdentifier": "east", "failoverRoutingPolicies": [{"type": "PRIMARY"}]}


@pytest.mark.parametrize(
    ("beside", "after", "found"),
    [
        (record("other.example.com", **LATENCY), record("api.example.com", **FAILOVER), False),
        (record("api.example.com", **LATENCY), record("api.example.com", **FAILOVER), True),
        (record("api.example.com", **LATENCY), record("api.example.com"), True),
        (record("api.example.com", **LATENCY), record("new.example.com", **FAILOVER), False),
        (record("api.example.com", **LATENCY), record("api.example.com", **LATENCY, healthCheckId="h"), False),
    ],
)
def test_the_routing_of_a_name_changes_only_while_it_has_one_record(beside: Any, after: Any, found: bool) -> None:
    before = {"east": record("api.example.com", **LATENCY), "west": beside}

    told = violations(judge({"east": after, "west": beside}, host(before=before)), "change-keeps-the-routing-of-a-name")

    assert bool(told) is found


def test_guard_that_another_of_its_kind_follows_is_fine_where_it_names_the_same_things() -> None:
    after = deepcopy(ECS)
    association = after.pop("acl-balancer")

    assert ask(after | {"front-acl": association}, "change-keeps-guards") == []
    elsewhere = association | {"links": {"resourceArn": ["group"]}}
    assert ask(after | {"front-acl": elsewhere}, "change-keeps-guards")


def test_trail_that_wrote_without_being_told_to_is_switched_off() -> None:
    trail = {"type": "aws:cloudtrail/trail:Trail", "properties": {"s3BucketName": "trails"}}
    off = trail | {"properties": {"enableLogging": False}}

    assert violations(judge({"t": trail}, host(before={"t": trail})), "change-keeps-logs") == []
    assert violations(judge({"t": off}, host(before={"t": trail})), "change-keeps-logs") == [
        "enableLogging was not set and is false, wanted it kept"
    ]


def test_what_is_kept_for_longer_is_not_lost() -> None:
    longer, shorter = ({"log": {"type": LOG, "properties": {"retentionInDays": days}}} for days in (400, 30))

    assert violations(judge(longer, host(before=shorter)), "change-keeps-retention") == []
    assert violations(judge(shorter, host(before=longer)), "change-keeps-retention")


def test_exported_states_are_compared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(state(minimum=3)))
    new.write_text(json.dumps(state(minimum=2)))

    assert main([str(new), "--before", str(old), "--json"]) == 0
    assert [(row["rule"], row["message"]) for row in json.loads(capsys.readouterr().out)] == [
        ("change-keeps-capacity", "minCapacity is 2 and was 3, wanted no less")
    ]


def test_state_before_that_is_none_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, old = tmp_path / "new.json", tmp_path / "old.json"
    new.write_text(json.dumps(state()))

    assert main([str(new), "--before", str(old)]) == 2
    assert f"{old}: cannot be read" in capsys.readouterr().err
    monkeypatch.setenv(PREVIOUS_STATE, str(old))
    with pytest.raises(BadState, match=f"^{PREVIOUS_STATE}={old}: cannot be read"):
        previous_stack()
