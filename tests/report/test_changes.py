"""Changes in the report: alike ones are said once, the gravest come first."""

from __future__ import annotations

from gitops.records import Op
from gitops.report.model.changes import collect_changes
from tests.report import cases, factories


def test_the_same_change_in_three_environments_is_said_once() -> None:
    (stack,) = collect_changes(cases.updates())

    assert [(change.step.name, change.environments) for change in stack.changes] == [
        ("task", ("dev", "staging", "prod")),
        ("cpu", ("dev", "staging", "prod")),
    ]


def test_changes_that_differ_between_environments_are_not_merged() -> None:
    def capacity(environment: str, after: int) -> factories.RunRecord:
        changed = factories.step(
            "lambda_api", environment, "capacity", Op.UPDATE, factories.diff("minCapacity", 1, after)
        )
        return factories.record("lambda_api", environment, {"capacity": changed})

    (stack,) = collect_changes([capacity("dev", 2), capacity("prod", 3)])

    assert [change.environments for change in stack.changes] == [("dev",), ("prod",)]


def test_replacements_come_before_deletions_updates_and_creates() -> None:
    ops = (Op.CREATE, Op.UPDATE, Op.DELETE, Op.REPLACE)
    names = [name for name, _, _ in factories.STACKS["lambda_api"]]
    steps = {name: factories.step("lambda_api", "dev", name, op) for name, op in zip(names, ops, strict=False)}

    (stack,) = collect_changes([factories.record("lambda_api", "dev", steps)])

    assert [change.step.op for change in stack.changes] == [Op.REPLACE, Op.DELETE, Op.UPDATE, Op.CREATE]


def test_a_created_resource_shows_its_inputs() -> None:
    (stack,) = collect_changes(cases.all_creates()[:1])
    paths = [diff.path for diff in stack.changes[0].diffs]

    assert paths == ["tags", "policy"]
