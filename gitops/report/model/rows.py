"""One row per target: what would change, what the policies found, how scaling moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from gitops.records import Level, Op, RunRecord, Severity, Status
from gitops.report.model.scaling import format_scaling
from gitops.report.steps import CHANGES, select_changing_steps, select_output_diffs
from gitops.report.text.words import plural


@dataclass(frozen=True)
class TargetRow:
    stack: str
    environment: str
    failed: bool
    counts: dict[Op, int]
    mandatory: dict[Severity, int]
    advisory: dict[Severity, int]
    scaling: str
    scaling_moves: bool
    outputs_move: bool
    providers_move: bool

    @property
    def target(self) -> str:
        return f"{self.stack}/{self.environment}"

    @property
    def changed(self) -> bool:
        return any(self.counts.values())

    @property
    def moves(self) -> bool:
        """A resource, an output or what a provider is set to changes."""
        return self.changed or self.scaling_moves or self.outputs_move or self.providers_move

    @property
    def quiet(self) -> bool:
        """Nothing about this target needs a reader."""
        return not (self.failed or self.moves or self.mandatory or self.advisory)

    @property
    def attention(self) -> tuple[int, int, int, int]:
        """Sort key when there is no room for every row: who needs a reader most comes first."""
        losses = self.counts[Op.REPLACE] + self.counts[Op.DELETE]
        return -self.failed, -sum(self.mandatory.values()), -losses, -sum(self.counts.values())


def summarize_target(record: RunRecord) -> TargetRow:
    ops = Counter(step.op for step in select_changing_steps(record))
    by_level = {level: Counter(f.severity for f in record.findings if f.level is level) for level in Level}
    return TargetRow(
        stack=record.stack,
        environment=record.environment,
        failed=record.status is Status.FAILED,
        counts={op: ops[op] for op in CHANGES},
        mandatory=sort_by_severity(by_level[Level.MANDATORY]),
        advisory=sort_by_severity(by_level[Level.ADVISORY]),
        scaling=format_scaling(record.scaling_before, record.scaling_after),
        scaling_moves=record.scaling_before != record.scaling_after,
        outputs_move=bool(select_output_diffs(record)),
        providers_move=any(step.op is not Op.CREATE for step in record.providers),
    )


def sort_by_severity(counts: Counter[Severity]) -> dict[Severity, int]:
    return {severity: counts[severity] for severity in Severity if counts[severity]}


def format_findings(row: TargetRow, severities: bool = True) -> str:
    """`2 mandatory (1 critical, 1 high), 3 advisory (3 low)`, empty for none; without severities, only the levels."""
    parts = []
    for level, counts in (("mandatory", row.mandatory), ("advisory", row.advisory)):
        if not counts:
            continue
        by_severity = ", ".join(f"{count:,} {severity}" for severity, count in counts.items())
        parts.append(f"{sum(counts.values()):,} {level}" + (f" ({by_severity})" if severities else ""))
    return ", ".join(parts)


def format_totals(counts: dict[Op, int]) -> str:
    """`12 creates, 3 updates`, empty for no change."""
    return ", ".join(plural(counts[op], op.value) for op in CHANGES if counts.get(op))
