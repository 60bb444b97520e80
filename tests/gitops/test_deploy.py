"""What was shown is applied, or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gitops.backend import find_session
from gitops.checkout.targets import Target, discover
from gitops.deploy import deploy, limit_update, mismatch, refusal
from gitops.engine.install import Engine
from gitops.engine.job import Job
from gitops.engine.pool import OnDone, Pool
from gitops.engine.start import EMPTY, hash_state
from gitops.preview import preview
from gitops.records import Finding, Level, Op, Operation, RunError, RunRecord, Severity, SourceLine, Status, Step
from gitops.run import Run, serve_clouds

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


def test_only_the_reviewed_change_passes_whatever_a_record_says_of_itself() -> None:
    step = Step(op=Op.UPDATE, urn="urn:x::topic", type="t", name="topic")
    seen = record(steps=[step], state="s")

    assert refusal(record(steps=[step], state="s", digest="another"), {"web/dev": seen}) == ""
    assert refusal(record(state="s"), {"web/dev": seen}) == (
        "not what was reviewed: topic; preview again and have the new preview reviewed"
    )
    assert "state changed" in refusal(record(steps=[step], state="t"), {"web/dev": seen})
    assert refusal(record(steps=[step], state="s"), {}) == "this target was not part of the review"


def test_a_rehearsals_review_is_none_for_the_real_clouds() -> None:
    assert "rehearsal" in refusal(record(rehearsal=False), {"web/dev": record(rehearsal=True)})
    assert "real" in refusal(record(rehearsal=True), {"web/dev": record(rehearsal=False)})


def test_an_update_ends_while_its_state_can_still_be_written() -> None:
    azure = {"PULUMI_BACKEND_URL": "azblob://state?storage_account=x"}
    assert limit_update(6600, find_session(azure) - 1200) == 2100
    assert limit_update(6600, find_session(azure | {"AZURE_FEDERATED_TOKEN_FILE": "/f"}) - 1200) == 6600
    assert limit_update(6600, find_session({"PULUMI_BACKEND_URL": "s3://state"}) - 1200) == 6600
    assert limit_update(600, 2100) == 600
    # 0 would be no limit at all
    assert limit_update(6600, -5) > 0


def make_scaled(op: Op, count: object, name: str = "web-1a2b3c4") -> RunRecord:
    inputs = {"desiredCount": count, "name": name, "tags": {"a": "1"}, "rules": [{"port": 80}]}
    automatic = ("name",) if name != "mine" else ()
    service = Step(op=op, urn="urn:x::web", type="t", name="web", inputs=inputs, automatic=automatic)
    return record(steps=[service], outputs={"name": name, "count": count}, secrets={"urn:x::web key": "h1"})


@pytest.mark.parametrize("op", [Op.CREATE, Op.UPDATE])
def test_every_property_that_was_known_must_come_out_as_shown(op: Op) -> None:
    shown = make_scaled(op, 3)

    assert mismatch(shown, make_scaled(op, 3)) == ""
    assert mismatch(shown, make_scaled(op, 300)) == (
        "web: desiredCount shown 3, done 300 and output count shown 3, done 300"
    )
    assert mismatch(make_scaled(op, "[known after apply]"), make_scaled(op, 300)) == ""
    another = make_scaled(op, 3).model_copy(update={"secrets": {"urn:x::web key": "h2"}})
    assert mismatch(shown, another) == "web: the secret key is another one"


def test_a_name_that_the_provider_makes_up_in_each_run_is_the_same_change() -> None:
    first, second = make_scaled(Op.CREATE, 3), make_scaled(Op.CREATE, 3, name="web-99aa00b")

    assert mismatch(first, second) == ""
    assert refusal(second, {"web/dev": first}) == ""
    assert "name shown" in mismatch(make_scaled(Op.UPDATE, 3), make_scaled(Op.UPDATE, 3, name="web-99aa00b"))
    assert "web" in refusal(make_scaled(Op.CREATE, 3, name="mine"), {"web/dev": first})


def test_a_provider_must_be_set_as_shown() -> None:
    def set_to(region: str) -> RunRecord:
        fields = {"op": Op.CREATE, "urn": "urn:x::default", "type": "pulumi:providers:aws", "name": "default"}
        return record(providers=[Step.model_validate({**fields, "inputs": {"region": region}})])

    assert mismatch(set_to("us-east-1"), set_to("us-east-1")) == ""
    assert mismatch(set_to("us-east-1"), set_to("us-west-2")) == "default: region shown 'us-east-1', done 'us-west-2'"


def test_a_state_in_which_something_is_still_being_made_is_another_one() -> None:
    made, noted = {"resources": [{"urn": "a"}]}, {"pending_operations": [{"resource": {"urn": "b"}}]}
    states = [{}, made, noted, {**made, **noted}]

    assert len({hash_state(state) for state in states}) == len(states)
    assert {hash_state(state) for state in (None, {}, {"resources": []}, {"manifest": {"time": "now"}})} == {EMPTY}


def test_outputs_that_were_known_must_come_out_so() -> None:
    shown = record(outputs={"a": 1, "arn": "[known after apply]", "nested": {"x": ["[known after apply]"]}})

    assert mismatch(shown, record(outputs={"a": 1, "arn": "arn:1", "nested": {"x": ["y"]}})) == ""
    assert mismatch(shown, record(outputs={"a": 2})) == "output a shown 1, done 2"


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
    run = replace(run_for(root), bound=True)
    (seen,) = preview(run, chosen, cache=None, on_done=quiet)

    (done,) = deploy(run, chosen, {seen.target: seen}, lambda _operation: quiet)

    assert done.fine, done
    assert done.applied
    assert done.applied.outputs == {"count": 2}
    assert [step.automatic for step in (*seen.steps, *done.applied.steps)] == [("name",)] * 4
    assert [step.op for step in preview(run, chosen, cache=None, on_done=quiet)[0].steps] == [Op.SAME, Op.SAME]


def test_a_change_after_the_review_is_refused_by_name_and_nothing_is_touched(
    targets: Callable[..., tuple[Path, tuple[Target, ...]]], run_for: Callable[..., Run]
) -> None:
    root, chosen = targets("[a]")
    run = replace(run_for(root), bound=True)
    (seen,) = preview(run, chosen, cache=None, on_done=quiet)
    targets("[a, c]")

    (done,) = deploy(run, chosen, {seen.target: seen}, lambda _operation: quiet)

    assert done.refusal == "not what was reviewed: c; preview again and have the new preview reviewed"
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


SECRET_TITLE = TOPICS.replace('config.get("title")', 'pulumi.Output.secret(config.get("title"))')


def test_another_region_another_secret_or_another_state_is_not_what_was_reviewed(
    checkout: Callable[..., Path], run_for: Callable[..., Run]
) -> None:
    def configure(region: str, title: str, topics: str) -> Path:
        return checkout(SECRET_TITLE, dev=f"aws:region: {region}\nweb:title: {title}\nweb:topics: {topics}")

    root = configure("us-east-1", "old title", "[a]")
    run, chosen = replace(run_for(root), bound=True), discover(root)

    def show() -> RunRecord:
        return preview(run, chosen, cache=None, on_done=quiet)[0]

    deploy(run, chosen, None, lambda _operation: quiet)
    configure("us-east-1", "new title", "[a]")
    seen = show()
    configure("us-west-2", "new title", "[a]")
    moved = show()
    configure("us-east-1", "newer title", "[a]")
    secret = show()

    assert len(seen.state) == 64
    assert {moved.state, secret.state} == {seen.state}
    assert "not what was reviewed: default_" in refusal(moved, {seen.target: seen})
    assert any("us-west-2" in diagnostic.message for diagnostic in moved.diagnostics)
    assert "not what was reviewed: a" in refusal(secret, {seen.target: seen})
    assert "newer title" not in secret.model_dump_json()

    with serve_clouds(run) as served:
        (late,) = run.pool.run([served.job(chosen[0], Operation.UPDATE, expected_state="another")])
    assert late.error
    assert (late.error.kind, late.steps) == ("refused", ())
    assert show().state == seen.state


class Scripted(Pool):
    """Ends every update as it is told; notes the waves, and the seconds of each operation."""

    failing = "none"

    def run(self, jobs: Sequence[Job], on_done: OnDone = quiet) -> tuple[RunRecord, ...]:
        updates = [job.stack for job in jobs if job.operation is Operation.UPDATE]
        WAVES.extend([updates] if updates else [])
        SECONDS.extend((job.operation, job.seconds) for job in jobs)
        return tuple(self.end(job) for job in jobs)

    def end(self, job: Job) -> RunRecord:
        failed = job.operation is Operation.UPDATE and job.stack == self.failing
        error = RunError(kind="provider", message="no capacity") if failed else None
        status = Status.FAILED if failed else Status.SUCCEEDED
        fields = {"stack": job.stack, "environment": "dev", "operation": job.operation, "rehearsal": False}
        return RunRecord.model_validate({**fields, "status": status, "error": error})


WAVES: list[list[str]] = []
SECONDS: list[tuple[Operation, float]] = []


def test_what_is_left_of_a_session_limits_the_update_alone(tmp_path: Path) -> None:
    SECONDS.clear()
    run = Run(root=tmp_path, engine=Engine(Path("pulumi"), "test"), pool=Scripted(1), sandbox=None, judged=False)

    deploy(run, [Target("web", "dev")], None, lambda _operation: quiet, session=100)

    limits = dict(SECONDS)
    assert limits[Operation.PREVIEW] == run.seconds > 100
    assert 1 < limits[Operation.UPDATE] <= 100


@pytest.mark.parametrize(("failing", "applied"), [("none", [["base"], ["web"]]), ("base", [["base"]])])
def test_what_reads_another_stacks_outputs_is_applied_after_it_or_not_at_all(
    tmp_path: Path, failing: str, applied: list[list[str]]
) -> None:
    WAVES.clear()
    pool = Scripted(1)
    pool.failing = failing
    run = Run(root=tmp_path, engine=Engine(Path("pulumi"), "test"), pool=pool, sandbox=None, judged=False)
    base, web = Target("base", "dev"), Target("web", "dev")

    done = deploy(run, [web, base], None, lambda _operation: quiet, [[base], [web]])

    assert applied == WAVES
    assert [deployment.fine for deployment in done] == [failing == "none"] * 2
    assert done[0].reason == ("" if failing == "none" else "a target whose outputs it reads could not be deployed")
