"""A change that weakens its own policies is reported."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops import catalogue
from gitops.catalogue import Catalogue, Rule
from gitops.checkout.targets import discover
from gitops.preview import preview
from gitops.records import Finding, Level, RunRecord, Severity, Status
from gitops.review.regressions import (
    compare_examples,
    compare_exemptions,
    compare_findings,
    compare_levels,
    compare_packs,
    compare_thresholds,
    judge_examples,
)
from gitops.run import Run
from tests.git import commit_all

ROOT = Path(__file__).parents[3]
GROUP = 'import pulumi_aws as aws\naws.cloudwatch.LogGroup("logs")\n'


def rule(**levels: str) -> Rule:
    return Rule(rule="r", title="", why="", fix="", reference="", severity=Severity.LOW, levels=levels)


def record(*rules: str, level: Level = Level.MANDATORY) -> RunRecord:
    found = [Finding(rule=r, level=level, severity=Severity.LOW, message="", urn="urn:x") for r in rules]
    fields = {"stack": "web", "environment": "dev", "operation": "preview", "rehearsal": True}
    return RunRecord.model_validate({**fields, "status": Status.SUCCEEDED, "findings": found})


def test_removed_rules_and_lowered_levels_are_told_and_raised_ones_are_not() -> None:
    assert compare_levels({"r": rule(dev="advisory")}, {}) == ["The rule r is removed."]
    assert compare_levels({"r": rule(prod="mandatory")}, {"r": rule(prod="advisory")}) == [
        "The rule r is advisory in prod; on the base it is mandatory."
    ]
    assert compare_levels({"r": rule(prod="advisory")}, {"r": rule(prod="mandatory"), "s": rule()}) == []


def describe_with(tmp_path: Path, config: dict[str, object]) -> Catalogue:
    """What the pack says of its rules in a checkout whose `policies/config.json` is this."""
    root = tmp_path / f"checkout-{len(list(tmp_path.iterdir()))}"
    shutil.copytree(ROOT / "policies", root / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "policies" / "config.json").write_text(json.dumps(config))
    return catalogue.read(root)


def test_what_the_repositorys_config_lowers_is_told_like_a_change_of_the_pack(tmp_path: Path) -> None:
    base = describe_with(tmp_path, {})
    lowered = describe_with(
        tmp_path,
        {
            "scaling-target-has-room": "advisory",
            "scaling-target-keeps-two": {"least": 1},
            "scaling-target-is-bounded": {"most": 500},
            "required-tags-are-set": {"tags": ["owner"]},
            "dns-record-has-a-short-ttl": {"seconds": 60},
        },
    )

    assert compare_levels(base, lowered) == [
        f"The rule scaling-target-has-room is advisory in {environment}; on the base it is mandatory."
        for environment in base["scaling-target-has-room"].levels
    ]
    assert [sentence.partition(";")[0] for sentence in compare_thresholds(base, lowered)] == [
        "The threshold seconds of the rule dns-record-has-a-short-ttl is 60",
        "The threshold tags of the rule required-tags-are-set is ['owner']",
        "The threshold most of the rule scaling-target-is-bounded is 500",
        "The threshold least of the rule scaling-target-keeps-two is 1",
    ]


def test_a_rule_that_the_repositorys_config_raised_and_raises_no_more_is_told(tmp_path: Path) -> None:
    name = "storage-key-rotates"
    raised = describe_with(tmp_path, {"pack-settings": {"rules": {name: {"prod": "mandatory", "dev": "remediate"}}}})
    lowered = describe_with(tmp_path, {"pack-settings": {"rules": {name: {"prod": "advisory", "dev": "mandatory"}}}})

    assert compare_levels(raised, lowered) == [f"The rule {name} is advisory in prod; on the base it is mandatory."]
    assert compare_levels(lowered, raised) == []
    assert raised[name].set_by == dict.fromkeys(["dev", "prod"], "policies/config.json")


def test_a_threshold_that_asks_for_more_does_not_weaken_the_judge(tmp_path: Path) -> None:
    stricter = describe_with(
        tmp_path, {"scaling-target-keeps-two": {"least": 3}, "scaling-target-is-bounded": {"most": 20}}
    )

    assert compare_thresholds(catalogue.read(ROOT), stricter) == []


def test_added_exemptions_are_told_and_removed_ones_are_not(tmp_path: Path) -> None:
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text("exemptions:\n- {rule: a, resource: '*', expires: 2027-01-01}\n")
    after.write_text("exemptions:\n- {rule: b, resource: 'urn:*', expires: 2027-01-01}\n")

    assert compare_exemptions(before, after, {}) == ["An exemption from b for urn:* is added."]
    assert compare_exemptions(tmp_path / "none.yaml", before, {}) == ["An exemption from a for * is added."]

    after.write_text("exemptions:\n- {rule: a, resource: '*', expires: 2028-01-01}\n")
    assert compare_exemptions(before, after, {}) == ["An exemption from a for * is added."]


def test_base_examples_that_this_pack_cannot_read_are_said(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("stacks: {}\n")

    assert compare_examples({}, ROOT, tmp_path) == [
        "The base's examples cannot be judged by this change's pack: KeyError: 'resources'."
    ]


def test_the_pack_finds_every_break_of_its_own_examples() -> None:
    assert judge_examples(ROOT, ROOT / "policies" / "examples") == []


def test_findings_that_vanish_are_told() -> None:
    (once,) = compare_findings([record("a", "b")], [record("a")], {})

    assert once == "The base's pack finds b once in web/dev where this change's does not."
    assert compare_findings([record("a")], [record("a", "b")], {}) == []


def test_a_rule_that_has_another_name_is_not_lost(tmp_path: Path) -> None:
    file = tmp_path / "exemptions.yaml"
    file.write_text("exemptions:\n- {rule: a, resource: '*', expires: 2027-01-01}\n")
    (tmp_path / "after.yaml").write_text(file.read_text().replace("rule: a", "rule: b"))

    assert compare_findings([record("a")], [record("b")], {"a": "b"}) == []
    assert compare_exemptions(file, tmp_path / "after.yaml", {"a": "b"}) == []


def test_a_finding_that_became_advice_is_told_and_one_that_became_mandatory_is_not() -> None:
    mandatory, advice = record("a"), record("a", level=Level.ADVISORY)

    assert compare_findings([mandatory], [advice], {}) == [
        "The base's pack finds a once in web/dev where this change's does not."
    ]
    assert compare_findings([advice], [mandatory], {}) == []


@pytest.fixture
def judged(checkout: Callable[..., Path]) -> Path:
    root = checkout(GROUP, prod="")
    shutil.copytree(ROOT / "policies", root / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    commit_all(root)
    return root


@pytest.mark.slow("three previews: as it was, silenced, and judged by the base's pack")
def test_a_rule_edited_so_that_a_finding_vanishes_is_told(judged: Path, run_for: Callable[..., Run]) -> None:
    run, targets = run_for(judged, judged=True), discover(judged)
    (before,) = preview(run, targets, cache=None, on_done=lambda _record: None)
    (name,) = {f.rule for f in before.findings if "has-retention" in f.rule}
    silence(judged, name)
    records = preview(run, targets, cache=None, on_done=lambda _record: None)

    sentences = compare_packs(run, "HEAD", targets, records, lambda _record: None)

    assert f"The base's pack finds {name} once in web/prod where this change's does not." in sentences


def test_an_unchanged_pack_is_not_run_again(judged: Path, run_for: Callable[..., Run]) -> None:
    ran: list[RunRecord] = []

    assert compare_packs(run_for(judged, judged=True), "HEAD", discover(judged), [], ran.append) == ()
    assert ran == []


def silence(root: Path, name: str) -> None:
    """Makes the rule pass whatever it is given, in the checkout's own pack."""
    judge = root / "policies" / "rule.py"
    text = judge.read_text()
    marker = "            for message in messages:"
    assert marker in text
    judge.write_text(text.replace(marker, f"            if self.name == {name!r}:\n                return\n{marker}"))
