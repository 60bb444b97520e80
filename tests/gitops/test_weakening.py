"""A change that weakens its own judge is told so."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops.catalogue import Rule
from gitops.preview import Run, preview
from gitops.records import Finding, Level, RunRecord, Severity, Status
from gitops.targets import discover
from gitops.weakening import exempted, lowered, told, vanished

ROOT = Path(__file__).parents[2]
GROUP = 'import pulumi_aws as aws\naws.cloudwatch.LogGroup("logs")\n'


def rule(**levels: str) -> Rule:
    return Rule(rule="r", title="", why="", fix="", reference="", severity=Severity.LOW, levels=levels)


def record(*rules: str, level: Level = Level.MANDATORY) -> RunRecord:
    found = [Finding(rule=r, level=level, severity=Severity.LOW, message="", urn="urn:x") for r in rules]
    fields = {"stack": "web", "environment": "dev", "operation": "preview", "rehearsal": True}
    return RunRecord.model_validate({**fields, "status": Status.SUCCEEDED, "findings": found})


def test_removed_rules_and_lowered_levels_are_told_and_raised_ones_are_not() -> None:
    assert lowered({"r": rule(dev="advisory")}, {}) == ["The rule r is removed."]
    assert lowered({"r": rule(prod="mandatory")}, {"r": rule(prod="advisory")}) == [
        "The rule r is advisory in prod; on the base it is mandatory."
    ]
    assert lowered({"r": rule(prod="advisory")}, {"r": rule(prod="mandatory"), "s": rule()}) == []


def test_added_exemptions_are_told_and_removed_ones_are_not(tmp_path: Path) -> None:
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text("exemptions:\n- {rule: a, resource: '*', expires: 2027-01-01}\n")
    after.write_text("exemptions:\n- {rule: b, resource: 'urn:*', expires: 2027-01-01}\n")

    assert exempted(before, after) == ["An exemption from b for urn:* is added."]
    assert exempted(tmp_path / "none.yaml", before) == ["An exemption from a for * is added."]


def test_findings_that_vanish_are_told() -> None:
    (once,) = vanished([record("a", "b")], [record("a")])

    assert once == "The base's pack finds b once in web/dev where this change's does not."
    assert vanished([record("a")], [record("a", "b")]) == []


def test_a_finding_that_became_advice_is_told_and_one_that_became_mandatory_is_not() -> None:
    mandatory, advice = record("a"), record("a", level=Level.ADVISORY)

    assert vanished([mandatory], [advice]) == ["The base's pack finds a once in web/dev where this change's does not."]
    assert vanished([advice], [mandatory]) == []


@pytest.fixture
def judged(checkout: Callable[..., Path]) -> Path:
    root = checkout(GROUP, prod="")
    shutil.copytree(ROOT / "policies", root / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "base"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


def test_a_rule_edited_so_that_a_finding_vanishes_is_told(judged: Path, run_for: Callable[..., Run]) -> None:
    run, targets = run_for(judged, judged=True), discover(judged)
    (before,) = preview(run, targets, cache=None, on_done=lambda _record: None)
    (name,) = {f.rule for f in before.findings if "retention" in f.rule and f.level is Level.MANDATORY}
    silence(judged, name)
    records = preview(run, targets, cache=None, on_done=lambda _record: None)

    sentences = told(run, "HEAD", targets, records, lambda _record: None)

    assert f"The base's pack finds {name} once in web/prod where this change's does not." in sentences


def silence(root: Path, name: str) -> None:
    """Makes the rule pass whatever it is given, in the checkout's own pack."""
    judge = root / "policies" / "rule.py"
    text = judge.read_text()
    marker = "            for message in self.check"
    assert marker in text
    judge.write_text(text.replace(marker, f"            if self.name == {name!r}:\n                return\n{marker}"))


def test_an_unchanged_pack_is_not_run_again(judged: Path, run_for: Callable[..., Run]) -> None:
    ran: list[RunRecord] = []

    assert told(run_for(judged, judged=True), "HEAD", discover(judged), [], ran.append) == ()
    assert ran == []
