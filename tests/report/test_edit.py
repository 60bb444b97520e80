"""What a save changed is said property by property, whatever both previews are compared with themselves."""

from __future__ import annotations

from typing import Any

from gitops.records import Level, Op, RunRecord
from gitops.report.formats import edit
from gitops.report.model.edit import compare_runs
from tests.report import cases, factories


def preview_inputs(op: Op = Op.CREATE, environment: str = "dev", **inputs: dict[str, Any]) -> RunRecord:
    """A preview of `ecs_service` whose program sets these inputs, by resource."""
    steps = {name: factories.step("ecs_service", environment, name, op, inputs=given) for name, given in inputs.items()}
    record = factories.record("ecs_service", environment, steps)
    return record.model_copy(update={"steps": tuple(steps.values())})


def test_a_value_that_an_edit_changes_is_said_with_its_path_and_nothing_else() -> None:
    before = preview_inputs(service={"desired": 2, "network": {"subnets": ["a", "b"]}}, task={"cpu": 1})
    after = preview_inputs(service={"desired": 2, "network": {"subnets": ["a", "c"]}, "tags": {}}, task={"cpu": 1})

    text = edit.render([(before, after)])

    assert [line.strip() for line in text.splitlines()] == [
        edit.TITLE,
        "~ ecs_service: aws.ecs.Service service in dev",
        "- network.subnets[1]: b",
        "+ network.subnets[1]: c",
        "+ tags: {}",
    ]


def test_the_same_edit_in_two_environments_is_said_once() -> None:
    environments = ("dev", "prod")
    before, after = ([preview_inputs(environment=env, service={"desired": n}) for env in environments] for n in (2, 3))
    pairs = list(zip(before, after, strict=True))

    assert edit.render(pairs).count("desired: 3") == 1
    assert "service in dev and prod" in edit.render(pairs)


def test_what_comes_and_goes_is_named() -> None:
    text = edit.render([(preview_inputs(service={"a": 1}, task={}), preview_inputs(service={"a": 1}, cpu={"b": 2}))])

    assert "+ ecs_service: aws.appautoscaling.Policy cpu in dev" in text
    assert "− ecs_service: aws.ecs.TaskDefinition task in dev" in text
    assert "~" not in text


def test_only_an_edit_that_makes_a_replacement_of_it_is_one() -> None:
    update, replacement = preview_inputs(Op.UPDATE, service={"a": 1}), preview_inputs(Op.REPLACE, service={"a": 1})

    def ops(before: RunRecord, after: RunRecord) -> list[Op]:
        return [step.op for step in compare_runs(before, after).steps]

    assert ops(update, replacement) == [Op.REPLACE]
    assert ops(replacement, replacement) == ops(replacement, update) == [Op.SAME]
    assert ops(preview_inputs(Op.DELETE, service={}), update) == [Op.CREATE]


def test_findings_are_said_where_they_are_new_or_gone_but_not_where_they_moved() -> None:
    rule, name = "s3-bucket-block-public-access", "artifacts-private"
    found = cases.public_bucket("dev")
    clean = found.model_copy(update={"findings": ()})
    lower = factories.finding("sagemaker_endpoint", "dev", rule, Level.ADVISORY, name, source=None)
    moved = found.model_copy(update={"findings": (lower,)})

    assert "New findings\n  advisory high: Model artifacts" in edit.render([(clean, found)])
    assert "Findings gone\n  advisory: Model artifacts" in edit.render([(found, clean)])
    assert edit.render([(found, moved)]) == f"{edit.TITLE}\n  {edit.NOTHING}\n"


def test_a_change_of_tags_alone_is_one_line() -> None:
    before, after = (preview_inputs(service={"tags": {"owner": who}}, task={"tags": {"owner": who}}) for who in "ab")

    assert "~ the tag owner of 2 resources" in edit.render([(before, after)])
