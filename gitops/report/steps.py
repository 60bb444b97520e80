"""Which of a record's steps and outputs a reader is told of, and in which order."""

from __future__ import annotations

from gitops.records import Op, PropertyDiff, RunRecord, Step
from gitops.report.text.urns import is_plumbing

CHANGES = (Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE, Op.IMPORT)
"""The operations a reviewer counts, in the order of the table's columns."""
LOUDEST_FIRST = (Op.REPLACE, Op.DELETE, Op.UPDATE, Op.IMPORT, Op.CREATE)


def select_changing_steps(record: RunRecord) -> list[Step]:
    """The steps that change something a cloud holds: no components, no stack, no providers."""
    return [step for step in record.steps if step.op in CHANGES and step.custom and not is_plumbing(step.type)]


def select_output_diffs(record: RunRecord) -> tuple[PropertyDiff, ...]:
    """The outputs a reader must be told of: not of a stack that is new, not its scaling and release, shown apart."""
    if all(step.op is Op.CREATE for step in record.steps):
        return ()
    return tuple(diff for diff in record.output_diffs if diff.path not in ("scaling", "release"))
