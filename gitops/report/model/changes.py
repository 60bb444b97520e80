"""What changes, resource by resource: the same change in several environments of a stack is said once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gitops.records import Op, PropertyDiff, RunRecord, Step
from gitops.report.model.tag_changes import changes_tags_alone
from gitops.report.steps import LOUDEST_FIRST, select_changing_steps, select_output_diffs
from gitops.report.text.words import environment_rank

NEW = (Op.CREATE, Op.IMPORT)
OUTPUTS = "stack"
"""Stands for a type where the outputs of a stack are compared among its resources."""


@dataclass(frozen=True)
class ResourceChange:
    """One resource's change. `step` is that of the last environment, `varies` whether new values differ before it."""

    step: Step
    environments: tuple[str, ...]
    varies: bool = False

    @property
    def diffs(self) -> tuple[PropertyDiff, ...]:
        """The engine records no diff for a resource that comes: every input of it is new."""
        step = self.step
        if step.diffs or step.op not in NEW:
            return step.diffs
        return tuple(PropertyDiff(path=path, kind="add", after=value) for path, value in step.inputs.items())


@dataclass(frozen=True)
class StackChanges:
    """All changes of one stack, loudest operation first, else in the order of the program."""

    stack: str
    changes: tuple[ResourceChange, ...]

    @property
    def totals(self) -> dict[Op, int]:
        """How many resources each operation touches, over all environments."""
        return {op: sum(len(c.environments) for c in self.of(op) if c.step.type != OUTPUTS) for op in LOUDEST_FIRST}

    def of(self, *ops: Op) -> tuple[ResourceChange, ...]:
        return tuple(change for change in self.changes if change.step.op in ops)


def collect_changes(records: Iterable[RunRecord]) -> tuple[StackChanges, ...]:
    """One entry per stack that changes in more than tags, by name."""
    stacks: dict[str, dict[tuple[object, ...], dict[str, Step]]] = {}
    for record in records:
        known = stacks.setdefault(record.stack, {})
        shown = (step for step in select_changing_steps(record) if not changes_tags_alone(step))
        for step in (*shown, *make_outputs_step(record)):
            known.setdefault(identify(step), {})[record.environment] = step
    return tuple(
        StackChanges(stack, tuple(sorted(map(merge_environments, known.values()), key=rank_loudness)))
        for stack, known in sorted(stacks.items())
        if known
    )


def make_outputs_step(record: RunRecord) -> tuple[Step, ...]:
    """The change of a stack's outputs, compared as if they were one more resource; empty where none changes."""
    diffs = select_output_diffs(record)
    return (Step(op=Op.UPDATE, urn="", type=OUTPUTS, name="outputs", custom=False, diffs=diffs),) if diffs else ()


def identify(step: Step) -> tuple[object, ...]:
    """Equal for steps that a reader would call the same change: a new resource is one whatever its values are."""
    compared = tuple((d.path, d.kind, d.replaces, repr(d.before), repr(d.after)) for d in step.diffs)
    return step.op, step.type, step.name, step.source, compared


def merge_environments(steps: dict[str, Step]) -> ResourceChange:
    environments = tuple(sorted(steps, key=environment_rank))
    last = steps[environments[-1]]
    return ResourceChange(
        last, environments, not last.diffs and any(step.inputs != last.inputs for step in steps.values())
    )


def rank_loudness(change: ResourceChange) -> int:
    return LOUDEST_FIRST.index(change.step.op)
