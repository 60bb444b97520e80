"""Exemptions: what a row must hold, what it may cover, and that a used one stays visible."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policies.examples import Raw
from policies.exemptions import Exemption, read_exemptions
from policies.renamed import RENAMED
from policies.tables import BadTable, TableLine
from tests.policies.wire import host, judge, violations

RULE = "scaling-target-keeps-two"
URN = "urn:pulumi:prod::example::aws:appautoscaling/target:Target::target"
ORDER = "exemptions-are-in-order"
RAW: Raw = {
    "target": {
        "type": "aws:appautoscaling/target:Target",
        "properties": {"scalableDimension": "ecs:service:DesiredCount", "minCapacity": 1, "maxCapacity": 4},
    },
    "policy": {"type": "aws:appautoscaling/policy:Policy", "properties": {}, "links": {"resourceId": ["target"]}},
}
ROW = f"""exemptions:
  - resource: {URN}
    rule: {RULE}
    reason: The pilot has one caller.
    owner: ml-platform
    expires: 2026-03-31
"""


def exemption(resource: str = URN, rule: str = RULE, expires: str = "2026-03-31") -> Exemption:
    until = date.fromisoformat(expires)
    return Exemption(
        resource, rule, "The pilot has one caller.", "ml-platform", until, TableLine("policies/exemptions.yaml", 8)
    )


def ask(row: Exemption, raw: Raw = RAW) -> list[tuple[str, str, str]]:
    found = judge(raw, host(exemptions=[row]))
    return [(finding.rule, finding.level, finding.message) for finding in found if finding.rule in (RULE, ORDER)]


def test_used_exemption_turns_the_finding_into_advice_that_names_reason_owner_and_expiry() -> None:
    assert ask(exemption()) == [
        (
            RULE,
            "advisory",
            (
                "minCapacity is 1, wanted 2 or more; exempted: The pilot has one caller (owner ml-platform, "
                "expires 2026-03-31, policies/exemptions.yaml:8)"
            ),
        )
    ]


def test_exemption_covers_a_name_by_pattern_and_holds_on_its_last_day() -> None:
    row = exemption(URN.replace("::target", "::targ*"), expires="2026-01-15")

    assert [level for _, level, _ in ask(row)] == ["advisory"]


def test_expired_exemption_covers_nothing_and_fails_with_its_line() -> None:
    finding, fault = ask(exemption(expires="2026-01-14"))

    assert finding[:2] == (RULE, "mandatory")
    assert fault[0] == ORDER
    assert fault[1] == "mandatory"
    assert fault[2].startswith("policies/exemptions.yaml:8: expired on 2026-01-14 (owner ml-platform)")


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "urn:pulumi:*::example::aws:appautoscaling/target:Target::target",
        "urn:pulumi:prod::*::aws:appautoscaling/target:Target::target",
        "urn:pulumi:prod::example::aws:*::target",
        "urn:pulumi:prod::example::aws:appautoscaling/target:Target::*",
        "urn:pulumi:prod::example::aws:appautoscaling/target:Target::t*",
    ],
)
def test_exemption_that_is_too_broad_covers_nothing_and_fails_with_its_line(resource: str) -> None:
    found = ask(exemption(resource))

    assert (RULE, "mandatory") in [finding[:2] for finding in found]
    [fault] = [message for rule, _, message in found if rule == ORDER]
    assert fault.startswith("policies/exemptions.yaml:8: resource: ")


def test_exemption_of_an_unknown_rule_fails_with_its_line() -> None:
    assert (ORDER, "mandatory", "policies/exemptions.yaml:8: there is no rule 'scaling-target-keeps-too'") in ask(
        exemption(rule="scaling-target-keeps-too")
    )


def test_exemption_under_a_rules_former_name_holds(tmp_path: Path) -> None:
    former, name = next(iter(RENAMED.items()))
    (tmp_path / "exemptions.yaml").write_text(ROW.replace(RULE, former))

    assert [row.rule for row in read_exemptions(tmp_path / "exemptions.yaml")] == [name]


def test_exemption_that_exempts_nothing_fails_with_its_line() -> None:
    raw: Raw = {**RAW, "target": {**RAW["target"], "properties": {**RAW["target"]["properties"], "minCapacity": 2}}}

    [(rule, level, message)] = ask(exemption(), raw)

    assert (rule, level) == (ORDER, "mandatory")
    assert message.startswith(f"policies/exemptions.yaml:8: unused: {RULE} finds nothing at {URN}")


@pytest.mark.parametrize(
    ("resource", "rule"),
    [
        (URN.replace("::target", "::tarjet"), RULE),
        (URN.replace("aws:appautoscaling", "custom:Scaling$aws:appautoscaling"), RULE),
        (URN, "scaling-target-has-a-policy"),
    ],
)
def test_unused_exemption_names_the_finding_it_may_mean(resource: str, rule: str) -> None:
    faults = [message for name, _, message in ask(exemption(resource, rule)) if name == ORDER]

    assert [fault.partition("; ")[2] for fault in faults] == [f"the nearest finding is of {RULE} at {URN}"]


def test_unused_exemption_of_something_else_is_to_be_removed() -> None:
    faraway = exemption("urn:pulumi:prod::example::aws:s3/bucket:Bucket::logs", "storage-bucket-keeps-versions")

    assert [m.partition("; ")[2] for name, _, m in ask(faraway) if name == ORDER] == ["remove the entry"]


@pytest.mark.parametrize("other", ["urn:pulumi:dev::example::", "urn:pulumi:prod::another::"])
def test_exemption_of_another_stack_is_not_unused_here(other: str) -> None:
    row = exemption(URN.replace("urn:pulumi:prod::example::", other))

    assert [rule for rule, _, _ in ask(row)] == [RULE]


def test_exemption_of_a_value_not_known_yet_is_not_unused() -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    properties = {**RAW["target"]["properties"], "minCapacity": unknown}
    raw: Raw = {**RAW, "target": {**RAW["target"], "properties": properties}}

    assert [rule for rule, _, _ in ask(exemption(), raw)] == [RULE]


def test_exemption_does_not_cover_a_rule_that_failed() -> None:
    """A broken rule is a failure of the judge, whatever anybody exempted it from."""
    raw: Raw = {"t": {"type": "aws:kms/key:Key", "properties": {}}}
    row = exemption("urn:pulumi:prod::example::aws:kms/key:Key::t", "storage-key-rotates")

    assert violations(judge(raw, host(exemptions=[row])), "storage-key-rotates")[0].startswith("enableKeyRotation")


def test_row_is_read_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "exemptions.yaml"
    file.write_text(ROW)

    [row] = read_exemptions(file)

    assert row.place == TableLine(f"{tmp_path.name}/exemptions.yaml", 2)
    assert row.expires == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("change", "line", "why"),
    [
        ((f"    rule: {RULE}\n", ""), 2, "no rule"),
        (("    owner: ml-platform", "    owner:"), 5, "found nothing, expected text"),
        (("    owner: ml-platform", "    owner: ml-platform\n    until: never"), 6, "unknown field 'until'"),
        (("2026-03-31", "next spring"), 6, "expires: expected a date as YYYY-MM-DD"),
        (("exemptions:", "exceptions:"), 2, "found key 'exceptions', expected 'exemptions' with a list"),
        (("    reason: The", "    reason: ["), 5, ""),
        (("    owner: ml-platform", "    rule: other"), 5, "'rule' is given twice"),
        (("  - resource", "    resource"), 2, "found keys with values, expected a list"),
    ],
)
def test_malformed_list_names_its_line(tmp_path: Path, change: tuple[str, str], line: int, why: str) -> None:
    file = tmp_path / "exemptions.yaml"
    file.write_text(ROW.replace(*change))

    with pytest.raises(BadTable) as error:
        read_exemptions(file)

    assert str(error.value).startswith(f"{tmp_path.name}/exemptions.yaml:{line}: {why}")


def test_the_packs_own_list_can_be_read() -> None:
    assert isinstance(read_exemptions(), tuple)
