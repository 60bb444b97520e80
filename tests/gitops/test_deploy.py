"""What was shown is applied, or nothing is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gitops.deploy import deploy, mismatch, refusal
from gitops.preview import preview
from gitops.records import Finding, Level, Op, RunError, RunRecord, Severity, SourceLine, Status, Step
from gitops.run import Run
from gitops.targets import Target, discover

TOPICS = """
    import pulumi, pulumi_aws as aws
    config = pulumi.Config()
    for name in config.require_object("topics"):
        aws.sns.Topic(name, display_name=config.get("title") or "News")
    pulumi.export("count", len(config.require_object("topics")))
"""


def record(**more: object) -> RunRecord:
    fields = {"stack": "web", "environment": "dev", "operation": "preview", "rehearsal": True, "digest": "a"} | more
    return RunRecord.model_validate({"status": Status.SUCCEEDED, **fields})


def finding(level: Level) -> Finding:
    return Finding(rule="min-capacity", level=level, severity=Severity.HIGH, message="1")


def test_a_failed_preview_is_refused_with_its_reason() -> None:
    failed = record(status=Status.FAILED, error=RunError(kind="program", message="ValueError: no"))

    assert refusal(failed, None) == "the preview failed: ValueError: no"


def test_mandatory_findings_are_refused_and_advice_is_not() -> None:
    assert refusal(record(findings=[finding(Level.MANDATORY)]), None) == "mandatory findings: min-capacity"
    assert refusal(record(findings=[finding(Level.ADVISORY)]), None) == ""


def test_only_the_reviewed_change_passes() -> None:
    seen = record(digest="a", steps=[Step(op=Op.UPDATE, urn="urn:x::topic", type="t", name="topic")])

    assert refusal(record(digest="a"), {"web/dev": seen}) == ""
    assert refusal(record(digest="b"), {"web/dev": seen}) == (
        "not what was reviewed: topic; preview again and have that reviewed"
    )
    assert refusal(record(digest="a"), {}) == "this target was not part of the review"


def test_outputs_that_were_known_must_come_out_so() -> None:
    shown = record(outputs={"a": 1, "arn": "[known after apply]", "nested": {"x": ["[known after apply]"]}})

    assert mismatch(shown, record(outputs={"a": 1, "arn": "arn:1", "nested": {"x": ["y"]}})) == ""
    assert mismatch(shown, record(outputs={"a": 2})) == "output a: shown 1, found 2"


@pytest.mark.parametrize(
    ("shown", "done", "said"),
    [
        (Op.CREATE, Op.CREATE, ""),
        (Op.UPDATE, Op.SAME, ""),
        (Op.REPLACE, Op.UPDATE, ""),
        (Op.UPDATE, Op.REPLACE, "topic: shown update, done replace"),
        (Op.SAME, Op.UPDATE, "topic: shown same, done update"),
        (None, Op.CREATE, "topic: shown same, done create"),
        (Op.CREATE, None, "topic: shown create, done same"),
        (Op.SAME, Op.DELETE, "topic: shown same, done delete"),
    ],
)
def test_what_was_done_must_be_what_was_shown_or_less(shown: Op | None, done: Op | None, said: str) -> None:
    before, after = (
        record(steps=[Step(op=op, urn="urn:x::topic", type="t", name="topic")] if op else []) for op in (shown, done)
    )

    assert mismatch(before, after) == said


@pytest.fixture
def targets(checkout: Callable[..., Path]) -> Callable[[str], tuple[Path, tuple[Target, ...]]]:
    def make(topics: str, more: str = "") -> tuple[Path, tuple[Target, ...]]:
        root = checkout(TOPICS, dev=f"web:topics: {topics}\n{more}")
        return root, discover(root)

    return make


def quiet(_record: RunRecord) -> None:
    pass


def test_the_reviewed_change_is_deployed_and_read_back(
    targets: Callable[..., tuple[Path, tuple[Target, ...]]], run_for: Callable[..., Run]
) -> None:
    root, chosen = targets("[a, b]")
    run = run_for(root)
    (seen,) = preview(run, chosen, cache=None, on_done=quiet)

    (done,) = deploy(run, chosen, {seen.target: seen}, lambda _operation: quiet)

    assert done.fine, done
    assert done.applied
    assert done.applied.outputs == {"count": 2}
    assert [step.op for step in preview(run, chosen, cache=None, on_done=quiet)[0].steps] == [Op.SAME, Op.SAME]


def test_a_change_after_the_review_is_refused_by_name_and_nothing_is_touched(
    targets: Callable[..., tuple[Path, tuple[Target, ...]]], run_for: Callable[..., Run]
) -> None:
    root, chosen = targets("[a]")
    run = run_for(root)
    (seen,) = preview(run, chosen, cache=None, on_done=quiet)
    targets("[a, c]")

    (done,) = deploy(run, chosen, {seen.target: seen}, lambda _operation: quiet)

    assert done.refusal == "not what was reviewed: c; preview again and have that reviewed"
    assert done.applied is None
    assert (done.record.status, done.record.error) == (
        Status.FAILED,
        RunError(kind="refused", message=done.refusal),
    )
    assert [step.op for step in preview(run, chosen, cache=None, on_done=quiet)[0].steps] == [Op.CREATE, Op.CREATE]


def test_one_refused_target_stops_the_others(checkout: Callable[..., Path], run_for: Callable[..., Run]) -> None:
    checkout(TOPICS, dev="web:topics: [a]")
    root = checkout("raise ValueError('no')", stack="broken")
    run = run_for(root)

    broken, fine = deploy(run, discover(root), None, lambda _operation: quiet)

    assert broken.refusal == "the preview failed: ValueError: no"
    assert fine.refusal == "another target was refused"
    assert fine.applied is None
    assert broken.record.error
    assert broken.record.error.source == SourceLine(file="stacks/broken/__main__.py", line=1)
