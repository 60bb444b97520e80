"""The report: everything a format may say, decided once, from run records alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from gitops.records import Op, RunError, RunRecord, Status
from gitops.report.changes import StackChanges, changes
from gitops.report.context import Context
from gitops.report.diagram import Diagram, diagrams
from gitops.report.findings import Rule, rules
from gitops.report.judgements import Exempted, Said, Undecided, exempted, said, undecided
from gitops.report.losses import Loss, losses
from gitops.report.rows import CHANGES, Row, row
from gitops.report.verdict import Verdict, verdict
from gitops.report.words import environment_rank

UNSAID = RunError(kind="engine", message="The run failed and left no error.")


@dataclass(frozen=True)
class Failure:
    """One error, with every target it stopped."""

    targets: tuple[str, ...]
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
        return verdict(self.records, self.rows, self.losses, self.context.removed)

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
        stopped: dict[RunError, list[str]] = {}
        for record in self.records:
            if record.status is Status.FAILED:
                stopped.setdefault(record.error or UNSAID, []).append(record.target)
        return tuple(Failure(tuple(targets), error) for error, targets in stopped.items())

    @cached_property
    def exemptions(self) -> tuple[Exempted, ...]:
        return exempted(self.records)

    @cached_property
    def unjudged(self) -> tuple[Undecided, ...]:
        return undecided(self.records)

    @cached_property
    def said(self) -> tuple[Said, ...]:
        return said(self.records)


def build(records: Iterable[RunRecord], context: Context) -> Report:
    """The report of `records`; their order does not matter."""
    ordered = sorted(records, key=lambda record: (record.stack, environment_rank(record.environment)))
    return Report(context, tuple(ordered))
