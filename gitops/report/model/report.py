"""The report: everything a format may say, decided once, from run records alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from gitops.records import Diagnostic, Exemption, RunError, RunRecord, Status, Unjudged
from gitops.report.diagram.diagram import Diagram, draw_diagrams
from gitops.report.diagram.week import WeekPicture, draw_weeks
from gitops.report.model.changes import StackChanges, collect_changes
from gitops.report.model.columns import Column, choose_columns
from gitops.report.model.context import Context
from gitops.report.model.findings import ViolatedRule, group_by_rule
from gitops.report.model.losses import Loss, LossRow, collect_losses, describe_succession, group_losses
from gitops.report.model.notices import Noticed, collect_exemptions, collect_unjudged, collect_warnings
from gitops.report.model.releases import ModelRelease, collect_releases
from gitops.report.model.rows import TargetRow, summarize_target
from gitops.report.model.tag_changes import TagChange, collect_tag_changes
from gitops.report.model.verdict import Verdict, decide_verdict
from gitops.report.text.words import environment_rank

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
    def rows(self) -> tuple[TargetRow, ...]:
        return tuple(map(summarize_target, self.records))

    @cached_property
    def verdict(self) -> Verdict:
        gone = self.losses, self.successions
        return decide_verdict(self.records, self.rows, *gone, self.releases, self.context.removed)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return choose_columns(self.loud_rows)

    @property
    def loud_rows(self) -> tuple[TargetRow, ...]:
        return tuple(row for row in self.rows if not row.quiet)

    @property
    def unchanged(self) -> tuple[str, ...]:
        return tuple(row.target for row in self.rows if row.quiet)

    @cached_property
    def losses(self) -> tuple[Loss, ...]:
        """What goes away and is lost."""
        return tuple(loss for loss in collect_losses(self.records) if not loss.lost.kind.harmless)

    @cached_property
    def loss_rows(self) -> tuple[LossRow, ...]:
        return group_losses(self.losses)

    @property
    def succession_notes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return describe_succession(self.successions)

    @cached_property
    def successions(self) -> tuple[Loss, ...]:
        """What goes away without a loss: it is followed by a new version, or stays in the cloud."""
        return tuple(loss for loss in collect_losses(self.records) if loss.lost.kind.harmless)

    @cached_property
    def releases(self) -> tuple[ModelRelease, ...]:
        return collect_releases(self.records, self.context.artefact_sizes)

    @cached_property
    def rules(self) -> tuple[ViolatedRule, ...]:
        return group_by_rule(self.records)

    @cached_property
    def changes(self) -> tuple[StackChanges, ...]:
        return collect_changes(self.records)

    @cached_property
    def tag_changes(self) -> tuple[TagChange, ...]:
        return collect_tag_changes(self.records)

    @cached_property
    def weeks(self) -> tuple[WeekPicture, ...]:
        return draw_weeks(self.records)

    @cached_property
    def diagrams(self) -> tuple[Diagram, ...]:
        return draw_diagrams(self.records)

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        stopped: dict[RunError, list[str]] = {}
        for record in self.records:
            if record.status is Status.FAILED:
                stopped.setdefault(record.error or UNSAID, []).append(record.target)
        return tuple(Failure(tuple(targets), error) for error, targets in stopped.items())

    @cached_property
    def exemptions(self) -> tuple[Noticed[Exemption], ...]:
        return collect_exemptions(self.records)

    @cached_property
    def unjudged(self) -> tuple[Noticed[Unjudged], ...]:
        return collect_unjudged(self.records)

    @cached_property
    def warnings(self) -> tuple[Noticed[Diagnostic], ...]:
        return collect_warnings(self.records)


def build(records: Iterable[RunRecord], context: Context) -> Report:
    """The report of `records`; their order does not matter."""
    ordered = sorted(records, key=lambda record: (record.stack, environment_rank(record.environment)))
    return Report(context, tuple(ordered))
