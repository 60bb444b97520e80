"""One row per target: what would change, what the policies found, how scaling moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from gitops.records import Level, Op, PropertyDiff, RunRecord, Severity, Status, Step
from gitops.report.scaling import scaling_text
from gitops.report.urns import is_plumbing
from gitops.report.words import plural

CHANGES = (Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE, Op.IMPORT)
"""The operations a reviewer counts, in the order of the table's columns."""


@dataclass(frozen=True)
class Row:
    stack: str
    environment: str
    failed: bool
    counts: dict[Op, int]
    mandatory: dict[Severity, int]
    advisory: dict[Severity, int]
    scaling: str
    scaling_moves: bool
    outputs_move: bool
    reason: str

    @property
    def target(self) -> str:
        return f"{self.stack}/{self.environment}"

    @property
    def changed(self) -> bool:
        return any(self.counts.values())

    @property
    def moves(self) -> bool:
        """A resource or an output changes."""
        return self.changed or self.scaling_moves or self.outputs_move

    @property
    def quiet(self) -> bool:
        """Nothing about this target needs a reader."""
        return not (self.failed or self.moves or self.mandatory or self.advisory)

    @property
    def attention(self) -> tuple[int, int, int, int]:
        """Sort key when there is no room for every row: who needs a reader most comes first."""
        losses = self.counts[Op.REPLACE] + self.counts[Op.DELETE]
        return -self.failed, -sum(self.mandatory.values()), -losses, -sum(self.counts.values())


def changing_steps(record: RunRecord) -> list[Step]:
    """The steps that change something a cloud holds: no components, no stack, no providers."""
    return [step for step in record.steps if step.op in CHANGES and step.custom and not is_plumbing(step.type)]


def output_diffs(record: RunRecord) -> tuple[PropertyDiff, ...]:
    """The outputs a reader must be told of: not of a stack that is new, and not its scaling, which has a column."""
    if all(step.op is Op.CREATE for step in record.steps):
        return ()
    return tuple(diff for diff in record.output_diffs if diff.path != "scaling")


def row(record: RunRecord) -> Row:
    ops = Counter(step.op for step in changing_steps(record))
    by_level = {level: Counter(f.severity for f in record.findings if f.level is level) for level in Level}
    return Row(
        stack=record.stack,
        environment=record.environment,
        failed=record.status is Status.FAILED,
        counts={op: ops[op] for op in CHANGES},
        mandatory=ordered(by_level[Level.MANDATORY]),
        advisory=ordered(by_level[Level.ADVISORY]),
        scaling=scaling_text(record.scaling_before, record.scaling_after),
        scaling_moves=record.scaling_before != record.scaling_after,
        outputs_move=bool(output_diffs(record)),
        reason=record.reason,
    )


def ordered(counts: Counter[Severity]) -> dict[Severity, int]:
    return {severity: counts[severity] for severity in Severity if counts[severity]}


def findings_text(row: Row, severities: bool = True) -> str:
    """`2 mandatory (1 critical, 1 high), 3 advisory (3 low)`, empty for none; without severities, only the levels."""
    parts = []
    for level, counts in (("mandatory", row.mandatory), ("advisory", row.advisory)):
        if not counts:
            continue
        told = ", ".join(f"{count:,} {severity}" for severity, count in counts.items())
        parts.append(f"{sum(counts.values()):,} {level}" + (f" ({told})" if severities else ""))
    return ", ".join(parts)


def totals_text(counts: dict[Op, int]) -> str:
    """`12 creates, 3 updates`, empty for no change."""
    return ", ".join(plural(counts[op], op.value) for op in CHANGES if counts.get(op))
