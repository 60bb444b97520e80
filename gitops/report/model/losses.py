"""Replacements and deletions, named with what is lost and the property that forces it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gitops.records import Op, Operation, RunRecord, SourceLine, Step
from gitops.report.model.loss_kinds import LossKind, classify_loss
from gitops.report.steps import select_changing_steps


@dataclass(frozen=True)
class Loss:
    """One resource that goes away in one or more environments of a stack."""

    op: Op
    stack: str
    environments: tuple[str, ...]
    type: str
    name: str
    lost: LossKind
    forced_by: tuple[str, ...]
    protected: bool
    source: SourceLine | None
    drift: bool = False

    @property
    def because(self) -> str:
        """Why the engine does it, in the words of the properties; empty where the record does not say."""
        if self.op is Op.DELETE:
            return "gone from the cloud" if self.drift else "no longer in the program"
        return "" if not self.forced_by else "these properties cannot change in place"


def collect_losses(records: Iterable[RunRecord]) -> tuple[Loss, ...]:
    """Every loss, worst kind first; the same loss in several environments of a stack is one entry."""
    merged: dict[tuple[object, ...], Loss] = {}
    for record in records:
        for step in select_changing_steps(record):
            if step.op not in (Op.REPLACE, Op.DELETE):
                continue
            loss = describe_loss(record, step)
            key = (record.stack, loss.op, loss.type, loss.name, loss.forced_by, loss.protected, loss.source)
            known = merged.get(key)
            merged[key] = replace(known, environments=known.environments + loss.environments) if known else loss
    return tuple(sorted(merged.values(), key=lambda loss: (loss.lost.rank, loss.op is not Op.DELETE)))


def describe_loss(record: RunRecord, step: Step) -> Loss:
    return Loss(
        op=step.op,
        stack=record.stack,
        environments=(record.environment,),
        type=step.type,
        name=step.name,
        lost=classify_loss(step.type, step.op),
        forced_by=tuple(dict.fromkeys(diff.path for diff in step.diffs if diff.replaces)),
        protected=step.protect,
        source=step.source,
        drift=record.operation is Operation.DRIFT,
    )
