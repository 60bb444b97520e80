"""The report: everything a format may say, decided once, from run records alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from gitops.records import Diagnostic, Exemption, Op, RunError, RunRecord, Status, Unjudged
from gitops.report.changes import StackChanges, changes
from gitops.report.context import Context
from gitops.report.findings import Rule, rules
from gitops.report.graph import Diagram, diagrams
from gitops.report.losses import Loss, losses
from gitops.report.rows import CHANGES, Row, row
from gitops.report.verdict import Verdict, verdict
from gitops.report.words import environment_rank


@dataclass(frozen=True)
class Failure:
    target: str
    error: RunError


@dataclass(frozen=True)
class Report:
    """Records are sorted by stack and deployment order; every list follows from them, empty where there is nothing."""

    context: Context
    records: tuple[RunRecord, ...]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(map(row, self.records))

    @cached_property
    def verdict(self) -> Verdict:
        return verdict(self.records, self.rows, self.losses)

    @cached_property
    def columns(self) -> tuple[Op, ...]:
        """The operations that get a column: imports only where there are any."""
        return tuple(op for op in CHANGES if op is not Op.IMPORT or any(row.counts[op] for row in self.rows))

    @property
    def loud_rows(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.quiet)

    @property
    def unchanged(self) -> tuple[str, ...]:
        return tuple(row.target for row in self.rows if row.quiet)

    @cached_property
    def losses(self) -> tuple[Loss, ...]:
        return losses(self.records)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return rules(self.records)

    @cached_property
    def changes(self) -> tuple[StackChanges, ...]:
        return changes(self.records)

    @cached_property
    def diagrams(self) -> tuple[Diagram, ...]:
        return diagrams(self.records)

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        unsaid = RunError(kind="engine", message="The run failed and left no error.")
        failed = (record for record in self.records if record.status is Status.FAILED)
        return tuple(Failure(record.target, record.error or unsaid) for record in failed)

    @cached_property
    def exemptions(self) -> tuple[tuple[str, Exemption], ...]:
        """Each exemption used, with its target."""
        return tuple((record.target, used) for record in self.records for used in record.exemptions)

    @cached_property
    def unjudged(self) -> tuple[tuple[str, Unjudged], ...]:
        """Each rule that gave no judgement, with its target; broken rules first."""
        found = ((record.target, unjudged) for record in self.records for unjudged in record.unjudged)
        return tuple(sorted(found, key=lambda pair: not pair[1].raised))

    @cached_property
    def diagnostics(self) -> tuple[tuple[str, Diagnostic], ...]:
        """The engine's errors and warnings, with their target; what the findings already say is no diagnostic."""
        found = ((record.target, diagnostic) for record in self.records for diagnostic in record.diagnostics)
        return tuple(pair for pair in found if pair[1].severity in ("error", "warning"))


def build(records: Iterable[RunRecord], context: Context) -> Report:
    """The report of `records`; their order does not matter."""
    ordered = sorted(records, key=lambda record: (record.stack, environment_rank(record.environment)))
    return Report(context, tuple(ordered))
