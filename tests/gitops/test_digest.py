"""Two records have one digest exactly when a reviewer would have seen one change."""

from __future__ import annotations

from gitops.digest import change_digest
from gitops.records import Diagnostic, Op, PropertyDiff, RunRecord, SourceLine, Status, Step


def step(name: str = "one", **more: object) -> Step:
    fields = {"op": Op.UPDATE, "urn": f"urn:{name}", "type": "aws:s3/bucket:Bucket", "name": name, **more}
    return Step.model_validate(fields)


def record(*steps: Step, **more: object) -> RunRecord:
    fields = {"stack": "web", "environment": "dev", "operation": "preview", "rehearsal": True} | more
    return RunRecord.model_validate({**fields, "status": Status.SUCCEEDED, "steps": steps})


CHANGE = step(diffs=(PropertyDiff(path="tags.a", kind="update", before="1", after="2"),))

CREATED = step("default", op=Op.CREATE, inputs={"region": "us-east-1"})


def test_what_a_reviewer_does_not_read_as_a_change_is_not_in_it() -> None:
    moved = CHANGE.model_copy(update={"source": SourceLine(file="stacks/web/__main__.py", line=9)})
    noisy = record(moved, step("same", op=Op.SAME), diagnostics=(Diagnostic(severity="warning", message="x"),))

    assert change_digest(record(CHANGE)) == change_digest(noisy)


def test_only_what_the_provider_made_up_may_be_another_name() -> None:
    def named(name: str, *automatic: str, op: Op = Op.CREATE) -> str:
        user = step("user", op=Op.CREATE, inputs={"of": name})
        return change_digest(record(step(op=op, inputs={"name": name}, automatic=automatic), user))

    assert named("one-1234567", "name") == named("one-89abcde", "name")
    assert named("one-1234567") != named("one-89abcde"), "a look-up may answer so"
    assert named("one-1234567", "name") != named("one-89abcde")
    assert named("one-mine", "name") != named("one-yours", "name"), "no name that a provider makes up"
    assert named("one-1234567", "gone") == named("one-1234567")
    assert named("one-1234567", "name", op=Op.UPDATE) != named("one-89abcde", "name", op=Op.UPDATE)


def test_order_does_not_matter() -> None:
    other = step("two", op=Op.DELETE)

    assert change_digest(record(CHANGE, other)) == change_digest(record(other, CHANGE))


def test_every_part_of_a_change_matters() -> None:
    def with_diff(**more: object) -> RunRecord:
        fields = {"path": "tags.a", "kind": "update", "before": "1", "after": "2"} | more
        return record(step(diffs=(PropertyDiff.model_validate(fields),)))

    variants = [
        record(CHANGE),
        record(CHANGE, step("two", op=Op.DELETE)),
        record(CHANGE.model_copy(update={"op": Op.REPLACE})),
        with_diff(path="tags.b"),
        with_diff(kind="add"),
        with_diff(replaces=True),
        with_diff(before="0"),
        with_diff(after="3"),
        record(CHANGE, environment="prod"),
        record(step(op=Op.CREATE, inputs={"a": 1})),
        record(step(op=Op.CREATE, inputs={"a": 2})),
        record(step(op=Op.REPLACE, inputs={"a": 1})),
        record(step(op=Op.REPLACE, inputs={"a": 2})),
        record(CHANGE, outputs_before={"url": "a"}, outputs={"url": "b"}),
        record(CHANGE, outputs_before={"url": "a"}, outputs={"url": "c"}),
        record(CHANGE, rehearsal=False),
        record(CHANGE.model_copy(update={"protect": True})),
        record(step(op=Op.REPLACE, inputs={"a": 1}, deletes_first=True)),
        record(CHANGE, step("two", op=Op.DELETE, retained=True)),
        record(CHANGE, step("two", op=Op.DELETE, deleted_with="urn:three")),
        record(CHANGE, providers=(CREATED,)),
        record(CHANGE, providers=(CREATED.model_copy(update={"inputs": {"region": "us-west-2"}}),)),
        record(CHANGE, secrets={"urn:one key": "h1"}),
        record(CHANGE, secrets={"urn:one key": "h2"}),
        record(CHANGE, drift=(CHANGE,)),
        record(CHANGE, drift=(CHANGE.model_copy(update={"op": Op.DELETE}),)),
    ]

    assert len({change_digest(variant) for variant in variants}) == len(variants)
