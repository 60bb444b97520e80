"""What changes, resource by resource: the same change in several environments of a stack is said once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gitops.records import Op, PropertyDiff, RunRecord, Step
from gitops.report.rows import changing_steps
from gitops.report.words import environment_rank

LOUDEST_FIRST = (Op.REPLACE, Op.DELETE, Op.UPDATE, Op.IMPORT, Op.CREATE)


@dataclass(frozen=True)
class Change:
    """One resource's change. `step` is the first environment's; the others' are the same but for their URN."""

    step: Step
    environments: tuple[str, ...]

    @property
    def diffs(self) -> tuple[PropertyDiff, ...]:
        """The engine records no diff for a resource that comes: every input of it is new."""
        step = self.step
        if step.diffs or step.op not in (Op.CREATE, Op.IMPORT):
            return step.diffs
        return tuple(PropertyDiff(path=path, kind="add", after=value) for path, value in step.inputs.items())


@dataclass(frozen=True)
class StackChanges:
    """All changes of one stack, loudest operation first, else in the order of the program."""

    stack: str
    changes: tuple[Change, ...]

    def of(self, *ops: Op) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.step.op in ops)


def changes(records: Iterable[RunRecord]) -> tuple[StackChanges, ...]:
    """One entry per stack that changes, by name."""
    stacks: dict[str, dict[tuple[object, ...], tuple[Step, list[str]]]] = {}
    for record in records:
        known = stacks.setdefault(record.stack, {})
        for step in changing_steps(record):
            _, environments = known.setdefault(identity(step), (step, []))
            environments.append(record.environment)
    return tuple(
        StackChanges(stack, tuple(sorted(map(merged, known.values()), key=loudness)))
        for stack, known in sorted(stacks.items())
        if known
    )


def identity(step: Step) -> tuple[object, ...]:
    """Equal for steps that a reader would call the same change."""
    told = tuple((d.path, d.kind, d.replaces, repr(d.before), repr(d.after)) for d in step.diffs)
    return step.op, step.type, step.name, step.source, told or repr(step.inputs)


def merged(pair: tuple[Step, list[str]]) -> Change:
    step, environments = pair
    return Change(step, tuple(sorted(set(environments), key=environment_rank)))


def loudness(change: Change) -> int:
    return LOUDEST_FIRST.index(change.step.op)
